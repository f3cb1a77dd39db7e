/** Scores as tables for people. */
import type { MethodScores, ScoreOfHome } from './evaluate-homes.ts'
import { type MeanScore, meansOf } from './means.ts'

type Cells = readonly string[]

const measures = ['SAE', 'TECA', 'on/off F1', 'run F1'] as const
const perRun = ['runs/week', 'Wh/run', 'Wh/month'] as const
const ofHome = ['home', 'appliance', 'method', 'MAE W', '/nothing', '/mean', ...measures, 'runs', 'found', ...perRun]
const ofMeans = ['appliance', 'method', 'homes', 'MAE W', '/nothing', ...measures, ...perRun]

/** One row per home, appliance and method. */
export function tableOfHomes(methods: readonly MethodScores[]): string {
  const rows = (methods[0]?.scores ?? []).flatMap(({ home, appliance }) =>
    methods.flatMap(({ model, scores }) =>
      scores.filter((one) => one.home === home && one.appliance === appliance).map((one) => rowOf(model, one)),
    ),
  )
  return aligned([ofHome, ...rows], 3)
}

/** One row per appliance and method: means over homes. */
export function tableOfMeans(methods: readonly MethodScores[]): string {
  const means = methods.map(({ model, scores }) => ({ model, means: meansOf(scores) }))
  const rows = (means[0]?.means ?? []).flatMap(({ appliance }) =>
    means.flatMap(({ model, means: own }) =>
      own.filter((one) => one.appliance === appliance).map((one) => meanRowOf(model, one)),
    ),
  )
  return aligned([ofMeans, ...rows], 2)
}

function rowOf(model: string, score: ScoreOfHome): Cells {
  return [
    score.home,
    score.appliance,
    model,
    score.maeW.toFixed(1),
    share(score.maeOverNothing),
    share(score.maeOfMeanW > 0 ? score.maeW / score.maeOfMeanW : null),
    share(score.sae),
    share(score.teca),
    share(score.onOffF1),
    share(score.runF1),
    String(score.trueRuns),
    score.foundRuns === null ? '–' : String(score.foundRuns),
    signed(score.runsPerWeekError, 1),
    percent(score.energyPerRunError),
    percent(score.monthlyEnergyError),
  ]
}

function meanRowOf(model: string, mean: MeanScore): Cells {
  return [
    mean.appliance,
    model,
    String(mean.homes),
    mean.maeW?.toFixed(1) ?? '–',
    share(mean.maeOverNothing),
    share(mean.sae),
    share(mean.teca),
    share(mean.onOffF1),
    share(mean.runF1),
    mean.runsPerWeekError?.toFixed(1) ?? '–',
    percent(mean.energyPerRunError),
    percent(mean.monthlyEnergyError),
  ]
}

function share(value: number | null): string {
  return value === null ? '–' : fixed(value, 2)
}

function percent(value: number | null): string {
  return value === null ? '–' : `${fixed(value * 100, 0)} %`
}

function signed(value: number | null, decimals: number): string {
  if (value === null) return '–'
  const text = fixed(value, decimals)
  return Number(text) > 0 ? `+${text}` : text
}

/** What rounds to 0 has no sign. */
function fixed(value: number, decimals: number): string {
  const text = value.toFixed(decimals)
  return Number(text) === 0 ? text.replace('-', '') : text
}

/** Columns side by side; the first `texts` of them begin at the left, numbers end at the right. */
function aligned(rows: readonly Cells[], texts: number): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const cell = (text: string, column: number) =>
    column < texts ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0)
  return rows.map((row) => row.map(cell).join('  ').trimEnd()).join('\n')
}
