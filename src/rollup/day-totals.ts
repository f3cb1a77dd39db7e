/**
 * The sums of one local day, from its load curve [W] and its appliance columns [W]: per local hour and for the day, the
 * meter's total, per tariff band and per appliance [Wh].
 *
 * `smallAppliances` is the total less all columns, so that the appliances add up to the meter. Day sums are the sums of
 * the hours. Unmeasured slots add nothing: `measuredS` says how much of the time the sums stand for.
 */
import type { DayTotals, HourTotals } from '../energy/analysis.ts'
import type { ApplianceKey } from '../energy/appliances.ts'
import { dayInterval, hoursOfDay, type LocalHour, type TimeZone } from '../energy/civil-time.ts'
import { type DayCurve, energyWhOf, type SlotS } from '../energy/load-curve.ts'
import { type Band, type BandCalendar, bandOfHour } from '../energy/tariff-bands.ts'

/** The appliance columns of a day, without `smallAppliances`; each as long as the curve. */
export type DayColumns = ReadonlyMap<ApplianceKey, Float32Array>

/**
 * Sums a day.
 * @param toldSlotS length of the slots that the columns were told apart in [s]
 */
export function totalsOf(
  curve: DayCurve,
  { columns, toldSlotS }: { readonly columns: DayColumns; readonly toldSlotS: SlotS },
  timeZone: TimeZone,
  calendar: BandCalendar,
): { totals: DayTotals; hours: HourTotals[] } {
  const hours = hoursOfDay(curve.day, timeZone).map((hour) => hourTotals(curve, columns, hour, calendar))
  const { fromAt, toAt } = dayInterval(curve.day, timeZone)
  return { totals: { ...sumOfHours(curve, hours, (toAt - fromAt) / 1000), toldSlotS }, hours }
}

function hourTotals(curve: DayCurve, columns: DayColumns, hour: LocalHour, calendar: BandCalendar): HourTotals {
  const from = Math.round((hour.startAt - curve.startAt) / 1000 / curve.slotS)
  const to = Math.round((hour.stopAt - curve.startAt) / 1000 / curve.slotS)
  const totalWh = energyWhOf(sumOfSlots(curve.powerW, from, to), curve.slotS)
  const applianceWh: Partial<Record<ApplianceKey, number>> = {}
  let explainedWh = 0
  for (const [appliance, powerW] of columns) {
    const energyWh = energyWhOf(sumOfSlots(powerW, from, to), curve.slotS)
    applianceWh[appliance] = energyWh
    explainedWh += energyWh
  }
  applianceWh.smallAppliances = Math.max(0, totalWh - explainedWh)
  return {
    startAt: hour.startAt,
    hour: hour.hour,
    band: bandOfHour(curve.day, hour.hour, calendar),
    measuredS: sumOfSlots(curve.measured, from, to) * curve.slotS,
    totalWh,
    applianceWh,
  }
}

function sumOfHours(curve: DayCurve, hours: readonly HourTotals[], elapsedS: number): Omit<DayTotals, 'toldSlotS'> {
  const bandWh: Record<Band, number> = { f1: 0, f2: 0, f3: 0 }
  const applianceWh: Partial<Record<ApplianceKey, number>> = {}
  let measuredS = 0
  let totalWh = 0
  for (const hour of hours) {
    measuredS += hour.measuredS
    totalWh += hour.totalWh
    bandWh[hour.band] += hour.totalWh
    for (const [appliance, energyWh] of Object.entries(hour.applianceWh)) {
      const key = appliance as ApplianceKey
      applianceWh[key] = (applianceWh[key] ?? 0) + energyWh
    }
  }
  return { day: curve.day, slotS: curve.slotS, elapsedS, measuredS, totalWh, bandWh, applianceWh }
}

function sumOfSlots(values: ArrayLike<number>, from: number, to: number): number {
  let sum = 0
  for (let slot = from; slot < to; slot++) sum += values[slot] ?? 0
  return sum
}
