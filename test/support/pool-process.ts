/** A process that starts the worker threads, has them load the networks that ship, and ends by itself. */
import { startWorkerPool } from '../../src/app/workers/pool.ts'

const pool = await startWorkerPool(1, false)
await pool.close()
