/** What a home's own greenness hands to a worker thread: months of packed days are too much for the thread that answers. */
import type { Run } from '../energy/analysis.ts'
import type { ApplianceKey } from '../energy/appliances.ts'
import type { EncodedDay } from '../store/codec/index.ts'

export interface ShapeRunsTask {
  /** The analysed days that the runs lie in. */
  readonly days: readonly EncodedDay[]
  readonly runs: readonly Run[]
  readonly appliance: ApplianceKey
}
