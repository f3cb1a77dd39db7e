/** The worker threads: everything that computes for more than a few milliseconds runs there, never on the HTTP thread. */
import { Piscina } from 'piscina'
import type { EpochMs } from '../../energy/civil-time.ts'
import type { RenderConsumptionTask } from '../../insight/consumption.ts'
import type { ClaimedStretch, EncodedDay } from '../../store/index.ts'
import type { AnalyseTask } from './worker.ts'

export interface WorkerPool {
  readonly threads: number
  /** Analyses the days of a claimed stretch. */
  analyse(stretch: ClaimedStretch, now: EpochMs): Promise<EncodedDay[]>
  /** Renders the answer of the consumption endpoint as UTF-8 JSON. */
  renderConsumption(task: RenderConsumptionTask): Promise<Uint8Array>
  close(): Promise<void>
}

/** Starts `threads` workers; `fourOctober` says whether 4 October is a holiday of the tariff bands. */
export function startWorkerPool(threads: number, fourOctober: boolean): WorkerPool {
  const piscina = new Piscina({
    filename: new URL('./worker.ts', import.meta.url).href,
    minThreads: 1,
    maxThreads: threads,
    idleTimeout: 60_000,
  })
  return {
    threads,
    analyse: (stretch) => piscina.run({ stretch, fourOctober } satisfies AnalyseTask, { name: 'analyse' }),
    renderConsumption: (task) => piscina.run(task, { name: 'renderConsumption' }),
    close: () => piscina.close(),
  }
}
