/** The trained networks of `data/models` (or of another folder), read and loaded; a method without them stands by. */
import { constants } from 'node:fs'
import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createDisaggregator, type Disaggregator, type Network, whyUnfit } from '../disaggregate/index.ts'
import type { SlotS } from '../energy/load-curve.ts'
import { CommandRefusal } from './terminal.ts'

/** Where the networks lie that ship. */
export const shippedModels = fileURLToPath(new URL('../../data/models', import.meta.url))

/**
 * A disaggregator with the networks of a folder, `minute.onnx` and `quarter.onnx`; either may be missing.
 * @throws {CommandRefusal} naming a file that is there and no network, or one for other slots or appliances
 */
export async function openDisaggregator(folder: string = shippedModels): Promise<Disaggregator> {
  const minute = await networkOf(join(folder, 'minute.onnx'), 60)
  const quarter = await networkOf(join(folder, 'quarter.onnx'), 900)
  return createDisaggregator({ ...(minute && { minute }), ...(quarter && { quarter }) })
}

/**
 * A disaggregator with the networks of a folder that somebody named.
 * @throws {CommandRefusal} where the folder has none for slots of `slotS`
 */
export async function openModels(folder: string, slotS: SlotS): Promise<Disaggregator> {
  const name = slotS === 60 ? 'minute.onnx' : 'quarter.onnx'
  await access(join(folder, name), constants.R_OK).catch(() => {
    throw new CommandRefusal(`${folder} has no ${name} that can be read.`)
  })
  return await openDisaggregator(folder)
}

/** The runtime is some 50 MB: it is loaded where there is a network to run. */
async function networkOf(path: string, slotS: SlotS): Promise<Network | undefined> {
  const bytes = await readFile(path).catch((error: { code?: unknown }) => {
    if (error.code === 'ENOENT') return undefined
    throw new CommandRefusal(`${path} cannot be read (${error.code}).`)
  })
  if (bytes === undefined) return undefined
  const { loadNetwork, NetworkRefused } = await import('../disaggregate/network.ts')
  const network = await loadNetwork(bytes).catch((error: unknown) => {
    throw error instanceof NetworkRefused
      ? new CommandRefusal(`${path} is no network: ${error.message.replace(/\.$/, '')}.`)
      : error
  })
  const why = whyUnfit(network, slotS)
  if (why !== undefined) throw new CommandRefusal(`${path} is a network for something else: ${why}.`)
  return network
}
