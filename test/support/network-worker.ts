/** A worker thread that loads a network once and runs windows through it. */
import { readFile } from 'node:fs/promises'
import { threadId } from 'node:worker_threads'
import { loadNetwork, type Network } from '../../src/disaggregate/network.ts'

let network: Promise<Network> | undefined

export default async function run({ path, first }: { path: string; first: number }) {
  network ??= readFile(path).then(loadNetwork)
  const output = await (await network).predict(new Float32Array(512).fill(first), 1, 2, 256)
  return { thread: threadId, sum: output.subarray(256).reduce((sum, value) => sum + value, 0) }
}
