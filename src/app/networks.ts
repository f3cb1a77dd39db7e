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

type NetworkName = 'minute' | 'sparse' | 'quarter'

/** The slots that a network tells apart [s]. */
const slotsOf: Readonly<Record<NetworkName, SlotS>> = { minute: 60, sparse: 60, quarter: 900 }

const fileOf = (name: NetworkName) => `${name}.onnx`

/**
 * The disaggregator that ships, with all its networks.
 * @throws {CommandRefusal} naming a file that is missing or damaged
 */
export async function openDisaggregator(): Promise<Disaggregator> {
  for (const name of ['minute', 'sparse', 'quarter'] as const) await requireFile(shippedModels, name)
  return await openModels(shippedModels, 60)
}

/**
 * A disaggregator for slots of one length, with the networks of a folder that somebody named.
 * @throws {CommandRefusal} where the folder has none for such slots
 */
export async function openModels(folder: string, slotS: SlotS): Promise<Disaggregator> {
  await requireFile(folder, slotS === 60 ? 'minute' : 'quarter')
  const used = await Promise.all(
    (await networksFor(slotS, folder)).map(async (name) => [name, await networkOf(folder, name)] as const),
  )
  return createDisaggregator(Object.fromEntries(used))
}

/** Which networks of a folder tell slots of a length apart. Minutes may be sparse, or repeat a coarser meter: there are networks for these, where it has them. */
async function networksFor(slotS: SlotS, folder: string): Promise<readonly NetworkName[]> {
  if (slotS === 900) return ['quarter']
  const further = await Promise.all(
    (['sparse', 'quarter'] as const).map(async (name) => {
      const isThere = await access(join(folder, fileOf(name)), constants.R_OK).then(
        () => true,
        () => false,
      )
      return isThere ? [name] : []
    }),
  )
  return ['minute', ...further.flat()]
}

async function requireFile(folder: string, name: NetworkName): Promise<void> {
  await access(join(folder, fileOf(name)), constants.R_OK).catch(() => {
    throw new CommandRefusal(`${folder} has no ${fileOf(name)} that can be read.`)
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
  const networks = (await networksFor(slotS, folder)).map(fileOf)
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
async function networkOf(folder: string, name: NetworkName): Promise<Network> {
  const path = join(folder, fileOf(name))
  const bytes = await readFile(path).catch((error: { code?: unknown }) => {
    throw new CommandRefusal(`${path} cannot be read (${error.code}).`)
  })
  const { loadNetwork, NetworkRefused } = await import('../disaggregate/network.ts')
  const network = await loadNetwork(bytes).catch((error: unknown) => {
    throw error instanceof NetworkRefused
      ? new CommandRefusal(`${path} is no network: ${error.message.replace(/\.$/, '')}.`)
      : error
  })
  const why = whyUnfit(network, slotsOf[name])
  if (why !== undefined) throw new CommandRefusal(`${path} is a network for something else: ${why}.`)
  return network
}
