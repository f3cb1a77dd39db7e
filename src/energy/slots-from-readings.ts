/**
 * From readings to slots: the mean power [W] of every slot of a stretch of time, and whether it was measured.
 *
 * The rules are the contract's ("Readings"). A power value holds until the next reading (an estimate ends none that was
 * measured), at most its span. A slot counts
 * when at least half of it is covered; the time-weighted mean over that part stands for the slot, so that minute
 * readings on the minute come back unchanged. Interval energy (sent as such, or the step between two register readings
 * close enough) beats power where it covers a slot: the power gives the shape inside the interval, the energy its sum.
 * Of intervals that overlap, each moment has the shortest, of equally long ones the last to start.
 * A register that falls, or rises by more than any home draws, was reset or exchanged: that interval is unmeasured, and so is
 * the one in which it comes back from a fall. What is estimated (a step from or to an estimated register as well) fills only
 * slots that nothing measured or corrected covers. Of a register step of more than a quarter-hour only the spread is
 * estimated: its energy was measured, and counts like any other interval's. Nothing is interpolated.
 */
import { type CivilDay, dayInterval, type EpochMs, type Interval, minuteMs, type TimeZone } from './civil-time.ts'
import type { DayCurve, SlotS } from './load-curve.ts'
import { type EnergyInterval, withoutOverlap } from './overlapping-intervals.ts'
import { firstAtOrAfter, qualities, type ReadingColumns, type ReadingSeries, sliceColumns } from './reading-series.ts'
import { fineRegisterGapS, RegisterSteps, readingReachMs, registerLookBackMs } from './readings.ts'

/** Mean power per slot [W] (0 where unmeasured) and the mask of measured slots. */
export interface Slots {
  readonly powerW: Float64Array
  readonly measured: Uint8Array
}

/**
 * The load curve of a local day.
 * @param series the day's readings, those of `neededBeforeMs` before it and of `readingReachMs` after: they may reach in
 */
export function dayCurveFromReadings(day: CivilDay, timeZone: TimeZone, series: ReadingSeries): DayCurve {
  const { fromAt, toAt } = dayInterval(day, timeZone)
  const slotS = slotLengthOf(series, fromAt, toAt)
  return { day, startAt: fromAt, slotS, ...slotsBetween(fromAt, toAt, slotS, series) }
}

/** 60 s where the stretch has a power reading, one that holds on into it as well, or energy or register steps of a minute at most; else 900 s. */
export function slotLengthOf(series: ReadingSeries, fromAt: EpochMs, toAt: EpochMs): SlotS {
  const { power, energy, register } = series
  for (
    let index = firstAtOrAfter(power.at, fromAt - readingReachMs);
    index < power.at.length && at(power.at, index) < toAt;
    index++
  ) {
    if (power.present[index] === 1 && holdsUntil(power, index) > fromAt) return 60
  }
  for (
    let index = firstAtOrAfter(energy.at, fromAt);
    index < energy.at.length && at(energy.at, index) < toAt;
    index++
  ) {
    if (energy.present[index] === 1 && at(energy.spanS, index) <= fineRegisterGapS) return 60
  }
  let countedAt = Number.NEGATIVE_INFINITY
  for (
    let index = firstAtOrAfter(register.at, fromAt);
    index < register.at.length && at(register.at, index) < toAt;
    index++
  ) {
    if (register.present[index] === 0) continue
    if (at(register.at, index) - countedAt <= fineRegisterGapS * 1000) return 60
    countedAt = at(register.at, index)
  }
  return 900
}

/** The slots from `fromAt` to `toAt` (a whole number of them). @param series as for a day */
export function slotsBetween(fromAt: EpochMs, toAt: EpochMs, slotS: SlotS, series: ReadingSeries): Slots {
  const slotMs = slotS * 1000
  const count = Math.round((toAt - fromAt) / slotMs)
  const around = readingReachMs / slotMs
  const layer = () => new Layer(fromAt - readingReachMs, slotMs, count + 2 * around)
  const registers = near(series.register, fromAt - registerLookBackMs, toAt)
  const energies = near(series.energy, fromAt, toAt)
  const powers = near(series.power, fromAt, toAt)
  const power = layer()
  paintPower(power, powers, 'measured')
  // An interval that reaches in has its shape from all of it, by the minute: so it is the same in whatever stretch and slots
  // it is asked for. Where no power is read there is none.
  const isFine = slotMs === minuteMs || powers.at.length === 0
  const shape = isFine
    ? power
    : new Layer(fromAt - readingReachMs, minuteMs, ((count + 2 * around) * slotMs) / minuteMs)
  if (!isFine) paintPower(shape, powers, 'measured')
  const paint = (trust: Trust) => {
    const [metered, registered] = [layer(), layer()]
    paintRegister(registered, registers, shape, trust)
    paintEnergy(metered, energies, shape, trust)
    return [metered, registered]
  }
  const layers = [...paint('measured'), power]
  if (isMeasured(series)) return merged(layers, around, count)
  const guessed = layer()
  paintPower(guessed, powers, 'estimated')
  return merged([...layers, ...paint('estimated'), guessed], around, count)
}

