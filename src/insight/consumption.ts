/**
 * What ran when? Mean power [W] per appliance and slot. A month of minutes is half a million numbers, so that the answer
 * is written as text straight away; it runs in a worker thread.
 */
import type { AnalysedDay } from '../energy/analysis.ts'
import type { ApplianceKey } from '../energy/appliances.ts'
import { type EpochMs, formatInstant, type Interval, type TimeZone } from '../energy/civil-time.ts'
import { roundToTotal } from '../energy/rounding.ts'
import { coverageOf, metaOf } from './answers.ts'

export interface ConsumptionQuestion {
  readonly accountNumber: string
  readonly period: string
  readonly timeZone: TimeZone
  readonly columns: readonly ApplianceKey[]
  /** What the answer covers; ends with a closed slot. */
  readonly interval: Interval
  /** Length of the answer's slots [s]: no finer than the coarsest measured day. */
  readonly slotS: number
}

/** The whole answer of `GET …/consumption`, envelope included, as JSON. */
export function consumptionJson(days: readonly Omit<AnalysedDay, 'runs'>[], question: ConsumptionQuestion): string {
  const { accountNumber, period, timeZone, columns, interval, slotS } = question
  const grid = new SlotGrid(interval, slotS, columns)
  for (const day of days) grid.add(day)
  const meta = metaOf({ unit: 'W', timeZone, interval, days, columns, isEmpty: grid.isEmpty })
  const head = `"account_number":${JSON.stringify(accountNumber)},"period":${JSON.stringify(period)}`
  const electricity = `{"index":[${grid.indexJson()}],"columns":${JSON.stringify(columns)},"data":[${grid.rowsJson()}]}`
  const answered = { ...meta, coverage: coverageOf(grid.measuredS, interval) }
  return `{"status":200,"data":{${head},"electricity_data":${electricity},"meta":${JSON.stringify(answered)}}}`
}

/** Sums of the answer's slots, from the slots of the days that fall into them. */
class SlotGrid {
  readonly #fromAt: EpochMs
  readonly #slotS: number
  readonly #columns: readonly ApplianceKey[]
  readonly #measuredS: Float64Array
  /** Energy per slot [Ws], of the meter and of each column. */
  readonly #totalWs: Float64Array
  readonly #columnsWs: readonly Float64Array[]

  constructor({ fromAt, toAt }: Interval, slotS: number, columns: readonly ApplianceKey[]) {
    const count = Math.max(0, Math.floor((toAt - fromAt) / 1000 / slotS))
    this.#fromAt = fromAt
    this.#slotS = slotS
    this.#columns = columns
    this.#measuredS = new Float64Array(count)
    this.#totalWs = new Float64Array(count)
    this.#columnsWs = columns.map(() => new Float64Array(count))
  }

  add({ curve, columns }: Pick<AnalysedDay, 'curve' | 'columns'>): void {
    const first = (curve.startAt - this.#fromAt) / 1000
    for (let slot = 0; slot < curve.powerW.length; slot++) {
      const target = Math.floor((first + slot * curve.slotS) / this.#slotS)
      if (curve.measured[slot] !== 1 || target < 0 || target >= this.#measuredS.length) continue
      addTo(this.#measuredS, target, curve.slotS)
      addTo(this.#totalWs, target, (curve.powerW[slot] ?? 0) * curve.slotS)
      for (const [index, key] of this.#columns.entries()) {
        const powerW = columns.get(key)?.[slot] ?? 0
        if (powerW !== 0) addTo(this.#columnsWs[index], target, powerW * curve.slotS)
      }
    }
  }

  /** How long the answer's slots were measured together [s]. */
  get measuredS(): number {
    return this.#measuredS.reduce((sum, measuredS) => sum + measuredS, 0)
  }

  /** Whether there are slots, and none of them counts. */
  get isEmpty(): boolean {
    return this.#measuredS.length > 0 && !this.#measuredS.some((measuredS) => this.#counts(measuredS))
  }

  indexJson(): string {
    return Array.from(
      this.#measuredS,
      (_, slot) => `"${formatInstant(this.#fromAt + slot * this.#slotS * 1000)}"`,
    ).join(',')
  }

  rowsJson(): string {
    const empty = `[${this.#columns.map(() => 'null').join(',')}]`
    return Array.from(this.#measuredS, (measuredS, slot) =>
      this.#counts(measuredS) ? `[${this.#row(slot, measuredS).join(',')}]` : empty,
    ).join(',')
  }

  /** Whether so much measured [s] makes a slot: at least half of it, as in slots of readings. */
  #counts(measuredS: number): boolean {
    return measuredS * 2 >= this.#slotS
  }

  #row(slot: number, measuredS: number): number[] {
    const totalW = (this.#totalWs[slot] ?? 0) / measuredS
    const powersW = this.#columnsWs.map((column) => (column[slot] ?? 0) / measuredS)
    const rest = this.#columns.indexOf('smallAppliances')
    const explainedW = powersW.reduce((sum, powerW) => sum + powerW, 0)
    if (rest >= 0) powersW[rest] = Math.max(0, totalW - explainedW)
    return roundToTotal(powersW, totalW)
  }
}

function addTo(values: Float64Array | undefined, index: number, value: number): void {
  if (values !== undefined) values[index] = (values[index] ?? 0) + value
}
