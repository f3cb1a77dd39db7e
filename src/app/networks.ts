/** The trained networks of `data/models` (or of another folder), read and loaded. */
import { constants } from 'node:fs'
import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createDisaggregator, type Disaggregator, type Network, whyUnfit } from '../disaggregate/index.ts'
import type { SlotS } from '../energy/load-curve.ts'
import { CommandRefusal } from './terminal.ts'

/** Where the networks lie that ship. */
export const shippedModels = fileURLToPath(new URL('../../data/models', import.meta.url))

const fileNames: Readonly<Record<SlotS, string>> = { 60: 'minute.onnx', 900: 'quarter.onnx' }

/**
 * The disaggregator that ships, with both its networks.
 * @throws {CommandRefusal} naming a file that is missing or damaged
 */
export async function openDisaggregator(): Promise<Disaggregator> {
  await requireFile(shippedModels, 60)
  await requireFile(shippedModels, 900)
  return await openFolder(shippedModels)
}

/**
 * A disaggregator with the networks of a folder that somebody named.
 * @throws {CommandRefusal} where the folder has none for slots of `slotS`
 */
export async function openModels(folder: string, slotS: SlotS): Promise<Disaggregator> {
  await requireFile(folder, slotS)
  return await openFolder(folder)
}

async function requireFile(folder: string, slotS: SlotS): Promise<void> {
  const name = fileNames[slotS]
  await access(join(folder, name), constants.R_OK).catch(() => {
    throw new CommandRefusal(`${folder} has no ${name} that can be read.`)
  })
}

/** A disaggregator with the networks of a folder; one of them may be missing. */
async function openFolder(folder: string): Promise<Disaggregator> {
  const minute = await networkOf(join(folder, fileNames[60]), 60)
  const quarter = await networkOf(join(folder, fileNames[900]), 900)
  return createDisaggregator({ ...(minute && { minute }), ...(quarter && { quarter }) })
}

/**
 * The homes that the networks of a folder learned from, by their files' names; `null` where nothing says so.
 * @throws {CommandRefusal} where the file that says so is damaged
 */
export async function homesLearnedFrom(folder: string = shippedModels): Promise<readonly string[] | null> {
  const path = join(folder, 'trained-on.json')
  const text = await readFile(path, 'utf8').catch(() => null)
  if (text === null) return null
  try {
    const { homes } = JSON.parse(text) as { homes?: unknown }
    if (Array.isArray(homes) && homes.every((home) => typeof home === 'string')) return homes
  } catch {}
  throw new CommandRefusal(`${path} does not say {"homes": [names]}.`)
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