/** What a layer is made of: readings that were measured (or corrected), or those that were estimated. */
type Trust = 'measured' | 'estimated'

const estimated = qualities.indexOf('estimated')

function isMeasured({ power, energy, register }: ReadingSeries): boolean {
  return [power, energy, register].every(({ quality }) => !quality.includes(estimated))
}

function isOf(trust: Trust, { quality }: ReadingColumns, index: number): boolean {
  return (quality[index] === estimated) === (trust === 'estimated')
}

/** The readings that can reach into a stretch. */
function near(readings: ReadingColumns, fromAt: EpochMs, toAt: EpochMs): ReadingColumns {
  const first = firstAtOrAfter(readings.at, fromAt - readingReachMs)
  const last = firstAtOrAfter(readings.at, toAt + readingReachMs)
  return sliceColumns(readings, first, last)
}

/** Time-weighted means of what was painted onto slots. */
class Layer {
  readonly fromAt: EpochMs
  readonly slotMs: number
  readonly count: number
  readonly powerW: Float64Array
  readonly coveredMs: Float64Array

  constructor(fromAt: EpochMs, slotMs: number, count: number) {
    this.fromAt = fromAt
    this.slotMs = slotMs
    this.count = count
    this.powerW = new Float64Array(count)
    this.coveredMs = new Float64Array(count)
  }

  /** Adds a power [W] that stood for `durationMs` of one slot. A slot with one value keeps it to the last bit. */
  add(slot: number, powerW: number, durationMs: number): void {
    const covered = this.coveredMs[slot] ?? 0
    const mean = this.powerW[slot] ?? 0
    const unchanged = covered === 0 || mean === powerW
    this.powerW[slot] = unchanged ? powerW : (mean * covered + powerW * durationMs) / (covered + durationMs)
    this.coveredMs[slot] = covered + durationMs
  }

  isMeasured(slot: number): boolean {
    return (this.coveredMs[slot] ?? 0) >= this.slotMs / 2
  }

  /** The slot in which an instant lies. */
  slotAt(instant: EpochMs): number {
    return Math.floor((instant - this.fromAt) / this.slotMs)
  }

  /** Calls `visit` for each slot that an interval touches, with the time [ms] they share. */
  eachOverlap(startAt: EpochMs, stopAt: EpochMs, visit: (slot: number, sharedMs: number) => void): void {
    const first = Math.max(0, Math.floor((startAt - this.fromAt) / this.slotMs))
    const last = Math.min(this.count, Math.ceil((stopAt - this.fromAt) / this.slotMs))
    for (let slot = first; slot < last; slot++) {
      const slotAt = this.fromAt + slot * this.slotMs
      const sharedMs = Math.min(stopAt, slotAt + this.slotMs) - Math.max(startAt, slotAt)
      if (sharedMs > 0) visit(slot, sharedMs)
    }
  }
}

function paintPower(layer: Layer, readings: ReadingColumns, trust: Trust): void {
  const endAt = layer.fromAt + layer.count * layer.slotMs
  for (let index = 0; index < readings.at.length; index++) {
    const startAt = at(readings.at, index)
    if (startAt >= endAt) return
    if (readings.present[index] === 0 || !isOf(trust, readings, index)) continue
    const stopAt = holdsUntil(readings, index)
    const powerW = at(readings.value, index)
    layer.eachOverlap(startAt, stopAt, (slot, sharedMs) => layer.add(slot, powerW, sharedMs))
  }
}

