/** `npm run bench`: how fast the house is on this machine. Nothing here passes or fails: read ratios, not single figures. */
import { availableParallelism, cpus } from 'node:os'
import { benchDisaggregation } from './disaggregation.ts'
import { benchLiveMetersOnBoth } from './live-meters.ts'
import { benchReadings } from './readings.ts'

process.stdout.write(
  `Node ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown processor'}\n`,
)
await benchDisaggregation()
await benchReadings()
await benchLiveMetersOnBoth()
