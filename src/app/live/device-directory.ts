/**
 * The devices of all accounts, in memory, by topic and by id. Registrations through this server are known at once,
 * those through another one within a second.
 */
import { adapterOf, type LiveDevice } from '../../ingest/devices/index.ts'
import { rootOfFilter, topicIndex } from '../../ingest/mqtt/index.ts'
import {
  closedAtOf,
  type Database,
  type DeviceId,
  deviceChanges,
  type Home,
  type KnownToDoors,
} from '../../store/index.ts'

/** A device with all that its messages need. */
export interface KnownDevice extends LiveDevice {
  readonly id: DeviceId
  readonly account: Home
  readonly secretHash: string
  readonly roots: readonly string[]
}

export interface DeviceDirectory {
  of(topic: string): readonly KnownDevice[]
  byId(id: string): KnownDevice | undefined
  all(): Iterable<KnownDevice>
  /** Reads what changed; whoever asks before a read begins shares it: strangers' ids make no queue of reads. */
  refresh(): Promise<void>
  stop(): void
}

/** How often changes through other servers are looked for [ms]. */
const refreshMs = 1_000

/** Reads the devices and keeps them fresh; `onChange` hears of every change and what it ended, `onError` of reads that fail. */
export async function openDeviceDirectory(
  db: Database,
  {
    onChange,
    onError,
  }: { readonly onChange: (gone: readonly KnownDevice[]) => void; readonly onError: (error: unknown) => void },
): Promise<DeviceDirectory> {
  let version: number | undefined
  const byId = new Map<string, KnownDevice>()
  const topics = topicIndex<KnownDevice>([])
  const forget = (id: string) => {
    const known = byId.get(id)
    if (known !== undefined) topics.remove(known, known.adapter.filters(known))
    byId.delete(id)
    return known
  }
  const read = async () => {
    const { version: newest, isWhole, devices, gone } = await deviceChanges(db, version)
    const before = (isWhole ? [...byId.keys()] : gone).flatMap((id) => forget(id) ?? [])
    for (const device of devices.flatMap((one) => knownDevice(one) ?? [])) {
      forget(device.id)
      byId.set(device.id, device)
      topics.add(device, device.adapter.filters(device))
    }
    version = newest
    if (devices.length + before.length > 0) onChange(before.filter(({ id }) => !byId.has(id)))
  }
  let last: Promise<void> = Promise.resolve()
  let next: Promise<void> | undefined
  const refresh = () => {
    if (next !== undefined) return next
    const done = last.then(() => {
      next = undefined
      return read()
    })
    next = done
    last = done.catch(() => undefined)
    return done
  }
  await refresh()
  const timer = setInterval(() => refresh().catch(onError), refreshMs)
  timer.unref()
  return {
    of: (topic) => topics.of(topic),
    byId: (id) => byId.get(id),
    all: () => byId.values(),
    refresh,
    stop: () => clearInterval(timer),
  }
}

/** `undefined` for a kind that this version does not know. */
function knownDevice({ device, home: account }: KnownToDoors): KnownDevice | undefined {
  const adapter = adapterOf(device.kind)
  if (adapter === undefined) return undefined
  const { id, topic, channels, sign, holdS, clockToleranceS, secretHash } = device
  const settings = { topic, channels, timeZone: account.timeZone }
  return {
    ...settings,
    id,
    adapter,
    account,
    sign,
    holdS,
    clockToleranceS,
    secretHash,
    closedAt: closedAtOf(account),
    roots: adapter.filters(settings).map(rootOfFilter),
  }
}
