/** The trained networks of `data/models` (or of another folder), read and loaded. */
import { constants } from 'node:fs'
import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createDisaggregator, type Disaggregator, type Network, whyUnfit } from '../disaggregate/index.ts'
import type { SlotS } from '../energy/load-curve.ts'
import { CommandRefusal } from './terminal.ts'

/** Where the networks lie that ship. */
const shippedModels = fileURLToPath(new URL('../../data/models', import.meta.url))

const fileNames: Readonly<Record<SlotS, string>> = { 60: 'minute.onnx', 900: 'quarter.onnx' }

/**
 * The disaggregator that ships, with both its networks.
 * @throws {CommandRefusal} naming a file that is missing or damaged
 */
export async function openDisaggregator(): Promise<Disaggregator> {
  await requireFile(shippedModels, 60)
  await requireFile(shippedModels, 900)
  const [minute, quarter] = [await networkOf(shippedModels, 60), await networkOf(shippedModels, 900)]
  return createDisaggregator({ minute, quarter })
}

/**
 * A disaggregator for slots of one length, with the networks of a folder that somebody named.
 * @throws {CommandRefusal} where the folder has none for such slots
 */
export async function openModels(folder: string, slotS: SlotS): Promise<Disaggregator> {
  await requireFile(folder, slotS)
  const used = await networksFor(slotS, folder)
  return createDisaggregator({
    ...(used.includes(60) && { minute: await networkOf(folder, 60) }),
    ...(used.includes(900) && { quarter: await networkOf(folder, 900) }),
  })
}

/** Which networks of a folder tell slots of a length apart. Minutes may repeat a coarser meter: quarter-hours too, where it has them. */
async function networksFor(slotS: SlotS, folder: string): Promise<readonly SlotS[]> {
  if (slotS === 900) return [900]
  const hasQuarters = await access(join(folder, fileNames[900]), constants.R_OK).then(
    () => true,
    () => false,
  )
  return hasQuarters ? [60, 900] : [60]
}

async function requireFile(folder: string, slotS: SlotS): Promise<void> {
  const name = fileNames[slotS]
  await access(join(folder, name), constants.R_OK).catch(() => {
    throw new CommandRefusal(`${folder} has no ${name} that can be read.`)
  })
}

/** What `trained-on.json` of a folder says: the homes, and the halves of the devices, that each network learned from. */
type TrainedOn = Readonly<Partial<Record<string, readonly string[]>>>

/** What networks learned from. */
export interface Learned {
  /** Homes by their files' names, `even devices`, `odd devices`. */
  readonly from: readonly string[]
  /** The networks of which nothing says so, by their files' names. */
  readonly untold: readonly string[]
}

/**
 * What the networks of a folder for slots of a length learned from.
 * @throws {CommandRefusal} where the file that says so is damaged
 */
export async function learnedFrom(slotS: SlotS, folder: string = shippedModels): Promise<Learned> {
  const path = join(folder, 'trained-on.json')
  const text = await readFile(path, 'utf8').catch(() => null)
  const networks = (await networksFor(slotS, folder)).map((used) => fileNames[used])
  const learned = networks.map((network) => (text === null ? null : learnedBy(network, text, path)))
  return {
    from: [...new Set(learned.flatMap((names) => names ?? []))],
    untold: networks.filter((_, index) => learned[index] === null),
  }
}

/** What a network learned from, by the text of a `trained-on.json`; `null` where it does not name the network. */
function learnedBy(network: string, text: string, path: string): readonly string[] | null {
  try {
    const said = JSON.parse(text) as TrainedOn
    const learned = said[network]
    // An older file has one list, of networks that it does not name: it is refused, not taken for silence.
    if (learned === undefined && !('homes' in said)) return null
    if (Array.isArray(learned) && learned.every((one) => typeof one === 'string')) return learned
  } catch {}
  throw new CommandRefusal(`${path} does not say {"${network}": [names]}.`)
}

/** The runtime is some 50 MB: it is loaded where there is a network to run. */
async function networkOf(folder: string, slotS: SlotS): Promise<Network> {
  const path = join(folder, fileNames[slotS])
  const bytes = await readFile(path).catch((error: { code?: unknown }) => {
    throw new CommandRefusal(`${path} cannot be read (${error.code}).`)
  })
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
