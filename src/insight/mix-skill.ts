/**
 * How good the forecast made of published ones is: for each day, issued at 18:00 local of the day before on what was
 * measured up to 17:00, against the day itself.
 *
 * A history without published forecasts of wind and sun cannot say that. It can say what the method adds by itself: with the
 * day's own wind and sun in the place of a forecast, the error that is left comes from the other renewables, the load and
 * what generation is of it. No forecast of wind and sun, however good, gets below that.
 */
import {
  addDays,
  type CivilDay,
  daysFrom,
  hourMs,
  hoursOfDay,
  type TimeZone,
  wallClockAt,
} from '../energy/civil-time.ts'
import { type GridEvent, noFigures } from '../energy/grid-hours.ts'
import { mean } from '../energy/quantiles.ts'
import { mixModel, publishedHoursOf } from './published-mix.ts'

/** Hours back that the method looks. */
const lookBackHours = 9 * 24
const issueHour = 18
/** Actuals come an hour late. */
const delayMs = hourMs

export interface MixSkill {
  readonly days: number
  readonly mae: number
}

/** `undefined` where no day has forecasts of wind and sun, or is measured. */
export function mixSkillOf(
  actuals: readonly GridEvent[],
  forecasts: readonly GridEvent[],
  { fromOn, toOn, timeZone }: { readonly fromOn: CivilDay; readonly toOn: CivilDay; readonly timeZone: TimeZone },
): MixSkill | undefined {
  const measured = new Map(actuals.map((hour) => [hour.startAt, hour]))
  const published = new Map(forecasts.map((hour) => [hour.startAt, hour]))
  const errors = daysFrom(fromOn, toOn).flatMap((day) => {
    const issueAt = wallClockAt(addDays(day, -1), issueHour, 0, timeZone)
    const hours = hoursOfDay(day, timeZone).map(({ startAt }) => startAt)
    const before = Array.from({ length: lookBackHours }, (_, back) => issueAt - delayMs - (back + 1) * hourMs)
    const known = [
      ...before.flatMap((startAt) => measured.get(startAt) ?? []),
      ...hours.flatMap((startAt) => published.get(startAt) ?? []),
    ]
    const told = new Map(
      publishedHoursOf(known, issueAt).flatMap((hour) => (hour.model === mixModel ? [[hour.startAt, hour]] : [])),
    )
    const ofDay = hours.flatMap((startAt) => {
      const [said, was] = [told.get(startAt)?.renewableShare, measured.get(startAt)?.renewableShare ?? null]
      return said === undefined || was === null ? [] : [Math.abs(said - was)]
    })
    return ofDay.length === hours.length ? [mean(ofDay)] : []
  })
  return errors.length === 0 ? undefined : { days: errors.length, mae: mean(errors) }
}

/** Forecasts that know the wind and the sun of each hour; the load as it was published, where it was. */
export function perfectForecasts(actuals: readonly GridEvent[], published: readonly GridEvent[]): GridEvent[] {
  const loads = new Map(published.map(({ startAt, loadMw }) => [startAt, loadMw]))
  return actuals.map(({ zone, startAt, durationS, source, solarMw, windMw }) => ({
    ...noFigures,
    zone,
    startAt,
    durationS,
    source,
    kind: 'forecast',
    madeAt: Number.NEGATIVE_INFINITY,
    solarMw,
    windMw,
    loadMw: loads.get(startAt) ?? null,
  }))
}
