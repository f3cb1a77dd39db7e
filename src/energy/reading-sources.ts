/**
 * Where a reading came from. The store numbers sources by their place in this list: add at the end, never move or
 * remove one (at most 256).
 */
export const readingSources = [
  /** Kept by a version that did not say. */
  'unstated',
  /** `POST …/readings`, in the product's own forms. */
  'api',
  /** `loadlens import`, in the product's own forms. */
  'import',
  /** The recordings and synthetic homes of the demo. */
  'demo',
  /** Live devices by kind: `device:` and the kind's name. */
  'device:json',
  'device:shelly-gen1',
  'device:shelly-gen2',
  'device:tasmota',
  'device:zigbee2mqtt',
  'device:esphome',
  'device:home-assistant',
  'device:emonhub',
  'device:dsmr',
  'device:sml',
  'device:chain2',
  'device:sparkplug',
  /** Files of other houses by format: `file:` and the format's name. */
  'file:e-distribuzione',
  'file:e-distribuzione-app',
  'file:portale-consumi',
  'file:pcf',
  'file:sii',
  'file:green-button',
  'file:home-assistant',
  'file:emoncms',
  'file:shelly',
] as const

/** Where a reading came from. */
export type ReadingSource = (typeof readingSources)[number]

const numbers = new Map<string, number>(readingSources.map((source, index) => [source, index]))

/** The number of a source in columns; one that is not known counts as `unstated`. */
export function sourceNumber(source: string): number {
  return numbers.get(source) ?? 0
}

/** The source of a number in columns. */
export function sourceOf(number: number): ReadingSource {
  return readingSources[number] ?? 'unstated'
}
