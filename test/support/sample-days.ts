/** Analysed days for tests: sums that add up, from a seed. */
import fc from 'fast-check'
import type { DayTotals } from '../../src/energy/analysis.ts'
import type { ApplianceKey } from '../../src/energy/appliances.ts'
import type { CivilDay } from '../../src/energy/civil-time.ts'
import { daysFrom } from '../../src/energy/civil-time.ts'
import { householdOf } from '../../src/energy/household.ts'

/** Two in a flat of 90 m², with a fridge and a washing machine. */
export const sampleHousehold = householdOf({
  house: { type: 'apartment', dimesion: 90, province: 'MI' },
  residents: { adults: 2 },
  appliances: [
    { appliance: 'fridge', quantity: 1 },
    { appliance: 'washingMachine', quantity: 1 },
  ],
})

export const sampleColumns = ['fridge', 'washingMachine', 'smallAppliances', 'standby'] as const

/** A day whose appliances, bands and total agree. */
export function sampleDay(day: CivilDay, applianceWh: Partial<Record<ApplianceKey, number>>, measuredS = 86_400) {
  const totalWh = Object.values(applianceWh).reduce((sum, energyWh) => sum + energyWh, 0)
  const totals: DayTotals = {
    day,
    slotS: 60,
    toldSlotS: 60,
    elapsedS: 86_400,
    measuredS,
    totalWh,
    bandWh: { f1: totalWh * 0.37, f2: totalWh * 0.21, f3: totalWh - totalWh * 0.37 - totalWh * 0.21 },
    applianceWh,
  }
  return { totals, confidence: { fridge: 0.8, standby: 0.6 }, model: 'test-1' }
}

export type SampleDay = ReturnType<typeof sampleDay>

const energyWh = fc.double({ min: 0, max: 9000, noNaN: true })

/** Every day from `fromOn` to `toOn`, some of them missing. */
export function sampleDays(fromOn: string, toOn: string): fc.Arbitrary<SampleDay[]> {
  const days = daysFrom(fromOn as CivilDay, toOn as CivilDay)
  const energies = fc.option(fc.tuple(energyWh, energyWh, energyWh, energyWh), { nil: null, freq: 8 })
  return fc.array(energies, { minLength: days.length, maxLength: days.length }).map((rows) =>
    days.flatMap((day, index) => {
      const row = rows[index]
      if (row === null || row === undefined) return []
      const [fridge, washingMachine, smallAppliances, standby] = row
      return [sampleDay(day, { fridge, washingMachine, smallAppliances, standby })]
    }),
  )
}
