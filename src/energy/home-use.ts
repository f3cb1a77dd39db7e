/** What one home used over a span of days, per appliance: the figures that similar homes are compared by. */
import type { ApplianceKey } from './appliances.ts'

/** One appliance of one home. */
export interface ApplianceUse {
  /** Runs that started in the span, or would have, had it been told apart all the time; `null` for appliances that do not run in cycles. */
  readonly usages: number | null
  readonly totalWh: number
}

/** The appliances that a home has, over one span of days. */
export interface HomeUse {
  readonly elapsedS: number
  readonly measuredS: number
  readonly totalWh: number
  readonly appliances: Readonly<Partial<Record<ApplianceKey, ApplianceUse>>>
}
