/** `loadlens disaggregate`: a CSV of minutes or quarter-hours in, a CSV with a column per appliance out. No database, no server. */
import { readFile } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { parseOnboarding } from '../../api/onboarding-body.ts'
import { ApiProblem } from '../../api/problems.ts'
import type { DayDisaggregation } from '../../disaggregate/index.ts'
import type { Run } from '../../energy/analysis.ts'
import type { ApplianceKey } from '../../energy/appliances.ts'
import { formatInstant, isTimeZone, italianTime, type TimeZone } from '../../energy/civil-time.ts'
import { type Household, householdOf } from '../../energy/household.ts'
import type { DayCurve } from '../../energy/load-curve.ts'
import { wholeRuns } from '../../energy/whole-runs.ts'
import { type Cell, CsvWriter } from '../../ingest/index.ts'
import { isUsage } from '../../rollup/analyse-days.ts'
import { disaggregateDays } from '../disaggregate-days.ts'
import { type MinutesFile, placeFinder, readMinutesFile } from '../minutes-file.ts'
import { openDisaggregator } from '../networks.ts'
import { fileOfPath, requireWritable, writeOutput } from '../output-file.ts'
import { CommandRefusal, NobodyReads, print, say, withProgress } from '../terminal.ts'
import { type ToldAppliance, type ToldHome, toldHome } from '../told-apart.ts'

interface DisaggregateOptions {
  readonly input: string
  readonly profile?: string
  readonly output: string
  readonly usages?: string
  readonly timeZone: TimeZone
  readonly json?: boolean
}

/** The path that stands for standard output. */
const standardOutput = '-'
/** Powers are written in steps of this part of a watt. */
const stepsPerW = 100

/** Disaggregates the file. @throws {CommandRefusal} where a file cannot be read or written */
export async function disaggregateCommand(options: DisaggregateOptions): Promise<void> {
  const { input, profile, output, usages, timeZone, json = false } = options
  if (!isTimeZone(timeZone)) throw new CommandRefusal(`${timeZone} is no IANA time zone; ${italianTime} is one.`, 2)
  const outputs = usages === undefined ? [output] : [output, usages]
  const paths = [input, ...(profile === undefined ? [] : [profile]), ...outputs]
  if (new Set(await Promise.all(paths.map(fileOfPath))).size < paths.length)
    throw new CommandRefusal('Input, profile, output and usages are files of their own; two of them are the same.', 2)
  if (json && outputs.includes(standardOutput))
    throw new CommandRefusal('--json prints to standard output: the CSV needs a file instead of "-".', 2)
  const household = profile === undefined ? householdOf(null) : await householdOfFile(profile)
  const file = await readMinutesFile(input, timeZone, { quarters: true }).catch(refuseFile(input, 'read'))
  if (file.otherSpacing !== null)
    throw new CommandRefusal(`The rows of ${input} are ${file.otherSpacing}. \`loadlens import\` takes other spacings.`)
  const disaggregator = await openDisaggregator()
  for (const path of outputs)
    if (path !== standardOutput) await requireWritable(path).catch(refuseFile(path, 'written'))
  const results = await withProgress('Days', file.days.length, 'days', (advance) =>
    disaggregateDays(disaggregator, { household, days: file.days }, advance),
  )
  const told = wholeRuns(results.map(({ runs }) => runs.filter(isUsage)))
  await writeColumns(output, file, household, results).catch(refuseFile(output, 'written'))
  if (usages !== undefined) await writeUsages(usages, told).catch(refuseFile(usages, 'written'))
  const home = toldHome({
    household,
    timeZone,
    days: file.days,
    results,
    usages: told,
  })
  sayDone({ file, defaulted: household.defaulted, home, model: disaggregator.model, output, json })
}

async function householdOfFile(path: string): Promise<Household> {
  const text = await readFile(path, 'utf8').catch(refuseFile(path, 'read'))
  try {
    return householdOf(parseOnboarding(JSON.parse(text.replace(/^\uFEFF/, ''))))
  } catch (error) {
    if (error instanceof SyntaxError) throw new CommandRefusal(`${path} is not JSON: ${error.message}`)
    if (!(error instanceof ApiProblem)) throw error
    const faults = (error.extras.errors ?? []).map(({ pointer, detail }) => `${pointer || '/'} ${detail}`)
    throw new CommandRefusal(`${path} is no profile: ${faults.join('; ')}.`)
  }
}

/** Each appliance rounded down to a step, `smallAppliances` the rest: a row adds up to its aggregate. */
async function writeColumns(
  path: string,
  { rows, days }: MinutesFile,
  household: Household,
  results: readonly DayDisaggregation[],
): Promise<void> {
  const placeOf = placeFinder(days)
  const resultOf = new Map(days.map((day, index) => [day, results[index]]))
  const appliances = [...household.appliances.keys()]
  await writeCsv(path, async (stream) => {
    const writer = new CsvWriter(stream, ['utc', ...appliances])
    for (const { utc, at, aggregateW } of rows) {
      const { day, slot } = placeOf(at)
      const cells =
        aggregateW === null ? appliances.map(() => null) : rowOf(aggregateW, appliances, resultOf.get(day), slot)
      await writer.row([utc, ...cells])
    }
    await writer.close()
  })
}

