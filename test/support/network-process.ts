/** A process that runs a network in the threads of a pool and ends by itself: `node network-process.ts <file.onnx>`. */
import '../../src/disaggregate/no-telemetry.ts'
import { Piscina } from 'piscina'

const pool = new Piscina({
  filename: new URL('./network-worker.ts', import.meta.url).href,
  minThreads: 2,
  maxThreads: 2,
})
const windows = Array.from({ length: 8 }, (_, index) => ({ path: process.argv[2], first: index }))
const answers = (await Promise.all(windows.map((task) => pool.run(task)))) as { thread: number; sum: number }[]
await pool.close()
process.stdout.write(
  JSON.stringify({ threads: new Set(answers.map(({ thread }) => thread)).size, sums: answers.map(({ sum }) => sum) }),
)
