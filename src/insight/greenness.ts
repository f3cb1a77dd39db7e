/**
 * When is the grid green? The renewable share hour by hour, today and tomorrow, and the best windows to use energy in.
 *
 * In: all that is known of the hours of a zone: measured, forecast, or what such an hour is usually like.
 * Out: the wire's `data` of `GET /greenness`. An hour that nothing is known of is `null`, its day has no windows, and
 * `meta.reason` says so.
 */
import {
  addDays,
  type CivilDay,
  type EpochMs,
  formatInstant,
  hourMs,
  hoursOfDay,
  type Interval,
  localDayOf,
  type TimeZone,
} from '../energy/civil-time.ts'
import type { GridHour, GridHourKind, GridSource, GridZone } from '../energy/grid-hours.ts'
import { roundTo } from '../energy/rounding.ts'
import { bestWindowsOf, type DayWindows, type HourValue } from './greenness-windows.ts'
import { type Attribution, attributionsOf } from './grid-attribution.ts'

export interface GreennessQuestion {
  readonly now: EpochMs
  readonly timeZone: TimeZone
  readonly zone: GridZone
  /** Of several for one hour an actual beats a forecast and that a substitute; of two of a kind the first counts. */
  readonly hours: readonly GridHour[]
}

export interface BestWindow {
  readonly start: string
  readonly stop: string
}

/** What one row of the series is: `null`s where nothing is known. */
export interface HourMeta {
  readonly at: string
  readonly kind: GridHourKind | null
  readonly made_at: string | null
  /** Whose figures came last into it; `null` for a substitute. */
  readonly source: GridSource | null
  /** The method that computed it; `null` for a value as its source gives it. */
  readonly model: string | null
}

/** The threshold of one local day, and why the day has no windows where a rule says so. */
export interface DayThreshold {
  readonly day: CivilDay
  readonly threshold: number | null
  readonly basis: DayWindows['basis']
  readonly reason: DayWindows['reason']
}

export interface GreennessMeta {
  readonly unit: '1'
  readonly zone: GridZone
  readonly time_zone: TimeZone
  readonly from: string
  readonly to: string
  readonly resolution_s: 3600
  /** Measured share of today's elapsed time; `null` at the first instant of the day. */
  readonly coverage: number | null
  /** Whether any hour is a substitute. */
  readonly estimated: boolean
  /** Method of the newest hour that no source gives; `null` where sources give them all. */
  readonly model: string | null
  readonly reason: DayWindows['reason']
  readonly hours: readonly HourMeta[]
  readonly threshold: readonly DayThreshold[]
  readonly attribution: readonly Attribution[]
}

/** `data` of `GET /greenness`. */
export interface GreennessData {
  readonly best_windows: readonly BestWindow[]
  readonly time_series: {
    readonly index: readonly string[]
    readonly columns: readonly ['renewable_fraction']
    readonly data: readonly (readonly [number | null])[]
  }
  readonly meta: GreennessMeta
}

/** A zone that there is no data of, and those that there is. */
export interface ZoneRefusal {
  readonly refusal: 'zone_unknown'
  readonly zone: string
  readonly knownZones: readonly GridZone[]
}

/** What is known of a zone's hours: from the start of today on, further than tomorrow. */
export interface ZoneHours {
  readonly zone: GridZone
  readonly hours: readonly GridHour[]
}

/** The routes' only door to grid data. Waits for no source, and computes nothing. */
export interface GreennessAnswers {
  hoursOf(zone: string): ZoneHours | ZoneRefusal
}

/** The zone of a request that names none: Italy as a whole. */
export const defaultZone: GridZone = 'IT'

const hourS = 3600

interface SeriesHour extends HourValue {
  readonly known: GridHour | undefined
}

