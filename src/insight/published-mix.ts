/**
 * The renewable share of hours to come from what sources publish of them.
 *
 * Wind and solar as a source forecasts them (ENTSO-E A69), the other renewables as they were at the same hour of the last
 * days, over the generation: the load as a source forecasts it (A65; the load a week before where it does not) times what
 * generation was of load at that hour of the last days. No source publishes a forecast of all renewables. A share of
 * load (Energy-Charts) becomes one of generation by the same ratio. In: stored hours of a zone. Out: shares, 0–1.
 */
import { dayMs, type EpochMs, hourMs, weekMs } from '../energy/civil-time.ts'
import { type GridEvent, type GridFigures, type GridHour, gridSources } from '../energy/grid-hours.ts'
import { meanOf } from './grid-days.ts'

/** Names and versions of the methods. */
export const mixModel = 'mix-1'
export const shareOfLoadModel = 'share-of-load-1'

/** Days whose same hour says what is usual now. */
const recentDays = 7

type Hour = Omit<GridEvent, 'durationS'>

/** What was measured, by hour, as one source says it: the first of `gridSources` that says the renewable share, else the first of all. */
export type MeasuredHours = ReadonlyMap<EpochMs, Hour>

/** The measured hours that are over at `now`. */
export function measuredHoursOf(hours: readonly Hour[], now: EpochMs): MeasuredHours {
  const over = hours.filter(({ kind, startAt }) => kind === 'actual' && startAt + hourMs <= now)
  const measured = new Map<EpochMs, Hour>()
  for (const hour of inSourceOrder(over)) {
    const better = measured.get(hour.startAt)
    if (better === undefined || (better.renewableShare === null && hour.renewableShare !== null))
      measured.set(hour.startAt, hour)
  }
  return measured
}

/** The hours that published forecasts tell of, those made of wind and sun first. @param hours stored, any kind */
export function publishedHoursOf(hours: readonly Hour[], now: EpochMs): GridHour[] {
  const published = inSourceOrder(hours.filter(({ kind, madeAt }) => kind === 'forecast' && madeAt <= now))
  const measured = measuredHoursOf(hours, now)
  const loads = new Map(published.toReversed().flatMap((hour) => (hour.loadMw ? [[hour.startAt, hour]] : [])))
  return [
    ...published.flatMap((hour) => mixedHour(hour, measured, loads) ?? []),
    ...published.flatMap((hour) => hourOfLoadShare(hour, measured) ?? []),
    ...published.flatMap((hour) => givenHour(hour) ?? []),
  ]
}

function mixedHour(hour: Hour, measured: MeasuredHours, loads: ReadonlyMap<EpochMs, Hour>): GridHour | undefined {
  const { startAt, solarMw, windMw } = hour
  if (solarMw === null || windMw === null) return undefined
  const load = loads.get(startAt) ?? measured.get(startAt - weekMs)
  const recent = recentHours(measured, startAt)
  const othersMw = meanOf(recent.map(({ otherRenewableMw }) => otherRenewableMw))
  const ofLoad = meanOf(recent.map(generationOfLoad))
  if (!load?.loadMw || othersMw === null || !ofLoad) return undefined
  const renewableShare = clamped((solarMw + windMw + othersMw) / (load.loadMw * ofLoad))
  return toldHour(renewableShare, mixModel, hour, [load, ...recent])
}

function hourOfLoadShare(hour: Hour, measured: MeasuredHours): GridHour | undefined {
  const { startAt, renewableShareOfLoad } = hour
  if (renewableShareOfLoad === null) return undefined
  const recent = recentHours(measured, startAt)
  const ofLoad = meanOf(recent.map(generationOfLoad)) || 1
  return toldHour(clamped(renewableShareOfLoad / ofLoad), shareOfLoadModel, hour, recent)
}

function givenHour(hour: Hour): GridHour | undefined {
  return hour.renewableShare === null ? undefined : toldHour(hour.renewableShare, null, hour, [])
}

/** @param beside what it is made of beside the published hour itself */
function toldHour(renewableShare: number, model: string | null, hour: Hour, beside: readonly Hour[]): GridHour {
  const { startAt, madeAt, source } = hour
  const restsOn = [...new Set([source, ...beside.map((one) => one.source)])]
  return { startAt, renewableShare, kind: 'forecast', madeAt, source, restsOn, model }
}

/** The same hour of the last week and the day before it, as far as it was measured. */
function recentHours(measured: MeasuredHours, startAt: EpochMs): Hour[] {
  return Array.from({ length: recentDays + 1 }, (_, back) => measured.get(startAt - (back + 1) * dayMs) ?? []).flat()
}

function generationOfLoad({ generationMw, loadMw }: GridFigures): number | null {
  return generationMw === null || !loadMw ? null : generationMw / loadMw
}

function clamped(share: number): number {
  return Math.min(1, Math.max(0, share))
}

function inSourceOrder(hours: readonly Hour[]): Hour[] {
  return hours.toSorted((one, other) => gridSources.indexOf(one.source) - gridSources.indexOf(other.source))
}
