/** `loadlens evaluate homes`: how good the disaggregation is on homes whose appliances were measured too. */
import { isTimeZone, italianTime } from '../../energy/civil-time.ts'
import type { SlotS } from '../../energy/load-curve.ts'
import {
  doubtfulInWords,
  type Evaluation,
  evaluateHomes,
  type MethodScores,
  unusedInWords,
} from '../evaluation/evaluate-homes.ts'
import { meansOf } from '../evaluation/means.ts'
import { openPlots } from '../evaluation/plots.ts'
import { tableOfHomes, tableOfMeans } from '../evaluation/tables.ts'
import { type Learned, learnedFrom, openDisaggregator, openModels } from '../networks.ts'
import { CommandRefusal, print, say } from '../terminal.ts'

interface EvaluateOptions {
  readonly homes: string
  readonly only?: readonly string[]
  readonly resolution: string
  readonly timeZone: string
  readonly baselines?: boolean
  readonly plots?: string
  readonly modelDir?: string
  readonly json?: boolean
}

/** Scores all homes of a folder. @throws {CommandRefusal} where nothing can be scored, or a file is broken */
export async function evaluateHomesCommand(options: EvaluateOptions): Promise<void> {
  const { homes: folder, timeZone, modelDir, json = false } = options
  if (!isTimeZone(timeZone)) throw new CommandRefusal(`${timeZone} is no IANA time zone; ${italianTime} is one.`, 2)
  const slotS: SlotS = options.resolution === '900' ? 900 : 60
  const disaggregator = await (modelDir === undefined ? openDisaggregator() : openModels(modelDir, slotS))
  const learned = await learnedFrom(slotS, modelDir)
  const plots = options.plots === undefined ? undefined : await openPlots(options.plots, disaggregator.model)
  const evaluation = await evaluateHomes({
    folder,
    timeZone,
    slotS,
    disaggregator,
    ...(options.only && { only: options.only }),
    baselines: options.baselines === true,
    ...(plots && { onHome: plots.add }),
  })
  const known = namesOf(evaluation).filter((home) => learned.from.includes(materialOf(home)))
  const trainedOn = learned.untold.length > 0 ? null : known
  if (json) print(JSON.stringify({ ...onWire(evaluation, slotS), trainedOn }))
  else show(evaluation, slotS)
  sayTrainedOn(known, learned)
  const faults = [plots?.close(), brokenIn(evaluation)].filter((one) => one !== undefined)
  if (faults.length > 0) throw new CommandRefusal(faults.join(' '))
}

function brokenIn({ leftOut }: Evaluation): string | undefined {
  const broken = leftOut.filter((one) => one.broken).length
  if (broken === 0) return undefined
  return broken === 1 ? '1 file is broken and was not scored.' : `${broken} files are broken and were not scored.`
}

function namesOf({ methods }: Evaluation): string[] {
  return methods[0]?.homes.map(({ home }) => home) ?? []
}

/** What a home is made of, by its name alone, in the words of `trained-on.json`: those of `training/make_homes.py` are mixed from some of the devices. */
function materialOf(home: string): string {
  const devices = home.match(/^mixed-(even|odd|new)-/)?.[1]
  return devices === undefined ? home : `${devices} devices`
}

function sayTrainedOn(homes: readonly string[], { untold }: Learned): void {
  if (untold.length > 0) say(`Nothing says what ${untold.join(' and ')} learned from (trained-on.json).`)
  if (homes.length > 0)
    say(
      `The networks learned from ${[...new Set(homes.map(materialOf))].join(' and ')}: unless files of such names are of other homes, these figures say what they remember, not what other homes get.`,
    )
}

function onWire({ methods, leftOut, unused, doubtful }: Evaluation, slotS: SlotS) {
  const [tested, ...baselines] = methods.map((method) => ({ ...method, means: meansOf(method.scores) }))
  return { resolutionS: slotS, ...tested, baselines, leftOut, unused, doubtful }
}

function show({ methods, leftOut, unused, doubtful }: Evaluation, slotS: SlotS): void {
  for (const { file, reason } of leftOut) say(`left out: ${file}: ${reason}`)
  for (const sentence of [...unused.flatMap(unusedInWords), ...doubtful.map(doubtfulInWords)]) say(sentence)
  say(`slots of ${slotS} s; errors as shares of the truth; docs/evaluate.md says what each column means`)
  print(tableOfHomes(methods))
  print(`\nmean over the homes in which the appliance ran\n${tableOfMeans(methods)}`)
  for (const method of methods) sayTeca(method)
}

function sayTeca({ model, homes }: MethodScores): void {
  const shares = homes.map(({ home, teca }) => `${home} ${teca?.toFixed(2) ?? '–'}`)
  say(`${model}: total energy correctly assigned (TECA; columns of zeros have 0.50): ${shares.join(', ')}`)
}
