/** A home whose appliances were measured too, from a file of minutes: its days, and the truth about each appliance. */
import { basename } from 'node:path'
import { runRules } from '../../disaggregate/run-rules.ts'
import { runsOfColumn, type ScoredRun } from '../../disaggregate/score.ts'
import { type ApplianceKey, isApplianceKey } from '../../energy/appliances.ts'
import { type EpochMs, minuteMs, type TimeZone } from '../../energy/civil-time.ts'
import { type Household, householdOf } from '../../energy/household.ts'
import { type DayCurve, energyWhOf, type SlotS } from '../../energy/load-curve.ts'
import { inQuarters, quartersOf } from '../../energy/quarter-hours.ts'
import { type MinutesFile, readMinutesFile } from '../minutes-file.ts'

/** What a home's columns are called where not by an appliance's key. */
const aliases: Readonly<Record<string, ApplianceKey>> = { electricShower: 'waterHeater', fridgeFreezer: 'fridge' }
/** Not measured by a sub-meter: one is the rest, the other a share of everything. */
const unmeasurable: readonly ApplianceKey[] = ['smallAppliances', 'standby']

/** A true run, with the energy that the total shows of it. */
export interface TrueRun extends ScoredRun {
  /** The share of its minutes in which the total was measured, 0–1. */
  readonly meteredShare: number
}

/** The truth about one appliance, slot after slot over all days. */
export interface SubMeter {
  readonly appliance: ApplianceKey
  /** Mean power [W] of all its columns. */
  readonly powerW: Float32Array
  /** 1 where the total and the sub-meter were both measured. */
  readonly mask: Uint8Array
  /** 1 in minutes, at either resolution, in which the total was measured and the sub-meter was not. */
  readonly lackedMinutes: Uint8Array
  /** Its energy over that of the meter, in the minutes in which both were measured: infinite where the meter alone shows none, 0 where neither shows any. */
  readonly shareOfMeter: number
  /** The runs of each of its columns in the minutes, at either resolution, by start, those of which the total was measured; none where it has no rule. */
  readonly runs: readonly TrueRun[]
}

/** What of a home's file is of no use. */
export interface UnusedOfFile {
  /** Rows that say again what an earlier one says. */
  readonly repeatedRows: number
  /** Columns that are no appliance. */
  readonly ignored: readonly string[]
  /** Appliances whose columns have no slot in which all of them and the meter were measured. */
  readonly unmeasured: readonly ApplianceKey[]
  /** Cells of the others that are no power and count as not measured, by column. */
  readonly unreadable: ReadonlyMap<string, number>
}

export interface SubMeteredHome extends UnusedOfFile {
  readonly name: string
  readonly timeZone: TimeZone
  readonly slotS: SlotS
  /** Consecutive local days. */
  readonly days: readonly DayCurve[]
  readonly startAt: EpochMs
  readonly subMeters: readonly SubMeter[]
  /** What the home is said to have: what was measured, and a fridge. */
  readonly household: Household
}

/** Why a file that can be read is of no use here. */
export interface Unusable extends UnusedOfFile {
  readonly name: string
  readonly reason: string
}

/** What files of homes are called. */
export const homeFile = /\.csv(\.gz)?$/i

/** What the home of a file is called. */
export function homeNameOf(path: string): string {
  return basename(path).replace(homeFile, '')
}

/** Reads a home at a resolution. @throws {CommandRefusal} where the file cannot be read */
export async function readSubMeteredHome(
  path: string,
  timeZone: TimeZone,
  slotS: SlotS,
): Promise<SubMeteredHome | Unusable> {
  const name = homeNameOf(path)
  const file = await readMinutesFile(path, timeZone, { further: true })
  const unread = unusedOf(file)
  if (file.otherSpacing !== null) return { name, reason: `its rows are ${file.otherSpacing}`, ...unread }
  const columns = columnsOf(file.further)
  if (columns.size === 0)
    return { name, reason: `no column is an appliance (${file.further.join(', ') || 'none'})`, ...unread }
  const inMinutes = [...columns].map(([appliance, fields]) => subMeterOf(appliance, fields, file))
  const meters = slotS === 60 ? inMinutes : inMinutes.map(meterInQuarters)
  const [subMeters, dead] = [meters.filter(isMeasured), meters.filter((meter) => !isMeasured(meter))]
  if (subMeters.length === 0)
    return { name, reason: 'in no slot were its total and an appliance both measured', ...unread }
  const unused = { ...unread, unmeasured: dead.map(({ appliance }) => appliance) }
  const quantities = new Map([
    ['fridge' as const, 1],
    ...subMeters.map(({ appliance }) => [appliance, columns.get(appliance)?.length ?? 1] as const),
  ])
  return {
    name,
    timeZone,
    slotS,
    days: slotS === 60 ? file.days : file.days.map(inQuarters),
    startAt: file.days[0]?.startAt ?? 0,
    subMeters,
    household: householdOf({ appliances: [...quantities].map(([appliance, quantity]) => ({ appliance, quantity })) }),
    ...unused,
  }
}

