/** `loadlens evaluate homes`: how good the disaggregation is on homes whose appliances were measured too. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type ApplianceScore, evaluateHome } from '../evaluation.ts'
import { readMinutesFile } from '../minutes-file.ts'
import { openDisaggregator } from '../networks.ts'
import { CommandRefusal, print, say, startProgress } from '../terminal.ts'

interface EvaluateOptions {
  readonly homes: string
  readonly json?: boolean
}

const timeZone = 'Europe/Rome'

/** Scores all homes of a folder. */
export async function evaluateHomesCommand({ homes, json = false }: EvaluateOptions): Promise<void> {
  const names = await readdir(homes).catch(() => {
    throw new CommandRefusal(`${homes} is not a folder that can be read.`)
  })
  const files = names.filter((name) => /\.csv(\.gz)?$/.test(name)).sort()
  if (files.length === 0) throw new CommandRefusal(`${homes} has no .csv or .csv.gz files.`)
  const disaggregator = await openDisaggregator()
  const scores: (ApplianceScore & { readonly home: string })[] = []
  const homesScored: { readonly home: string; readonly teca: number | null }[] = []
  for (const name of files) {
    const file = await readMinutesFile(join(homes, name), timeZone, { further: true })
    const home = name.replace(/\.csv(\.gz)?$/, '')
    const progress = startProgress(home, file.days.length, 'days')
    const scored = await evaluateHome(disaggregator, file, timeZone, progress.advance)
    progress.stop()
    scores.push(...scored.appliances.map((score) => ({ home, ...score })))
    homesScored.push({ home, teca: scored.teca })
  }
  if (scores.length === 0) throw new CommandRefusal(`No file of ${homes} has a column of an appliance to score.`)
  if (json) return print(JSON.stringify({ model: disaggregator.model, homes: homesScored, scores }))
  say(
    `${disaggregator.model}; MAE in W and as a share of predicting nothing; runs found within 10 minutes (30 for long cycles)`,
  )
  print(tableOf(scores))
  for (const { home, teca } of homesScored)
    say(`${home}: ${((teca ?? 0) * 100).toFixed(0)} % of the sub-metered energy in the right column (TECA)`)
}

function tableOf(scores: readonly (ApplianceScore & { readonly home: string })[]): string {
  const header = [
    'home',
    'appliance',
    'MAE',
    '/nothing',
    '/mean',
    'SAE',
    'on/off F1',
    'run F1',
    'runs',
    'found',
    'Wh/run',
  ]
  const rows = scores.map((score) => [
    score.home,
    score.appliance,
    score.maeW.toFixed(1),
    (score.maeW / score.maeOfNothingW).toFixed(2),
    (score.maeW / score.maeOfMeanW).toFixed(2),
    score.sae?.toFixed(2) ?? '–',
    score.onOffF1.toFixed(2),
    score.runF1.toFixed(2),
    String(score.trueRuns),
    String(score.foundRuns),
    score.energyPerRunError === null ? '–' : `${(score.energyPerRunError * 100).toFixed(0)} %`,
  ])
  const widths = header.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const lineOf = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
  return [header, ...rows].map(lineOf).join('\n')
}
