/**
 * Scores methods on a folder of sub-metered homes. Homes are read one after the other, and only one is held at a time.
 *
 * The baselines are made anew for every home, from the sub-meters of the other homes of the folder alone: none is ever
 * tested on a home it learnt from.
 */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { sum } from 'simple-statistics'
import { learnStates, type WorkingTime, workingTimeOf } from '../../disaggregate/baselines/appliance-states.ts'
import { combinatorialOptimisation } from '../../disaggregate/baselines/combinatorial.ts'
import { factorialHmm } from '../../disaggregate/baselines/factorial-hmm.ts'
import type { KnownStates } from '../../disaggregate/baselines/product-states.ts'
import type { DayDisaggregation, Disaggregator } from '../../disaggregate/index.ts'
import type { ApplianceKey } from '../../energy/appliances.ts'
import type { TimeZone } from '../../energy/civil-time.ts'
import type { SlotS } from '../../energy/load-curve.ts'
import { referenceAppliances } from '../../energy/reference-appliances.ts'
import { disaggregateDays } from '../disaggregate-days.ts'
import { OtherKindOfFile } from '../minutes-file.ts'
import { CommandRefusal, withProgress } from '../terminal.ts'
import { clockLagMinutes } from './clock-lag.ts'
import { type ApplianceScore, scoreHome } from './score-home.ts'
import {
  homeFile,
  homeNameOf,
  readSubMeteredHome,
  type SubMeter,
  type SubMeteredHome,
  type UnusedOfFile,
} from './sub-metered-home.ts'

export interface EvaluationOptions {
  readonly folder: string
  readonly timeZone: TimeZone
  readonly slotS: SlotS
  readonly disaggregator: Disaggregator
  /** Names of the homes to score, where not all are; the others teach the baselines still. */
  readonly only?: readonly string[]
  /** Whether the classical methods are scored as well. */
  readonly baselines: boolean
  /** Sees every home with the results of the method under test. */
  readonly onHome?: (home: SubMeteredHome, results: readonly DayDisaggregation[]) => Promise<void>
}

export interface ScoreOfHome extends ApplianceScore {
  readonly home: string
}

/** What one method reached. */
export interface MethodScores {
  readonly model: string
  readonly homes: readonly { readonly home: string; readonly teca: number | null }[]
  readonly scores: readonly ScoreOfHome[]
}

/** A file that was not scored. */
export interface LeftOut {
  readonly file: string
  readonly reason: string
  /** True where the file is broken, false where it is merely of another kind. */
  readonly broken: boolean
}

/** What of a home's file was of no use, whether or not it was scored. */
export interface Unused {
  readonly home: string
  /** Columns that are no appliance. */
  readonly columns: readonly string[]
  /** Appliances that were never measured together with the meter. */
  readonly unmeasured: readonly ApplianceKey[]
  /** Cells that are no power and count as not measured, by column. */
  readonly cells: Readonly<Record<string, number>>
  /** Rows that say again what an earlier one says; they count once. */
  readonly repeatedRows: number
}

/** A sub-meter that shows clearly more energy than the meter of its home, or next to none where its runs are found in the meter, or that goes by another clock. */
export type Doubtful = { readonly home: string; readonly appliance: ApplianceKey } & (
  | {
      /** Its energy over that of the meter; `null` where the meter shows none. */
      readonly shareOfMeter: number | null
    }
  | {
      /** The energy of its runs over what such an appliance usually uses in that time. */
      readonly shareOfUsual: number
    }
  | {
      /** How far its clock is behind the meter's [min]; negative where it is ahead. */
      readonly lagMinutes: number
    }
)

export interface Evaluation {
  /** The method under test first, then the baselines. */
  readonly methods: readonly MethodScores[]
  readonly leftOut: readonly LeftOut[]
  /** Of homes where there is any. */
  readonly unused: readonly Unused[]
  /** Of homes that were scored. */
  readonly doubtful: readonly Doubtful[]
}

/** Scores all homes of a folder. @throws {CommandRefusal} where no home of the folder can be scored */
export async function evaluateHomes(options: EvaluationOptions): Promise<Evaluation> {
  const files = await filesOf(options.folder)
  const told: Told = { leftOut: [], unused: [], doubtful: [] }
  const taught = options.baselines ? await lessonsOf(files, options, told) : undefined
  const methods = new Map<string, { homes: MethodScores['homes'][number][]; scores: ScoreOfHome[] }>()
  for (const file of wantedOf(files, options)) {
    const home = await homeOf(file, options)
    if (!('days' in home)) {
      if (taught === undefined) tellLeftOut(told, home)
      continue
    }
    told.unused.push(...unusedOf(home.name, home))
    for (const method of [options.disaggregator, ...baselinesFor(home, taught)]) {
      const results = await resultsOf(home, method)
      const { appliances, teca } = scoreHome(home, method, results)
      const own = methods.getOrInsertComputed(method.model, () => ({ homes: [], scores: [] }))
      own.homes.push({ home: home.name, teca })
      own.scores.push(...appliances.map((score) => ({ home: home.name, ...score })))
      if (method !== options.disaggregator) continue
      told.doubtful.push(...doubtfulOf(home, appliances))
      await options.onHome?.(home, results)
    }
  }
  if (methods.size === 0) throw new CommandRefusal(sentenceOf(options, told))
  return { methods: [...methods].map(([model, scored]) => ({ model, ...scored })), ...told }
}

