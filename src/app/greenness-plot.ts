/** The page of curves that `evaluate greenness --plot` writes: errors by month and by hour, a good, a median and a bad day. */
import { finished } from 'node:stream/promises'
import { monthOf, type TimeZone } from '../energy/civil-time.ts'
import { mean } from '../energy/quantiles.ts'
import type { BackTestedDay } from '../insight/greenness-skill.ts'
import { chartPage } from './chart-page.ts'
import { requireWritable, writeOutput } from './output-file.ts'
import { CommandRefusal, say } from './terminal.ts'

/** The days of the two back-tests. */
export interface GreennessPlot {
  readonly noon: readonly BackTestedDay[]
  readonly evening: readonly BackTestedDay[]
  readonly model: string
  readonly climatology: string
  readonly timeZone: TimeZone
}

/** Days to show, by the share of days that were told better. */
const ranks = { good: 0.1, median: 0.5, bad: 0.9 } as const

/** @throws {CommandRefusal} where the file cannot be written */
export async function writeGreennessPlot(path: string, plot: GreennessPlot): Promise<void> {
  const filled = await chartPage(new URL('./greenness-plot.html', import.meta.url))
  await writeOutput(path, async (stream) => {
    stream.end(filled(contentOf(plot)))
    await finished(stream)
  }).catch(refusePlot(path))
  say(`curves: ${path}`)
}

/** Says before any work whether the page can be written. @throws {CommandRefusal} where it cannot */
export async function requirePlot(path: string): Promise<void> {
  await requireWritable(path).catch(refusePlot(path))
}

function refusePlot(path: string): (error: unknown) => never {
  return (error) => {
    if (error instanceof CommandRefusal) throw error
    throw new CommandRefusal(`${path} cannot be written (${(error as { code?: string }).code ?? 'unknown reason'}).`)
  }
}

function contentOf({ noon, evening, model, climatology, timeZone }: GreennessPlot) {
  const months = Map.groupBy(noon, ({ day }) => monthOf(day))
  const eveningMonths = Map.groupBy(evening, ({ day }) => monthOf(day))
  const hours = Array.from({ length: 24 }, (_, hour) => hour)
  return {
    model,
    climatology,
    timeZone,
    from: noon[0]?.day,
    to: noon.at(-1)?.day,
    months: [...months].map(([month, days]) => ({ month, ...errorsOf(days, eveningMonths.get(month) ?? [], hours) })),
    hours: hours.map((hour) => ({ hour, ...errorsOf(noon, evening, [hour]) })),
    days: Object.entries(ranks).map(([rank, share]) => ({ rank, ...dayAt(noon, evening, share) })),
  }
}

/** Mean absolute errors over some days and hours, per way of telling. */
function errorsOf(noon: readonly BackTestedDay[], evening: readonly BackTestedDay[], hours: readonly number[]) {
  const errorOf = (days: readonly BackTestedDay[], told: (day: BackTestedDay) => readonly number[]) =>
    days.length === 0
      ? null
      : mean(days.flatMap((day) => hours.map((hour) => Math.abs((told(day)[hour] ?? 0) - (day.actual[hour] ?? 0)))))
  return {
    noon: errorOf(noon, ({ forecast }) => forecast),
    evening: errorOf(evening, ({ forecast }) => forecast),
    dayBefore: errorOf(noon, ({ today }) => today),
    usual: errorOf(noon, ({ usual }) => usual),
  }
}

/** The day that a share of the days were told better than, at noon. */
function dayAt(noon: readonly BackTestedDay[], evening: readonly BackTestedDay[], share: number) {
  const errorOf = ({ actual, forecast }: BackTestedDay) =>
    mean(actual.map((value, hour) => Math.abs(value - (forecast[hour] ?? 0))))
  const sorted = noon.toSorted((one, other) => errorOf(one) - errorOf(other))
  const shown = sorted[Math.floor(share * (sorted.length - 1))]
  if (shown === undefined) throw new RangeError('There is no day to show.')
  const { day, actual, forecast, usual, today } = shown
  const late = evening.find((one) => one.day === day)?.forecast ?? []
  return { day, actual, noon: forecast, evening: late, dayBefore: today, usual, error: errorOf(shown) }
}
