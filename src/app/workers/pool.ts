/** The worker threads: everything that computes for more than a few milliseconds runs there, never on the HTTP thread. */
import '../../disaggregate/no-telemetry.ts'
import { Piscina } from 'piscina'
import type { RenderConsumptionTask } from '../../api/render-consumption.ts'
import type { ShapeRunsTask } from '../../api/shape-runs.ts'
import type { GridHour } from '../../energy/grid-hours.ts'
import type { ShapedRun } from '../../insight/typical-run.ts'
import type { DayToSave } from '../../store/index.ts'
import type { IssueTask } from '../greenness-issue.ts'
import { CommandRefusal } from '../terminal.ts'
import type { AnalyseTask } from './worker.ts'

export interface WorkerPool {
  /** Stretches that are analysed at once, and answers that are computed. */
  readonly threads: number
  /** Analyses a stretch of days. */
  analyse(task: Omit<AnalyseTask, 'fourOctober'>): Promise<DayToSave[]>
  /** Renders the answer of the consumption endpoint as UTF-8 JSON. */
  renderConsumption(task: RenderConsumptionTask): Promise<Uint8Array>
  /** Cuts the power of runs out of packed days. */
  shapeRuns(task: ShapeRunsTask): Promise<ShapedRun[]>
  /** Everything that can be said now of a grid zone's hours. */
  issueGreenness(task: IssueTask): Promise<GridHour[]>
  /** Finishes what runs and ends the threads. */
  close(): Promise<void>
}

/**
 * Starts up to `threads` workers for analysis, and as many for answers.
 * @param fourOctober whether 4 October is a holiday of the tariff bands
 * @throws {CommandRefusal} where a network that ships is damaged
 */
export async function startWorkerPool(threads: number, fourOctober: boolean): Promise<WorkerPool> {
  const options = { filename: new URL('./worker.ts', import.meta.url).href, idleTimeout: 60_000 }
  const piscina = new Piscina({ ...options, minThreads: 1, maxThreads: threads })
  // Threads of their own: homes under analysis, however many, keep no answer waiting, nor the grid.
  const answers = new Piscina({ ...options, minThreads: 0, maxThreads: threads })
  const grid = new Piscina({ ...options, minThreads: 0, maxThreads: 1 })
  const pool: WorkerPool = {
    threads,
    analyse: (task) => piscina.run({ ...task, fourOctober } satisfies AnalyseTask, { name: 'analyse' }),
    renderConsumption: (task) => answers.run(task, { name: 'renderConsumption' }),
    shapeRuns: (task) => answers.run(task, { name: 'shapeRuns' }),
    issueGreenness: (task) => grid.run(task, { name: 'issueGreenness' }),
    close: async () => {
      await Promise.all([piscina.close(), answers.close(), grid.close()])
    },
  }
  const damage: string | undefined = await piscina.run(undefined, { name: 'loadNetworks' })
  if (damage === undefined) return pool
  await pool.close()
  throw new CommandRefusal(`${damage} Put the file back as this version has it.`)
}