/** When a power ends: with its span, or the next reading; an estimate ends none that was measured. */
function holdsUntil({ at: instants, spanS, quality }: ReadingColumns, index: number): EpochMs {
  const mayEnd = (next: number) => quality[index] === estimated || quality[next] !== estimated
  let next = index + 1
  while (next < instants.length && !mayEnd(next)) next++
  return Math.min(instants[next] ?? Number.POSITIVE_INFINITY, at(instants, index) + at(spanS, index) * 1000)
}

function paintEnergy(layer: Layer, readings: ReadingColumns, shape: Layer, trust: Trust): void {
  const intervals = Array.from(readings.at.keys()).flatMap((index): EnergyInterval[] => {
    if (readings.present[index] !== 1 || !isOf(trust, readings, index)) return []
    const [fromAt, spanS] = [at(readings.at, index), at(readings.spanS, index)]
    return spanS > 0 ? [{ fromAt, toAt: fromAt + spanS * 1000, energyWh: at(readings.value, index) }] : []
  })
  for (const { interval, parts } of withoutOverlap(intervals)) paintInterval(layer, interval, parts, shape)
}

function paintRegister(layer: Layer, readings: ReadingColumns, shape: Layer, trust: Trust): void {
  const steps = new RegisterSteps()
  let previous = -1
  for (let index = 0; index < readings.at.length; index++) {
    if (readings.present[index] === 0 || (trust === 'measured' && !isOf(trust, readings, index))) continue
    const gapS = (at(readings.at, index) - at(readings.at, previous)) / 1000
    const isEnergy = previous >= 0 && steps.isEnergy(at(readings.value, previous), at(readings.value, index), gapS)
    const isGuessed = [previous, index].some((end) => readings.quality[end] === estimated)
    if (isEnergy && isGuessed === (trust === 'estimated')) paintStep(layer, readings, previous, index, shape)
    previous = index
  }
}

/** The energy between two register readings; a gap beyond the allowed one stays a gap. */
function paintStep(layer: Layer, readings: ReadingColumns, from: number, to: number, shape: Layer): void {
  const fromAt = at(readings.at, from)
  const toAt = at(readings.at, to)
  const energyWh = at(readings.value, to) - at(readings.value, from)
  if (toAt - fromAt > at(readings.spanS, to) * 1000) return
  paintInterval(layer, { fromAt, toAt, energyWh }, [{ fromAt, toAt }], shape)
}

/**
 * Spreads an interval's energy over its slots: along the measured power where there is some, else evenly.
 * @param parts those of it that stand
 * @param shape the power over the same time as the layer, by the minute; in any slots where there is none
 */
function paintInterval(layer: Layer, interval: EnergyInterval, parts: readonly Interval[], shape: Layer): void {
  const { fromAt, toAt, energyWh } = interval
  const meanW = (energyWh * 3_600_000) / (toAt - fromAt)
  const shapeW = (minute: number) => (shape.isMeasured(minute) ? (shape.powerW[minute] ?? 0) : meanW)
  let shapedWms = 0
  let insideMs = 0
  let isShaped = false
  shape.eachOverlap(fromAt, toAt, (minute, sharedMs) => {
    isShaped ||= shape.isMeasured(minute)
    shapedWms += shapeW(minute) * sharedMs
    insideMs += sharedMs
  })
  const scale = isShaped && shapedWms > 0 ? (meanW * insideMs) / shapedWms : undefined
  for (const part of parts)
    if (scale === undefined)
      layer.eachOverlap(part.fromAt, part.toAt, (slot, sharedMs) => layer.add(slot, meanW, sharedMs))
    else
      shape.eachOverlap(part.fromAt, part.toAt, (minute, sharedMs) => {
        layer.add(layer.slotAt(shape.fromAt + minute * shape.slotMs), shapeW(minute) * scale, sharedMs)
      })
}

/** Each slot from the first layer that measured it, from the layers' slot `first` on. */
function merged(layers: readonly Layer[], first: number, count: number): Slots {
  const powerW = new Float64Array(count)
  const measured = new Uint8Array(count)
  for (const layer of layers) {
    for (let slot = 0; slot < count; slot++) {
      if (measured[slot] === 1 || !layer.isMeasured(first + slot)) continue
      measured[slot] = 1
      powerW[slot] = layer.powerW[first + slot] ?? 0
    }
  }
  return { powerW, measured }
}

function at(values: Float64Array, index: number): number {
  return values[index] ?? 0
}
