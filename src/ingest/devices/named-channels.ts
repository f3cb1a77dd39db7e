/**
 * Channels of devices whose topics or fields a person has named: the name, and after a colon the unit where it is not W,
 * and `export` where it counts what is injected. `house_power`, `house_energy:kWh`, `solar_energy:kWh:export`.
 */
import type { ReadingKind } from '../../energy/readings.ts'
import type { Sample } from './adapter.ts'

interface Unit {
  readonly kind: ReadingKind
  /** W or Wh per unit. */
  readonly factor: number
}

/** Units by their name in lower case, but for the M of mega, which is not the m of milli. */
const units: Readonly<Record<string, Unit>> = {
  w: { kind: 'power', factor: 1 },
  kw: { kind: 'power', factor: 1_000 },
  mw: { kind: 'power', factor: 0.001 },
  Mw: { kind: 'power', factor: 1_000_000 },
  wh: { kind: 'register', factor: 1 },
  kwh: { kind: 'register', factor: 1_000 },
  mwh: { kind: 'register', factor: 0.001 },
  Mwh: { kind: 'register', factor: 1_000_000 },
  wmin: { kind: 'register', factor: 1 / 60 },
}

/** A channel as its text says. */
export interface NamedChannel {
  /** The channel as the account wrote it. */
  readonly channel: string
  readonly name: string
  readonly kind: ReadingKind
  readonly direction: Sample['direction']
  readonly factor: number
}

/** How named channels are explained, with a word for what the names are. */
export function namedChannelsAre(names: string): string {
  return `${names}, each with its unit after a colon where it is not W (\`kW\`, \`Wh\`, \`kWh\`, \`mW\`, \`mWh\`, \`MW\`, \`MWh\`, \`Wmin\`; energies are registers that grow), and with \`:export\` where it counts what is injected, such as \`house_energy:kWh\`.`
}

const remembered = new Map<string, NamedChannel | undefined>()
const rememberedMax = 10_000

/** Reads a channel; `undefined` where its unit is none. */
export function namedChannel(channel: string): NamedChannel | undefined {
  if (remembered.has(channel)) return remembered.get(channel)
  if (remembered.size >= rememberedMax) remembered.clear()
  const read = readChannel(channel)
  remembered.set(channel, read)
  return read
}

function readChannel(channel: string): NamedChannel | undefined {
  const [, name = '', unitText = 'W', isExport] = /^([^:]+?)(?::([A-Za-z]+))?(:export)?$/.exec(channel) ?? []
  const unitName = (unitText.startsWith('M') ? 'M' : unitText.charAt(0).toLowerCase()) + unitText.slice(1).toLowerCase()
  const unit = Object.hasOwn(units, unitName) ? units[unitName] : undefined
  if (name === '' || unit === undefined) return undefined
  const direction = isExport !== undefined ? 'export' : unit.kind === 'power' ? 'net' : 'import'
  return { channel, name, kind: unit.kind, direction, factor: unit.factor }
}

/** What a channel is, for adding up. */
export function kindOfNamed(channel: string): Pick<Sample, 'kind' | 'direction'> {
  const { kind, direction } = namedChannel(channel) ?? { kind: 'power' as const, direction: 'net' as const }
  return { kind, direction }
}

/** A sample of a channel from a number in the channel's unit. */
export function sampleOfNamed(
  { channel, kind, direction, factor }: NamedChannel,
  value: number | null,
  at?: number,
): Sample {
  return { channel, kind, direction, value: value === null ? null : value * factor, at }
}
