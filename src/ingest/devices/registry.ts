/** Every kind of device there is. A new one is one file beside this, one line here, and its golden payloads. */
import type { DeviceAdapter } from './adapter.ts'
import { json } from './json.ts'

export const deviceAdapters: readonly DeviceAdapter[] = [json]

const byKind = new Map(deviceAdapters.map((adapter) => [adapter.kind, adapter]))

/** The adapter of a kind. */
export function adapterOf(kind: string): DeviceAdapter | undefined {
  return byKind.get(kind)
}
