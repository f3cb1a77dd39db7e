/** Days of minutes as an in-home device hears them from an Italian meter (Chain 2): power when it has changed by a band, energy by the quarter-hour. */
import type { DayCurve } from '../../src/energy/load-curve.ts'
import { minutesPerQuarter } from '../../src/energy/quarter-hours.ts'
import { emptyColumns, noReadings, type ReadingColumns } from '../../src/energy/reading-series.ts'
import { slotsBetween } from '../../src/energy/slots-from-readings.ts'

/** The band of a contract of 3 kW [W], and how long such a power holds [s] (`src/ingest/devices/chain2.ts`). */
const [bandW, holdS] = [300, 960]

/** A day of whole minutes as such a device shows it; quarter-hours that were not measured whole have no energy. */
export function throughChain2(day: DayCurve): DayCurve {
  const [power, energy] = [sentPower(day), sentEnergy(day)]
  const toAt = day.startAt + day.powerW.length * 60_000
  return { ...day, ...slotsBetween(day.startAt, toAt, 60, { power, energy, register: noReadings }) }
}

function sentPower({ startAt, powerW, measured }: DayCurve): ReadingColumns {
  const sent: [at: number, watts: number][] = []
  let lastW = Number.NEGATIVE_INFINITY
  for (const [minute, watts] of powerW.entries()) {
    if (measured[minute] !== 1 || Math.abs(watts - lastW) <= bandW) continue
    // It comes some seconds after the minute in which it changed began.
    sent.push([startAt + minute * 60_000 + ((minute * 7919) % 5000), Math.round(watts)])
    lastW = watts
  }
  return columnsOf(sent, holdS)
}

/** In whole Wh; what is left of one goes to the next. */
function sentEnergy({ startAt, powerW, measured }: DayCurve): ReadingColumns {
  const sent: [at: number, wh: number][] = []
  let leftWh = 0
  for (let minute = 0; minute < powerW.length; minute += minutesPerQuarter) {
    if (measured.subarray(minute, minute + minutesPerQuarter).includes(0)) continue
    const quarterWh =
      leftWh + powerW.subarray(minute, minute + minutesPerQuarter).reduce((sumW, watts) => sumW + watts, 0) / 60
    sent.push([startAt + minute * 60_000, Math.floor(quarterWh)])
    leftWh = quarterWh - Math.floor(quarterWh)
  }
  return columnsOf(sent, minutesPerQuarter * 60)
}

function columnsOf(readings: readonly (readonly [at: number, value: number])[], spanS: number): ReadingColumns {
  const columns = emptyColumns(readings.length)
  for (const [index, [at, value]] of readings.entries()) [columns.at[index], columns.value[index]] = [at, value]
  columns.present.fill(1)
  columns.spanS.fill(spanS)
  return columns
}
