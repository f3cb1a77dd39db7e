import { expect, test } from 'vitest'
import { addDays, type CivilDay, dayInterval } from '../energy/civil-time.ts'
import { householdOf } from '../energy/household.ts'
import type { DayCurve } from '../energy/load-curve.ts'
import { heads, indexOfHead } from './heads.ts'
import { createDisaggregator, type Network } from './index.ts'

function dayOfW(day: CivilDay, powerOf: (slot: number) => number): DayCurve {
  const { fromAt, toAt } = dayInterval(day, 'Europe/Rome')
  const slots = (toAt - fromAt) / 60_000
  const powerW = Float64Array.from({ length: slots }, (_, slot) => powerOf(slot))
  return { day, startAt: fromAt, slotS: 60, powerW, measured: new Uint8Array(slots).fill(1) }
}

test('a constant load is standby and nothing else', async () => {
  const first = '2025-03-28' as CivilDay
  const days = Array.from({ length: 5 }, (_, index) => dayOfW(addDays(first, index), () => 80))
  const results = await createDisaggregator().disaggregate({
    household: householdOf(null),
    timeZone: 'Europe/Rome',
    days,
    from: 0,
    to: days.length,
  })
  expect(results).toHaveLength(5)
  for (const [index, result] of results.entries()) {
    expect(result.columns.get('standby')).toHaveLength(days[index]?.powerW.length ?? 0)
    for (const [appliance, column] of result.columns) {
      expect(column.every((powerW) => powerW === (appliance === 'standby' ? 80 : 0))).toBe(true)
    }
    expect(result.runs).toEqual([])
  }
})

test('a day of quarter-hours depends on the week before it alone: what reaches further back has no say in how water is heated', async () => {
  // The shower's head sees a shower where a window begins in the first day, which alone draws 777 W; a boiler's sees boilers everywhere.
  const network: Network = {
    takes: 'quarters',
    channels: 2,
    outputs: 2 * heads.length,
    stride: 32,
    predict: async (values, batch, _channels, length) => {
      const curves = new Float32Array(batch * 2 * heads.length * length)
      for (let window = 0; window < batch; window++) {
        const at = (output: number) => (window * 2 * heads.length + output) * length
        const believe = (head: 'shower' | 'boiler', powerW: number) => {
          curves.fill(1, at(indexOfHead[head]), at(indexOfHead[head] + 1))
          curves.fill(powerW, at(heads.length + indexOfHead[head]), at(heads.length + indexOfHead[head] + 1))
        }
        believe('boiler', 1000)
        if (values[window * 2 * length] === 777) believe('shower', 20_000)
      }
      return curves
    },
  }
  const disaggregator = createDisaggregator({ quarter: network })
  const household = householdOf({ appliances: [{ appliance: 'waterHeater', quantity: 1 }] })
  const days = Array.from({ length: 10 }, (_, index): DayCurve => {
    const { startAt, day } = dayOfW(addDays('2025-05-05' as CivilDay, index), () => 0)
    const powerW = Float64Array.from({ length: 96 }, (_, slot) => (index === 0 ? 777 : slot % 8 === 0 ? 100 : 1500))
    return { day, startAt, slotS: 900, powerW, measured: new Uint8Array(96).fill(1) }
  })
  const ask = { household, timeZone: 'Europe/Rome' }
  const alone = await disaggregator.disaggregate({ ...ask, days: days.slice(1), from: 7, to: 8 })
  expect(alone[0]?.columns.get('waterHeater')?.some((powerW) => powerW > 0)).toBe(true)
  expect(await disaggregator.disaggregate({ ...ask, days, from: 8, to: 9 })).toEqual(alone)
})