/** Columns, cells and rows of no use, in sentences without their full stops. */
export function unusedInWords({ home, columns, unmeasured, cells, repeatedRows }: Unused): string[] {
  const counts = Object.entries(cells).map(([column, count]) => `${count} of ${column}`)
  return [
    ...(columns.length > 0 ? [`${home}: columns that are no appliance: ${columns.join(', ')}`] : []),
    ...(unmeasured.length > 0
      ? [`${home}: not scored, in no slot measured together with the meter: ${unmeasured.join(', ')}`]
      : []),
    ...(counts.length > 0 ? [`${home}: cells that are no power and count as not measured: ${counts.join(', ')}`] : []),
    ...(repeatedRows > 0 ? [`${home}: rows that repeat another and count once: ${repeatedRows}`] : []),
  ]
}

/** A doubt in a sentence without its full stop. */
export function doubtfulInWords(doubtful: Doubtful): string {
  const { home, appliance } = doubtful
  if ('shareOfUsual' in doubtful)
    return `${home}: the sub-meter of ${appliance} shows ${inThree(doubtful.shareOfUsual)} of the energy that such an appliance usually uses in that time, while its runs are found in the total: is it on another device? Then pass over its row, what it adds to the means, and the home's TECA`
  if ('lagMinutes' in doubtful) {
    const { lagMinutes } = doubtful
    return `${home}: ${appliance} was measured by a clock ${Math.abs(lagMinutes)} min ${lagMinutes > 0 ? 'behind' : 'ahead of'} the home's: a column at the right minute counts as an error, move one of the two`
  }
  const { shareOfMeter } = doubtful
  if (shareOfMeter === null)
    return `${home}: ${appliance} was measured, and in those minutes the whole home shows nothing: is aggregate_w the column of the meter?`
  return `${home}: ${appliance} was measured at ${inThree(shareOfMeter)} times the energy of the whole home: is aggregate_w in kW or in Wh, or is there own production that the meter does not see?`
}

function inThree(value: number): number {
  return Number(value.toPrecision(3))
}

interface Told {
  readonly leftOut: LeftOut[]
  readonly unused: Unused[]
  readonly doubtful: Doubtful[]
}

/** A file that gives no home to score. */
interface NoHome {
  readonly leftOut: LeftOut
  readonly unused: readonly Unused[]
}

function tellLeftOut(told: Told, { leftOut, unused }: NoHome): void {
  told.leftOut.push(leftOut)
  told.unused.push(...unused)
}

function unusedOf(home: string, { ignored, unmeasured, unreadable, repeatedRows }: UnusedOfFile): Unused[] {
  const isAny = ignored.length + unmeasured.length + unreadable.size + repeatedRows > 0
  return isAny ? [{ home, columns: ignored, unmeasured, cells: Object.fromEntries(unreadable), repeatedRows }] : []
}

/** A sub-meter may show this share of its home's meter: two meters agree to some percent. */
const mostShareOfMeter = 1.05

/**
 * A sub-meter that shows less than this share of an appliance's usual energy is of an appliance that is rarely used, or on another
 * device: that is told by the runs found in the total, this share of the usual ones or more. Fewer days than these tell nothing.
 */
const [leastDays, leastShareOfUsual, leastFoundShare] = [14, 0.1, 0.5]

function doubtfulOf(home: SubMeteredHome, scores: readonly ApplianceScore[]): Doubtful[] {
  const { name, slotS, subMeters, days } = home
  return subMeters.flatMap((meter): Doubtful[] => {
    const { appliance, shareOfMeter } = meter
    const lagMinutes = slotS === 60 ? clockLagMinutes(meter, days) : 0
    const lag = lagMinutes === 0 ? [] : [{ home: name, appliance, lagMinutes }]
    if (shareOfMeter > mostShareOfMeter)
      return [...lag, { home: name, appliance, shareOfMeter: Number.isFinite(shareOfMeter) ? shareOfMeter : null }]
    const foundRuns = scores.find((score) => score.appliance === appliance)?.foundRuns ?? 0
    const usual = usualOf(meter, slotS)
    if (usual === undefined || foundRuns < leastFoundShare * usual.runs) return lag
    const shareOfUsual = sum(meter.runs.map(({ energyWh }) => energyWh)) / usual.energyWh
    return [...lag, ...(shareOfUsual < leastShareOfUsual ? [{ home: name, appliance, shareOfUsual }] : [])]
  })
}