/** The answer of `GET /greenness`. */
export function greennessAnswer(question: GreennessQuestion): GreennessData {
  const { now, timeZone } = question
  const today = localDayOf(now, timeZone)
  const best = bestByHour(question)
  const days = [today, addDays(today, 1)].map((day) => ({ day, hours: seriesOf(day, timeZone, best) }))
  const hours = days.flatMap((day) => day.hours)
  const windows = days.map((one) => bestWindowsOf(one.day, one.hours))
  const ahead = windows.flatMap((day) => day.windows).filter((window) => window.toAt > now)
  return {
    best_windows: ahead.map(toWire),
    time_series: {
      index: hours.map((hour) => formatInstant(hour.startAt)),
      columns: ['renewable_fraction'],
      data: hours.map((hour) => [hour.value]),
    },
    meta: metaOf(question, hours, windows, reasonOf(windows, ahead.length)),
  }
}

/** The best that is known of each hour. What was measured counts once the hour is over. */
export function bestByHour({ hours, now }: Pick<GreennessQuestion, 'hours' | 'now'>): Map<EpochMs, GridHour> {
  const best = new Map<EpochMs, GridHour>()
  for (const hour of hours) {
    if (hour.kind === 'actual' && hour.startAt + hourMs > now) continue
    const other = best.get(hour.startAt)
    if (other === undefined || rank[hour.kind] > rank[other.kind]) best.set(hour.startAt, hour)
  }
  return best
}

const rank: Record<GridHourKind, number> = { actual: 2, forecast: 1, substitute: 0 }

function seriesOf(day: CivilDay, timeZone: TimeZone, best: ReadonlyMap<EpochMs, GridHour>): SeriesHour[] {
  return hoursOfDay(day, timeZone).map(({ startAt, stopAt }) => {
    const known = best.get(startAt)
    return { startAt, stopAt, known, value: known === undefined ? null : roundTo(known.renewableShare, 4) }
  })
}

/** Why the answer has no windows: what keeps a day from having any, an unknown day before a flat one. */
function reasonOf(windows: readonly DayWindows[], aheadCount: number): DayWindows['reason'] {
  const reasons = windows.map((day) => day.reason)
  if (reasons.includes('forecast_unavailable')) return 'forecast_unavailable'
  return aheadCount === 0 && reasons.includes('flat_day') ? 'flat_day' : null
}

function metaOf(
  question: GreennessQuestion,
  hours: readonly SeriesHour[],
  windows: readonly DayWindows[],
  reason: DayWindows['reason'],
): GreennessMeta {
  return {
    unit: '1',
    zone: question.zone,
    time_zone: question.timeZone,
    from: formatInstant(hours[0]?.startAt ?? question.now),
    to: formatInstant(hours.at(-1)?.stopAt ?? question.now),
    resolution_s: hourS,
    coverage: coverageOf(hours, question.now),
    estimated: hours.some((hour) => hour.known?.kind === 'substitute'),
    model: hours.findLast(({ known }) => typeof known?.model === 'string')?.known?.model ?? null,
    reason,
    hours: hours.map(hourMetaOf),
    threshold: windows.map(({ day, threshold, basis, reason }) => ({
      day,
      threshold: rounded(threshold),
      basis,
      reason,
    })),
    attribution: attributionsOf(hours.flatMap(({ known }) => known ?? [])),
  }
}

function coverageOf(hours: readonly SeriesHour[], now: EpochMs): number | null {
  const elapsed = (some: readonly SeriesHour[]) =>
    some.reduce((sum, { startAt, stopAt }) => sum + Math.max(0, Math.min(stopAt, now) - startAt), 0)
  const all = elapsed(hours)
  return all === 0 ? null : roundTo(elapsed(hours.filter((hour) => hour.known?.kind === 'actual')) / all, 4)
}

function hourMetaOf({ startAt, known }: SeriesHour): HourMeta {
  return {
    at: formatInstant(startAt),
    kind: known?.kind ?? null,
    made_at: known === undefined ? null : formatInstant(known.madeAt),
    source: known?.source ?? null,
    model: known?.model ?? null,
  }
}

function rounded(share: number | null): number | null {
  return share === null ? null : roundTo(share, 4)
}

function toWire({ fromAt, toAt }: Interval): BestWindow {
  return { start: formatInstant(fromAt), stop: formatInstant(toAt) }
}
