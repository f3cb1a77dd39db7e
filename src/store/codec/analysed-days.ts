/**
 * One analysed day as the store keeps it: sums in the open, hours and curve packed. Pure, so that worker threads pack
 * and unpack; an `EncodedDay` may be posted between threads.
 */
import type { AnalysedDay, DayTotals, HourTotals, Run } from '../../energy/analysis.ts'
import type { ApplianceKey } from '../../energy/appliances.ts'
import type { CivilDay, EpochMs } from '../../energy/civil-time.ts'
import type { DayCurve, SlotS } from '../../energy/load-curve.ts'
import { type Band, bands } from '../../energy/tariff-bands.ts'
import { ByteReader, ByteWriter, CodecError } from './bytes.ts'
import { open, seal } from './envelope.ts'
import { readDoubles, readFlags, readSingles, writeDoubles, writeFlags, writeSingles } from './numbers.ts'

const hoursVersion = 1
const curveVersion = 1
/** One slot a minute of the longest day. */
const slotsMax = 1_500
const appliancesMax = 255

/** An analysed day in the store's form, without its runs, which have rows of their own. */
export interface EncodedDay {
  readonly totals: DayTotals
  readonly confidence: Readonly<Partial<Record<ApplianceKey, number>>>
  readonly model: string
  /** End of the newest measured slot; `null` = nothing was measured. */
  readonly measuredToAt: EpochMs | null
  /** Sums per local hour, packed. */
  readonly hours: Uint8Array
  /** Curve and columns, packed. */
  readonly curve: Uint8Array
}

/** The same with the runs that start on it. */
export interface EncodedDayWithRuns extends EncodedDay {
  readonly runs: readonly Run[]
}

export function encodeAnalysedDay(day: AnalysedDay): EncodedDayWithRuns {
  return {
    totals: day.totals,
    confidence: day.confidence,
    model: day.model,
    runs: day.runs,
    measuredToAt: measuredToAt(day.curve),
    hours: packHours(day.hours),
    curve: packCurve(day.curve, day.columns),
  }
}

/** With its runs where it comes with them. @throws {CodecError} where the bytes are damaged or of another version. */
export function decodeAnalysedDay<Day extends EncodedDay>(
  encoded: Day,
): Omit<Day, 'curve' | 'hours'> & Pick<AnalysedDay, 'curve' | 'columns' | 'hours'> {
  return { ...encoded, ...unpackCurve(encoded.curve, encoded.totals.day), hours: unpackHours(encoded.hours) }
}

function measuredToAt({ startAt, slotS, measured }: DayCurve): EpochMs | null {
  const last = measured.lastIndexOf(1)
  return last < 0 ? null : startAt + (last + 1) * slotS * 1000
}

/** Payload: number of hours, appliances, then column by column what `HourTotals` says. */
function packHours(hours: readonly HourTotals[]): Uint8Array {
  const appliances = [...new Set(hours.flatMap(({ applianceWh }) => Object.keys(applianceWh) as ApplianceKey[]))]
  const writer = new ByteWriter(64 + hours.length * (appliances.length + 4) * 8)
  writer.unsigned(hours.length)
  writeKeys(writer, appliances)
  for (const { startAt, hour, band } of hours) {
    writer.signed(startAt)
    writer.byte(hour)
    writer.byte(bands.indexOf(band))
  }
  writeDoubles(
    writer,
    Float64Array.from(hours, ({ measuredS }) => measuredS),
  )
  writeDoubles(
    writer,
    Float64Array.from(hours, ({ totalWh }) => totalWh),
  )
  for (const key of appliances) {
    writeFlags(
      writer,
      Uint8Array.from(hours, ({ applianceWh }) => (applianceWh[key] === undefined ? 0 : 1)),
    )
    writeDoubles(
      writer,
      Float64Array.from(hours, ({ applianceWh }) => applianceWh[key] ?? 0),
    )
  }
  return seal(hoursVersion, writer.written())
}

/** The sums per local hour of a day. @throws {CodecError} where the bytes are damaged or of another version. */
export function unpackHours(packed: Uint8Array): HourTotals[] {
  const reader = new ByteReader(open(packed, hoursVersion))
  const count = reader.unsigned()
  if (count > slotsMax) throw new CodecError(`packed count out of range: ${count}`)
  const appliances = readKeys(reader)
  const heads = Array.from({ length: count }, () => {
    return { startAt: reader.signed(), hour: reader.byte(), band: bandOf(reader.byte()) }
  })
  const measuredS = readDoubles(reader, count)
  const totalWh = readDoubles(reader, count)
  const columns = appliances.map((key) => ({ key, known: readFlags(reader, count), wh: readDoubles(reader, count) }))
  return heads.map((head, index) => {
    const applianceWh: Partial<Record<ApplianceKey, number>> = {}
    for (const { key, known, wh } of columns) if (known[index] === 1) applianceWh[key] = wh[index] ?? 0
    return { ...head, measuredS: measuredS[index] ?? 0, totalWh: totalWh[index] ?? 0, applianceWh }
  })
}

/** Payload: start, slot length, mask, the meter's power where measured, then a column of singles per appliance. */
function packCurve(curve: DayCurve, columns: ReadonlyMap<ApplianceKey, Float32Array>): Uint8Array {
  const writer = new ByteWriter(64 + curve.powerW.length * (columns.size * 4 + 3))
  writer.signed(curve.startAt)
  writer.unsigned(curve.slotS)
  writer.unsigned(curve.powerW.length)
  writeFlags(writer, curve.measured)
  writeDoubles(writer, curve.powerW)
  writeKeys(writer, [...columns.keys()])
  for (const column of columns.values()) writeSingles(writer, column)
  return seal(curveVersion, writer.written())
}

function unpackCurve(packed: Uint8Array, day: CivilDay): Pick<AnalysedDay, 'curve' | 'columns'> {
  const reader = new ByteReader(open(packed, curveVersion))
  const startAt = reader.signed()
  const slotS = slotLengthOf(reader.unsigned())
  const count = reader.unsigned()
  if (count > slotsMax) throw new CodecError(`packed count out of range: ${count}`)
  const measured = readFlags(reader, count)
  const powerW = readDoubles(reader, count)
  const columns = new Map(readKeys(reader).map((key) => [key, readSingles(reader, count)]))
  return { curve: { day, startAt, slotS, powerW, measured }, columns }
}

/** Keys are written as text: an appliance that is added later does not renumber the others. */
function writeKeys(writer: ByteWriter, keys: readonly ApplianceKey[]): void {
  writer.unsigned(keys.length)
  for (const key of keys) writer.text(key)
}

function readKeys(reader: ByteReader): ApplianceKey[] {
  const count = reader.unsigned()
  if (count > appliancesMax) throw new CodecError(`packed count out of range: ${count}`)
  return Array.from({ length: count }, () => reader.text() as ApplianceKey)
}

function bandOf(number: number): Band {
  const band = bands[number]
  if (band === undefined) throw new CodecError(`unknown band ${number}`)
  return band
}

function slotLengthOf(seconds: number): SlotS {
  if (seconds === 60 || seconds === 900) return seconds
  throw new CodecError(`unknown slot length ${seconds}`)
}
