/** `loadlens evaluate greenness`: back-tests the forecast of the next day on a history. */
import { setImmediate } from 'node:timers/promises'
import { type CivilDay, italianTime, parseDay } from '../../energy/civil-time.ts'
import { placeOf } from '../../energy/grid-zones.ts'
import { defaultZone } from '../../insight/greenness.ts'
import { climatologyModel } from '../../insight/greenness-climatology.ts'
import { forecastModel } from '../../insight/greenness-forecast.ts'
import { type BackTestedDay, backTest, type GreennessSkill, skillOf } from '../../insight/greenness-skill.ts'
import { gridDaysOf } from '../../insight/grid-days.ts'
import { GridPast } from '../../insight/grid-past.ts'
import { type MixSkill, mixSkillOf, perfectForecasts } from '../../insight/mix-skill.ts'
import { mixModel } from '../../insight/published-mix.ts'
import { requirePlot, writeGreennessPlot } from '../greenness-plot.ts'
import { CommandRefusal, print, say, withProgress } from '../terminal.ts'
import { readGridFile } from './grid.ts'

interface EvaluateGreennessOptions {
  readonly history: string
  readonly from: string
  readonly to: string
  readonly plot?: string
  readonly json?: boolean
}

const italy = placeOf(defaultZone)
/** A forecast issued at noon knows the hours up to eleven, one issued at six in the evening those up to five. */
const issues = { noon: 11, evening: 17 } as const

/** Prints how good the forecasts issued at 12:00 and at 18:00 local would have been, and then writes the page. */
export async function evaluateGreennessCommand({
  history,
  from,
  to,
  plot,
  json,
}: EvaluateGreennessOptions): Promise<void> {
  const [fromOn, toOn] = [dayOf('--from', from), dayOf('--to', to)]
  if (toOn <= fromOn) throw new CommandRefusal('--to is exclusive and lies after --from.', 2)
  if (plot !== undefined) await requirePlot(plot)
  const file = await readGridFile(history, 'IT')
  const refused = file.rejected.length + file.rejectedForecasts.length
  if (refused > 0) say(`${history}: ${refused} rows or hours were refused; loadlens grid import names them`)
  const past = new GridPast(gridDaysOf(file.hours, { timeZone: italianTime, place: italy }))
  const asked = past.days.filter(({ day }) => day >= fromOn && day < toOn).length
  const [noon = [], evening = []] = await withProgress('Forecasting', 2 * asked, 'days', async (advance) => {
    const days: BackTestedDay[][] = []
    for (const knownHours of [issues.noon, issues.evening])
      days.push(await toldDays(backTest(past, fromOn, toOn, knownHours), advance))
    return days
  })
  if (noon.length === 0)
    throw new CommandRefusal(`${history} has no whole day from ${from} to ${to} with a year and a half before it.`)
  const skill = { noon: skillOf(noon), evening: skillOf(evening) }
  const span = { fromOn, toOn, timeZone: italianTime }
  const mix = {
    published: mixSkillOf(file.hours, file.forecasts, span),
    floor: mixSkillOf(file.hours, perfectForecasts(file.hours, file.forecasts), span),
  }
  if (json === true) {
    const mixed = { mae_published_mix: maeOf(mix.published), mae_published_mix_floor: maeOf(mix.floor) }
    print(JSON.stringify({ ...onWire(skill.noon), issued_at_18: { ...onWire(skill.evening), ...mixed } }))
  } else sayTable(skill, mix)
  // After the results: a page that cannot be written costs itself alone.
  if (plot !== undefined)
    await writeGreennessPlot(plot, {
      noon,
      evening,
      model: forecastModel,
      climatology: climatologyModel,
      timeZone: italianTime,
    })
}

/** The days of a back-test; the bar is drawn between them. */
async function toldDays(
  tested: Iterable<BackTestedDay | undefined>,
  advance: (count: number) => void,
): Promise<BackTestedDay[]> {
  const told: BackTestedDay[] = []
  for (const day of tested) {
    if (day !== undefined) told.push(day)
    advance(1)
    await setImmediate()
  }
  return told
}

interface MixSkills {
  /** From the forecasts of wind and sun in the history. */
  readonly published: MixSkill | undefined
  /** With the wind and the sun that came. */
  readonly floor: MixSkill | undefined
}

function maeOf(skill: MixSkill | undefined): number | null {
  return skill === undefined ? null : rounded(skill.mae)
}

function rounded(value: number): number {
  return Math.round(value * 1e5) / 1e5
}

function roundedOrNull(value: number | null): number | null {
  return value === null ? null : rounded(value)
}

function onWire(skill: GreennessSkill) {
  return {
    model: forecastModel,
    days: skill.days,
    mae_day_ahead: rounded(skill.maeDayAhead),
    mae_rest_of_today: roundedOrNull(skill.maeRestOfToday),
    mae_rest_of_today_persistence_24h: roundedOrNull(skill.maeRestOfTodayPersistence),
    mae_persistence_24h: rounded(skill.maePersistence24h),
    mae_persistence_week: rounded(skill.maePersistenceWeek),
    mae_climatology: rounded(skill.maeClimatology),
    mae_climatology_3_years_old: roundedOrNull(skill.maeClimatologyOld),
    regret: rounded(skill.regret),
    regret_persistence: rounded(skill.regretPersistence),
    regret_climatology: rounded(skill.regretClimatology),
  }
}

function dayOf(option: string, text: string): CivilDay {
  const day = parseDay(text)
  if (day === undefined) throw new CommandRefusal(`${option} takes a date such as 2023-01-01, not "${text}".`, 2)
  return day
}

function sayTable({ noon, evening }: { noon: GreennessSkill; evening: GreennessSkill }, mix: MixSkills): void {
  say(`${noon.days} days; errors of the renewable share (0–1), all hours of the next day; regret of the best two hours`)
  const old = noon.maeClimatologyOld
  const rows = [
    [`${forecastModel}, issued 12:00`, noon.maeDayAhead, noon.regret],
    [`${forecastModel}, issued 18:00`, evening.maeDayAhead, evening.regret],
    ['the day before', noon.maePersistence24h, noon.regretPersistence],
    ['the week before', noon.maePersistenceWeek, null],
    [climatologyModel, noon.maeClimatology, noon.regretClimatology],
    ...(old === null ? [] : [[`${climatologyModel}, 3 years old`, old, null] as const]),
    ...(mix.published === undefined ? [] : [[`${mixModel}, issued 18:00`, mix.published.mae, null] as const]),
    ...(mix.floor === undefined ? [] : [[`${mixModel}, true wind and sun`, mix.floor.mae, null] as const]),
  ] as const
  print(`${''.padEnd(26)}     MAE  / day before  regret`)
  for (const [name, mae, regret] of rows) {
    const ratio = (mae / noon.maePersistence24h).toFixed(2)
    print(`${name.padEnd(26)}  ${mae.toFixed(4)}  ${ratio.padStart(12)}  ${(regret?.toFixed(3) ?? '–').padStart(6)}`)
  }
  sayRestOfToday('12:00', noon)
  sayRestOfToday('18:00', evening)
}

function sayRestOfToday(issued: string, { maeRestOfToday: mae, maeRestOfTodayPersistence: before }: GreennessSkill) {
  if (mae === null || before === null) return
  print(`rest of the day of the issue, ${issued}: ${mae.toFixed(4)}; as the day before: ${before.toFixed(4)}`)
}
