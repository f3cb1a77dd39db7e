/** Home-days told apart per second on one core, at both resolutions, on a recorded home. */
import { fileURLToPath } from 'node:url'
import { Bench } from 'tinybench'
import { disaggregateDays } from '../src/app/disaggregate-days.ts'
import { readMinutesFile } from '../src/app/minutes-file.ts'
import { openDisaggregator } from '../src/app/networks.ts'
import { inQuarters } from '../src/app/quarter-hours.ts'
import { householdOf } from '../src/energy/household.ts'

const timeZone = 'Europe/Rome'

export async function benchDisaggregation(): Promise<void> {
  const home = await readMinutesFile(fileURLToPath(new URL('../data/homes/home-1.csv.gz', import.meta.url)), timeZone)
  const minutes = home.days.slice(140, 240)
  const quarters = minutes.map(inQuarters)
  const disaggregator = await openDisaggregator()
  const household = householdOf(null)
  const bench = new Bench({ name: 'disaggregation of 100 days, one core', time: 3000 })
  bench.add(
    '60 s slots',
    async () => void (await disaggregateDays(disaggregator, { household, timeZone, days: minutes })),
  )
  bench.add(
    '900 s slots',
    async () => void (await disaggregateDays(disaggregator, { household, timeZone, days: quarters })),
  )
  await bench.run()
  process.stdout.write(`\n${bench.name}\n`)
  for (const { name, result } of bench.tasks) {
    if (!('latency' in result)) continue
    process.stdout.write(`  ${name.padEnd(24)} ${Math.round(100_000 / result.latency.p50)} home-days/s (median)\n`)
  }
}
