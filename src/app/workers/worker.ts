/** What runs in a worker thread; `pool.ts` starts the threads and names the tasks. */
import type { RenderConsumptionTask } from '../../api/render-consumption.ts'
import type { ShapeRunsTask } from '../../api/shape-runs.ts'
import type { Disaggregator } from '../../disaggregate/index.ts'
import { analysisContext } from '../../energy/analysis.ts'
import { type CivilDay, type EpochMs, hourMs, type TimeZone } from '../../energy/civil-time.ts'
import type { Household } from '../../energy/household.ts'
import { type ClosedCurve, closedSlotsOf } from '../../energy/load-curve.ts'
import { endedAt } from '../../energy/reading-series.ts'
import { dayCurveFromReadings } from '../../energy/slots-from-readings.ts'
import { bandCalendar } from '../../energy/tariff-bands.ts'
import { consumptionJson } from '../../insight/consumption.ts'
import { type ShapedRun, shapesOf } from '../../insight/typical-run.ts'
import { analyseDays } from '../../rollup/analyse-days.ts'
import { decodeAnalysedDay, encodeAnalysedDay, type PackedReadings, unpackSeries } from '../../store/codec/index.ts'
import type { DayToSave } from '../../store/index.ts'
import { openDisaggregator } from '../networks.ts'
import { CommandRefusal } from '../terminal.ts'

export { issueZone as issueGreenness } from '../greenness-issue.ts'

/** Days of one home to analyse, with the readings of those days and of their context. */
export interface AnalyseTask {
  readonly household: Household
  readonly timeZone: TimeZone
  /** Consecutive local days: context, the days to analyse (`from`…`to`), context. */
  readonly days: readonly CivilDay[]
  readonly from: number
  readonly to: number
  readonly readings: PackedReadings
  /** When the supply ends; `null` while no end is known. */
  readonly closedAt: EpochMs | null
  readonly now: EpochMs
  /** Whether 4 October is a holiday of the tariff bands. */
  readonly fourOctober: boolean
}

/** The networks are loaded once in a thread, by the first task that needs them. */
let disaggregator: Promise<Disaggregator> | undefined

function loadedDisaggregator(): Promise<Disaggregator> {
  disaggregator ??= openDisaggregator().catch((error: unknown) => {
    disaggregator = undefined // a later task tries again
    throw error
  })
  return disaggregator
}

/** Loads the networks now, so that a damaged one is found when a server starts. @returns what is wrong, in a sentence */
export async function loadNetworks(): Promise<string | undefined> {
  return await loadedDisaggregator().then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof CommandRefusal) return error.message
      throw error
    },
  )
}

/** Analyses a stretch of days: readings to slots, slots to appliances, both to sums, packed for the store. */
export async function analyse(task: AnalyseTask): Promise<DayToSave[]> {
  const series = endedAt(unpackSeries(task.readings), task.closedAt)
  const closed = task.days.map((day) => closedSlotsOf(dayCurveFromReadings(day, task.timeZone, series), task.now))
  const { household, timeZone, from, to } = task
  const days = closed.map(({ curve }) => curve)
  const calendar = bandCalendar({ fourOctober: task.fourOctober })
  const analysed = await analyseDays({ household, timeZone, days, from, to }, await loadedDisaggregator(), calendar)
  return analysed.map((day, index) => ({
    encoded: encodeAnalysedDay(day),
    recheckAt: recheckAtOf(closed[from + index], closed[from + index + 1]),
  }))
}

/** When a slot closes that the day's analysis did not see yet: one of its own, or of the hours that it sees of the next day. */
function recheckAtOf(own: ClosedCurve | undefined, next: ClosedCurve | undefined): EpochMs | null {
  if (own?.recheckAt != null) return own.recheckAt
  if (next?.recheckAt == null) return null
  return next.recheckAt <= next.curve.startAt + analysisContext.hoursAfter * hourMs ? next.recheckAt : null
}

/** The answer of the consumption endpoint as UTF-8 JSON. */
export function renderConsumption({ days, question }: RenderConsumptionTask): Uint8Array {
  return new TextEncoder().encode(consumptionJson(days.map(decodeAnalysedDay), question))
}

/** The power of runs, cut out of the days that they lie in. */
export function shapeRuns({ days, runs, appliance }: ShapeRunsTask): ShapedRun[] {
  return shapesOf(runs, days.map(decodeAnalysedDay), appliance)
}
