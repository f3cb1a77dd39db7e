/** Made-up homes for tests of the disaggregation: days whose power is a function of the slot, and networks that say what they are told to. */

import { type Head, heads, indexOfHead } from '../../src/disaggregate/heads.ts'
import { createDisaggregator, type Network } from '../../src/disaggregate/index.ts'
import type { ApplianceKey } from '../../src/energy/appliances.ts'
import { addDays, type CivilDay, dayInterval } from '../../src/energy/civil-time.ts'
import { type Household, householdOf } from '../../src/energy/household.ts'
import type { DayCurve, SlotS } from '../../src/energy/load-curve.ts'

export const firstDay = '2025-05-05' as CivilDay

/** A day in Italy, all of it measured. */
export function curveOfW(day: CivilDay, slotS: SlotS, powerOf: (slot: number) => number): DayCurve {
  const { fromAt, toAt } = dayInterval(day, 'Europe/Rome')
  const slots = (toAt - fromAt) / 1000 / slotS
  const powerW = Float64Array.from({ length: slots }, (_, slot) => powerOf(slot))
  return { day, startAt: fromAt, slotS, powerW, measured: new Uint8Array(slots).fill(1) }
}

/** A day of minutes. */
export function dayOfW(day: CivilDay, powerOf: (slot: number) => number): DayCurve {
  return curveOfW(day, 60, powerOf)
}

/** A day of quarter-hours. */
export function quartersOfW(day: CivilDay, powerOf: (slot: number) => number): DayCurve {
  return curveOfW(day, 900, powerOf)
}

/** So many days of minutes whose power is a function of the day and the minute. */
export function daysOfW(count: number, powerOf: (index: number, slot: number) => number): DayCurve[] {
  return Array.from({ length: count }, (_, index) => dayOfW(addDays(firstDay, index), (slot) => powerOf(index, slot)))
}

/** Takes the slots from `from` to `to` (exclusive) out of a day. */
export function lose({ powerW, measured }: DayCurve, from: number, to: number): void {
  for (const curve of [powerW, measured]) curve.fill(0, from, to)
}

/** A household with one of each. */
export function householdWith(...appliances: ApplianceKey[]): Household {
  return householdOf({ appliances: appliances.map((appliance) => ({ appliance, quantity: 1 })) })
}

/** Says of each head what it believes in a slot, 0–1, and what the appliance would draw [W], by the slot's power and whether it was measured. */
export type Says = (
  powerW: number,
  isMeasured: boolean,
  window: Float32Array,
) => readonly [belief: number, powerW: number]

/** A network that says what a test has it say. */
export function networkSaying(takes: 'minutes' | 'quarters', says: Partial<Record<Head, Says>>): Network {
  return {
    takes,
    channels: 2,
    outputs: 2 * heads.length,
    stride: 32,
    predict: async (values, batch, channels, length) => {
      const curves = new Float32Array(batch * 2 * heads.length * length)
      for (let row = 0; row < batch; row++) {
        const window = values.subarray(row * channels * length, (row + 1) * channels * length)
        for (const [head, say] of Object.entries(says) as [Head, Says][])
          for (let slot = 0; slot < length; slot++) {
            const [belief, powerW] = say(window[slot] ?? 0, window[length + slot] === 1, window)
            const at = (output: number) => (row * 2 * heads.length + output) * length + slot
            curves[at(indexOfHead[head])] = belief
            curves[at(heads.length + indexOfHead[head])] = powerW
          }
      }
      return curves
    },
  }
}

/** A home whose car charges where it draws more than 3 kW, by either network. */
export function homeWithCar() {
  const charges: Says = (powerW) => (powerW > 3000 ? [0.95, 3500] : [0, 0])
  const networkOf = (takes: 'minutes' | 'quarters') => networkSaying(takes, { electricVehicle: charges })
  const disaggregator = createDisaggregator({ minute: networkOf('minutes'), quarter: networkOf('quarters') })
  return { disaggregator, household: householdWith('electricVehicle') }
}

/** A week of two fridges of 80 and 130 W, each with a rhythm of its own, and networks of minutes that see each by another head. */
export function homeOfTwoFridges() {
  const isOne = (powerW: number) => powerW === 180 || powerW === 310
  const isOther = (powerW: number) => powerW === 230 || powerW === 310
  const minute = networkSaying('minutes', {
    fridge: (powerW) => [isOther(powerW) ? 0.95 : 0.02, 130],
    freezer: (powerW) => [isOne(powerW) ? 0.95 : 0.02, 80],
  })
  const days = daysOfW(7, (_, slot) => 100 + (slot % 47 < 13 ? 80 : 0) + (slot % 61 < 17 ? 130 : 0))
  const household = householdOf({ appliances: [{ appliance: 'fridge', quantity: 2 }] })
  return { disaggregator: createDisaggregator({ minute }), household, days }
}