function unusedOf({ repeatedRows, further, unreadable }: MinutesFile): UnusedOfFile {
  const ignored = further.filter((column) => applianceOf(column) === undefined)
  const cells = [...unreadable].filter(([column]) => !ignored.includes(column))
  return { repeatedRows, ignored, unmeasured: [], unreadable: new Map(cells) }
}

function isMeasured({ mask }: SubMeter): boolean {
  return mask.includes(1)
}

function applianceOf(column: string): ApplianceKey | undefined {
  const appliance = isApplianceKey(column) ? column : aliases[column]
  return appliance !== undefined && unmeasurable.includes(appliance) ? undefined : appliance
}

/** The columns of each appliance: more than one where a home has several. */
function columnsOf(further: readonly string[]): Map<ApplianceKey, number[]> {
  const columns = new Map<ApplianceKey, number[]>()
  for (const [field, name] of further.entries()) {
    const appliance = applianceOf(name)
    if (appliance !== undefined) columns.getOrInsertComputed(appliance, () => []).push(field)
  }
  return columns
}

function subMeterOf(appliance: ApplianceKey, fields: readonly number[], { rows, days }: MinutesFile): SubMeter {
  const startAt = days[0]?.startAt ?? 0
  const minutes = days.reduce((sum, { powerW }) => sum + powerW.length, 0)
  /** As the sub-meters measured them, also where the total was not measured: a gap of that parts no run. */
  const devicesW = fields.map(() => new Float32Array(minutes))
  const isMetered = new Uint8Array(minutes)
  const mask = new Uint8Array(minutes)
  const lackedMinutes = new Uint8Array(minutes)
  let [meterSumW, applianceSumW] = [0, 0]
  for (const { at, aggregateW, furtherW } of rows) {
    const valuesW = fields.map((field) => furtherW[field] ?? null)
    const minute = Math.floor((at - startAt) / minuteMs)
    const isWhole = !valuesW.includes(null)
    if (isWhole) for (const [device, deviceW] of devicesW.entries()) deviceW[minute] = valuesW[device] ?? 0
    if (aggregateW === null) continue
    isMetered[minute] = 1
    ;(isWhole ? mask : lackedMinutes)[minute] = 1
    if (!isWhole) continue
    meterSumW += aggregateW
    for (const deviceW of valuesW) applianceSumW += deviceW ?? 0
  }
  const rule = runRules[appliance]
  const runs = devicesW.flatMap((deviceW) =>
    rule === undefined
      ? []
      : runsOfColumn(deviceW, startAt, 60, rule)
          .map((run) => asMetered(run, deviceW, startAt, isMetered))
          .filter(({ meteredShare }) => meteredShare > 0),
  )
  const shareOfMeter = applianceSumW > 0 ? applianceSumW / meterSumW : 0
  runs.sort((a, b) => a.startAt - b.startAt)
  const powerW = sumOf(devicesW).map((watts, minute) => (isMetered[minute] === 1 ? watts : 0))
  return { appliance, powerW, mask, lackedMinutes, shareOfMeter, runs }
}

/** What a total that has gaps shows of a run. */
function asMetered(run: ScoredRun, deviceW: Float32Array, startAt: EpochMs, isMetered: Uint8Array): TrueRun {
  const [from, to] = [run.startAt, run.stopAt].map((at) => Math.round((at - startAt) / minuteMs)) as [number, number]
  let [meteredMinutes, sumW] = [0, 0]
  for (let minute = from; minute < to; minute++) {
    if (isMetered[minute] !== 1) continue
    meteredMinutes += 1
    sumW += deviceW[minute] ?? 0
  }
  return { ...run, energyWh: energyWhOf(sumW, 60), meteredShare: meteredMinutes / (to - from) }
}

function sumOf([firstW = new Float32Array(0), ...othersW]: readonly Float32Array[]): Float32Array {
  return firstW.map((powerW, minute) => othersW.reduce((sumW, otherW) => sumW + (otherW[minute] ?? 0), powerW))
}

function meterInQuarters(meter: SubMeter): SubMeter {
  const { powerW, known } = quartersOf(meter.powerW, meter.mask)
  return { ...meter, powerW, mask: known }
}
