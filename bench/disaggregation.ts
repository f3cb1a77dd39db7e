/**
 * Home-days told apart per second and core, at both resolutions, and a year of one home, on a recorded home. Time is that
 * of the processor, so that others on the machine do not count; the year says the time on the wall too. A day that was not
 * measured costs next to nothing, so days count by what was measured of them.
 */
import { fileURLToPath } from 'node:url'
import { Bench } from 'tinybench'
import { disaggregateDays } from '../src/app/disaggregate-days.ts'
import { readMinutesFile } from '../src/app/minutes-file.ts'
import { openDisaggregator } from '../src/app/networks.ts'
import { householdOf } from '../src/energy/household.ts'
import type { DayCurve } from '../src/energy/load-curve.ts'
import { inQuarters } from '../src/energy/quarter-hours.ts'

const timeZone = 'Europe/Rome'
const household = householdOf({
  appliances: (
    ['fridge', 'washingMachine', 'dishwasher', 'tumbleDryer', 'oven', 'microwave', 'kettle', 'waterHeater'] as const
  ).map((appliance) => ({ appliance, quantity: 1 })),
})
/** Days per round: enough to fill a stretch and more. From the first of these on home-1 was measured for months on end. */
const roundDays = 100
const measuredFromDay = 200
const yearDays = 365
/** A day is analysed with the week before it. */
const contextDays = 7

export async function benchDisaggregation(): Promise<void> {
  const path = fileURLToPath(new URL('../data/homes/home-1.csv.gz', import.meta.url))
  // The days alone: no worker holds a file's rows, and marking half a million of them would count as analysis.
  const { days: minutes } = await readMinutesFile(path, timeZone)
  const quarters = minutes.map(inQuarters)
  const disaggregator = await openDisaggregator()
  const bench = new Bench({ time: 3000, now: processorMs })
  const daysOf = { '60 s': minutes, '900 s': quarters } as const
  for (const [slots, days] of Object.entries(daysOf)) {
    const round = days.slice(measuredFromDay, measuredFromDay + roundDays)
    bench.add(`${slots}, stretches of days`, async () => {
      await disaggregateDays(disaggregator, { household, days: round })
    })
  }
  for (const [slots, days] of Object.entries(daysOf)) {
    const around = days.slice(measuredFromDay, measuredFromDay + contextDays + 1)
    const input = { household, days: around, from: contextDays, to: contextDays + 1 }
    bench.add(`${slots}, the running day alone`, async () => {
      await disaggregator.disaggregate(input)
    })
  }
  await bench.run()
  process.stdout.write(`\ndisaggregation by ${disaggregator.model}, per second of one core\n`)
  for (const { name, result } of bench.tasks) {
    if (!('latency' in result)) continue
    const days = name.endsWith('alone') ? 1 : measuredDays(minutes.slice(measuredFromDay, measuredFromDay + roundDays))
    line(name, `${Math.round((days * 1000) / result.latency.p50)} home-days/s (median)`)
  }
  for (const [slots, days] of Object.entries(daysOf)) {
    const [startedAt, startedMs] = [performance.now(), processorMs()]
    await disaggregateDays(disaggregator, { household, days })
    const [wallMs, usedMs] = [performance.now() - startedAt, processorMs() - startedMs]
    const [wallS, processorS] = [wallMs, usedMs].map((ms) => (ms * yearDays) / (1000 * measuredDays(days)))
    line(`${slots}, a year of a home`, `${processorS?.toFixed(2)} s (${wallS?.toFixed(2)} s on the wall)`)
  }
  line('most memory so far', `${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`)
}

function measuredDays(days: readonly DayCurve[]): number {
  return days.reduce(
    (sum, { measured }) => sum + measured.reduce((slots, slot) => slots + slot, 0) / measured.length,
    0,
  )
}

function processorMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function line(name: string, figure: string): void {
  process.stdout.write(`  ${name.padEnd(28)} ${figure}\n`)
}