function rowOf(
  aggregateW: number,
  appliances: readonly ApplianceKey[],
  result: DayDisaggregation | undefined,
  slot: number,
): Cell[] {
  const steps = appliances.map((appliance) => Math.floor((result?.columns.get(appliance)?.[slot] ?? 0) * stepsPerW))
  const explained = steps.reduce((sum, one) => sum + one, 0)
  const rest = Math.max(0, Math.round((aggregateW - explained / stepsPerW) * 1e6) / 1e6)
  return appliances.map((appliance, index) =>
    appliance === 'smallAppliances' ? rest : (steps[index] ?? 0) / stepsPerW,
  )
}

async function writeUsages(path: string, usages: readonly Run[]): Promise<void> {
  await writeCsv(path, async (stream) => {
    const writer = new CsvWriter(stream, ['appliance', 'start', 'stop', 'energy_wh'])
    for (const { appliance, startAt, stopAt, energyWh } of usages)
      await writer.row([appliance, formatInstant(startAt), formatInstant(stopAt), Math.round(energyWh * 10) / 10])
    await writer.close()
  })
}

async function writeCsv(path: string, write: (stream: Writable) => Promise<void>): Promise<void> {
  await (path === standardOutput ? write(process.stdout) : writeOutput(path, write))
}

function refuseFile(path: string, verb: 'read' | 'written'): (error: unknown) => never {
  return (error) => {
    const code = (error as { code?: unknown }).code
    if (error instanceof CommandRefusal || typeof code !== 'string') throw error
    if (code === 'EPIPE') throw new NobodyReads()
    throw new CommandRefusal(`${path} cannot be ${verb} (${code}).`)
  }
}

interface Done {
  readonly file: MinutesFile
  /** Whether nobody said which appliances the home has. */
  readonly defaulted: boolean
  readonly home: ToldHome
  readonly model: string
  readonly output: string
  readonly json: boolean
}

function sayDone({ file, defaulted, home, model, output, json }: Done): void {
  const { appliances, smallAppliancesWh, totalWh } = home
  const { rows, slotS, days, missing, repeatedRows, sharedSlots } = file
  const unreadable = file.unreadable.get('aggregate_w') ?? 0
  if (json) {
    const summary = {
      rows: rows.length,
      resolutionS: slotS,
      repeatedRows,
      sharedSlots,
      missing,
      unreadable,
      days: measuredDays(days),
      model,
      defaulted,
      totalWh,
      smallAppliancesWh,
      appliances: Object.fromEntries(appliances),
    }
    print(JSON.stringify(summary))
    return
  }
  const slots = slotS === 60 ? 'minutes' : 'quarter-hours'
  const written = output === standardOutput ? 'standard output' : output
  say(`${written}: ${rows.length} ${slots} by ${model}; ${missing} from the first to the last were not measured.`)
  if (unreadable > 0)
    say(`${unreadable} cells of aggregate_w are no power that a home draws (0 W to 100 kW) and count as not measured.`)
  if (repeatedRows > 0) say(`${repeatedRows} rows repeat another and count once.`)
  if (sharedSlots > 0) say(`${sharedSlots} ${slots} hold two rows and have the mean of both.`)
  if (defaulted) say('The home is taken to have the usual appliances; --profile says which it has.')
  const isNothing = ({ energyWh, confidence }: ToldAppliance) => energyWh === 0 && confidence === 0
  for (const [appliance, told] of appliances)
    if (told.confidence !== null && !isNothing(told)) say(lineOf(appliance, told.energyWh, inWords(told)))
  if (totalWh !== null) say(lineOf('smallAppliances', smallAppliancesWh, `  what these leave of ${inKwh(totalWh)}`))
  const unknown = [...appliances].flatMap(([key, told]) => (isNothing(told) ? key : []))
  if (unknown.length > 0) say(`Not told apart, their energy is in smallAppliances: ${unknown.join(', ')}.`)
}

function lineOf(column: string, energyWh: number | null, words: string): string {
  return `  ${column.padEnd(18)}${inKwh(energyWh ?? 0).padStart(11)}${words}`
}

function inKwh(energyWh: number): string {
  return `${(energyWh / 1000).toFixed(1)} kWh`
}

function inWords({ runs, confidence, isEstimated }: ToldAppliance): string {
  const count = (runs === null ? '' : runs === 1 ? '1 run ' : `${runs} runs`).padStart(11)
  const estimated =
    runs === null ? ', a likely amount: its runs are too short to show' : ', on some days a likely amount'
  const sure = Number((confidence ?? 0).toFixed(2))
  const doubt = sure === 0 ? ', not to be relied on' : ''
  return `${count}   confidence ${sure}${isEstimated ? estimated : ''}${doubt}`
}

function measuredDays(days: readonly DayCurve[]): number {
  return days.filter(({ measured }) => measured.includes(1)).length
}