/** The usual runs of an appliance in the time in which it was measured, and their energy; `undefined` where it has none or that time is short. */
function usualOf({ appliance, mask }: SubMeter, slotS: SlotS): { runs: number; energyWh: number } | undefined {
  const { cycleWh = 0, cyclesPerWeek = 0 } = referenceAppliances[appliance]
  const days = (mask.reduce((slots, flag) => slots + flag, 0) * slotS) / 86_400
  const runs = (cyclesPerWeek * days) / 7
  return runs === 0 || cycleWh === 0 || days < leastDays ? undefined : { runs, energyWh: runs * cycleWh }
}

/** The files of homes in a folder. */
async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => {
    throw new CommandRefusal(`${folder} is not a folder that can be read.`)
  })
  const names = entries.flatMap((entry) => (entry.isDirectory() ? [] : [entry.name]))
  const files = names.filter((name) => homeFile.test(name)).sort()
  if (files.length === 0) throw new CommandRefusal(`${folder} has no .csv or .csv.gz files.`)
  for (const same of Map.groupBy(files, homeNameOf).values())
    if (same.length > 1)
      throw new CommandRefusal(
        `${folder} has ${same.join(' and ')}: ${same.length} files of one home's name. Rename or remove all but one.`,
      )
  return files.map((name) => join(folder, name))
}

function wantedOf(files: readonly string[], { only, folder }: EvaluationOptions): readonly string[] {
  if (only === undefined) return files
  const names = files.map(homeNameOf)
  const unknown = only.filter((name) => !names.includes(name))
  if (unknown.length > 0)
    throw new CommandRefusal(`${folder} has no home ${unknown.join(', ')}; it has ${names.join(', ')}.`)
  return files.filter((file) => only.includes(homeNameOf(file)))
}

async function homeOf(file: string, { timeZone, slotS }: EvaluationOptions): Promise<SubMeteredHome | NoHome> {
  try {
    const home = await readSubMeteredHome(file, timeZone, slotS)
    if (!('reason' in home)) return home
    return { leftOut: { file, reason: home.reason, broken: false }, unused: unusedOf(home.name, home) }
  } catch (error) {
    return { leftOut: { file, ...whyUnread(error, file) }, unused: [] }
  }
}

function whyUnread(error: unknown, file: string): Omit<LeftOut, 'file'> {
  if (error instanceof CommandRefusal)
    return { reason: withoutFile(error.message, file), broken: !(error instanceof OtherKindOfFile) }
  const code = (error as { code?: unknown }).code
  if (typeof code !== 'string') throw error
  return { reason: `it cannot be read (${code})`, broken: true }
}

/** A refusal names the file first; here it is named already. */
function withoutFile(sentence: string, file: string): string {
  const rest = sentence.startsWith(file) ? sentence.slice(file.length).replace(/^[,:]? /, '') : sentence
  return rest.replace(/\.$/, '')
}

type Lessons = ReadonlyMap<ApplianceKey, WorkingTime>

/** What the sub-meters of each home teach; files that teach nothing are added to those left out. */
async function lessonsOf(
  files: readonly string[],
  options: EvaluationOptions,
  told: Told,
): Promise<Map<string, Lessons>> {
  const lessons = new Map<string, Lessons>()
  await withProgress('Learning the baselines', files.length, 'homes', async (advance) => {
    for (const file of files) {
      const home = await homeOf(file, options)
      if ('days' in home)
        lessons.set(
          home.name,
          new Map(home.subMeters.map((one) => [one.appliance, workingTimeOf(one.powerW, one.mask)])),
        )
      else tellLeftOut(told, home)
      advance(1)
    }
  })
  return lessons
}

function baselinesFor(home: SubMeteredHome, taught: ReadonlyMap<string, Lessons> | undefined): Disaggregator[] {
  if (taught === undefined) return []
  const others = [...taught].flatMap(([name, lessons]) => (name === home.name ? [] : [lessons]))
  const known: KnownStates = new Map(
    [...home.household.appliances.keys()].flatMap((appliance) => {
      const states = learnStates(others.flatMap((lessons) => lessons.get(appliance) ?? []))
      return states === undefined ? [] : [[appliance, states] as const]
    }),
  )
  return [combinatorialOptimisation(known), factorialHmm(known)]
}

async function resultsOf(home: SubMeteredHome, method: Disaggregator): Promise<DayDisaggregation[]> {
  return await withProgress(`${home.name}, ${method.model}`, home.days.length, 'days', (advance) =>
    disaggregateDays(method, home, advance),
  )
}

function sentenceOf({ folder, only }: EvaluationOptions, { leftOut, unused }: Told): string {
  const isAsked = (home: string) => only?.includes(home) ?? true
  const reasons = leftOut.flatMap(({ file, reason }) => (isAsked(homeNameOf(file)) ? `${file}: ${reason}` : []))
  const what = only === undefined ? `No file of ${folder} can` : `${only.join(', ')} of ${folder} cannot`
  const ofAsked = unused.filter(({ home }) => isAsked(home)).flatMap(unusedInWords)
  return `${[`${what} be scored`, reasons.join('; '), ...ofAsked].join('. ')}.`
}
