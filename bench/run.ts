/** `npm run bench`: how fast the house is on this machine. Nothing here passes or fails: read ratios, not single figures. */
import { availableParallelism, cpus } from 'node:os'
import { Argument, Command } from 'commander'
import { benchDisaggregation } from './disaggregation.ts'
import { benchLiveMetersOnBoth } from './live-meters.ts'
import { benchReadings } from './readings.ts'

const benches: Readonly<Record<string, () => Promise<void>>> = {
  disaggregation: benchDisaggregation,
  readings: benchReadings,
  'live-meters': benchLiveMetersOnBoth,
}

await new Command('npm run bench --')
  .description('Measures how fast this machine tells appliances apart, keeps readings and hears live meters.')
  .addArgument(new Argument('[what...]', 'what to measure').choices(Object.keys(benches)).default(Object.keys(benches)))
  .showHelpAfterError()
  .action(async (names: readonly string[]) => {
    process.stdout.write(
      `Node ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown processor'}\n`,
    )
    for (const name of names) await benches[name]?.()
  })
  .parseAsync()
