/** Every kind of device there is. A new one is one file beside this, one line here, and its golden payloads. */
import type { DeviceAdapter } from './adapter.ts'
import { chain2 } from './chain2.ts'
import { dsmr } from './dsmr.ts'
import { emonhub } from './emonhub.ts'
import { esphome } from './esphome.ts'
import { homeAssistant } from './home-assistant.ts'
import { json } from './json.ts'
import { shellyGen1 } from './shelly-gen1.ts'
import { shellyGen2 } from './shelly-gen2.ts'
import { sml } from './sml.ts'
import { sparkplug } from './sparkplug.ts'
import { tasmota } from './tasmota.ts'
import { zigbee2mqtt } from './zigbee2mqtt.ts'

export const deviceAdapters: readonly DeviceAdapter[] = [
  json,
  shellyGen1,
  shellyGen2,
  tasmota,
  zigbee2mqtt,
  esphome,
  homeAssistant,
  emonhub,
  dsmr,
  sml,
  chain2,
  sparkplug,
]

const byKind = new Map(deviceAdapters.map((adapter) => [adapter.kind, adapter]))

/** The adapter of a kind. */
export function adapterOf(kind: string): DeviceAdapter | undefined {
  return byKind.get(kind)
}
