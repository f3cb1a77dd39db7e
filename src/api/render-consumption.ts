/** What the consumption endpoint hands to a worker thread: a month of minutes is too much for the thread that answers. */
import type { ConsumptionQuestion } from '../insight/consumption.ts'
import type { EncodedDay } from '../store/codec/index.ts'

export interface RenderConsumptionTask {
  /** The analysed days of the period, ascending; days without an analysis are absent. */
  readonly days: readonly EncodedDay[]
  readonly question: ConsumptionQuestion
}
