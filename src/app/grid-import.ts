/** Grid hours into the store: checked, counted, and every refusal named. Files and fetches go the same way. */
import { type EpochMs, formatInstant, hourMs } from '../energy/civil-time.ts'
import type { GridEvent } from '../energy/grid-hours.ts'
import { checkHours, type GridCsv, type RejectedHour, rejectedHour } from '../ingest/grid/index.ts'
import { type Database, readGridHours, withdrawGridHours, writeGridHours } from '../store/index.ts'

/** Rejected hours that a report names. */
const rejectedMax = 1_000
/** Stored hours that those of a file are compared with: two weeks know what the zone always has. */
const contextHours = 14 * 24

/** What became of a file: `received` = accepted + duplicates + replaced + empty + rejected_count. */
export interface GridImportReport {
  readonly zone: string
  readonly received: number
  readonly accepted: number
  readonly duplicates: number
  readonly replaced: number
  /** Hours stored before that are wrong beside those that came now. */
  readonly withdrawn: number
  readonly empty: number
  readonly rejected_count: number
  readonly rejected: readonly RejectedHour[]
  /** First and last hour that holds; `null` where none does. */
  readonly from: string | null
  readonly to: string | null
  /** Hours between them of which nothing is known. */
  readonly missing_hours: number
  /** Hours of published forecasts that hold beside the measured ones; what of them was refused is counted apart. */
  readonly forecast_hours: number
  readonly forecast_rejected_count: number
  readonly forecast_rejected: readonly RejectedHour[]
}

/** Hears of hours that are done with: stored, or refused. */
type OnHours = (count: number) => void

/** Stores what a file says of a zone; instants after `now` cannot have been measured. */
export async function importGridCsv(
  db: Database,
  zone: string,
  csv: GridCsv,
  { now, onHours }: { readonly now: EpochMs; readonly onHours?: OnHours },
): Promise<GridImportReport> {
  const actual = await storeHours(db, csv.hours, now, onHours)
  const forecast = await storeHours(db, csv.forecasts, now, onHours)
  const rejected = [...csv.rejected, ...actual.rejected]
  const rejectedForecasts = [...csv.rejectedForecasts, ...forecast.rejected]
  // Parts of an hour count as the hour they make.
  const partsLeftOut = csv.received - csv.empty - csv.duplicates - csv.hours.length - csv.rejected.length
  const [first, last] = [actual.hours[0], actual.hours.at(-1)]
  return {
    zone,
    received: csv.received - partsLeftOut,
    accepted: actual.accepted,
    duplicates: actual.duplicates + csv.duplicates,
    replaced: actual.replaced,
    withdrawn: actual.withdrawn,
    empty: csv.empty,
    rejected_count: rejected.length,
    rejected: rejected.slice(0, rejectedMax),
    from: first === undefined ? null : formatInstant(first.startAt),
    to: last === undefined ? null : formatInstant(last.startAt + hourMs),
    missing_hours: missingHoursOf(actual.hours),
    forecast_hours: forecast.hours.length,
    forecast_rejected_count: rejectedForecasts.length,
    forecast_rejected: rejectedForecasts.slice(0, rejectedMax),
  }
}

/** Checks hours of one zone, kind and source, and writes those that hold. */
export async function storeHours(db: Database, hours: readonly GridEvent[], now: EpochMs, onHours?: OnHours) {
  const over = hours.filter(({ kind, startAt }) => kind === 'forecast' || startAt + hourMs <= now)
  const early = hours.filter(({ kind, startAt }) => kind === 'actual' && startAt + hourMs > now)
  const checked = checkHours(over, await hoursBefore(db, over[0]))
  onHours?.(hours.length - checked.hours.length)
  const counts = await writeGridHours(db, checked.hours, now, onHours)
  const withdrawn = await withdrawGridHours(db, checked.doubted)
  const rejected = early.map(({ startAt, line }) => rejectedHour(formatInstant(startAt), 'time_in_future', line))
  return { ...counts, withdrawn, hours: checked.hours, rejected: [...checked.rejected, ...rejected] }
}

async function hoursBefore(db: Database, first: GridEvent | undefined): Promise<GridEvent[]> {
  if (first === undefined) return []
  const { zone, startAt, kind, source } = first
  const stored = await readGridHours(db, zone, startAt - contextHours * hourMs, startAt, kind)
  return stored.filter((hour) => hour.source === source).map((hour) => ({ ...hour, durationS: hourMs / 1000 }))
}

function missingHoursOf(hours: readonly GridEvent[]): number {
  const [first, last] = [hours[0], hours.at(-1)]
  return first === undefined || last === undefined ? 0 : (last.startAt - first.startAt) / hourMs + 1 - hours.length
}
