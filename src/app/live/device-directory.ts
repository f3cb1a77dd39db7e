/**
 * The devices of all accounts, in memory, by topic and by id. Registrations through this server are known at once,
 * those through another one within a second.
 */
import { adapterOf, type LiveDevice, rootOfFilter, type TopicIndex, topicIndex } from '../../ingest/index.ts'
import {
  type Account,
  closedAtOf,
  type Database,
  type Device,
  type DeviceId,
  devicesVersion,
  everyDevice,
} from '../../store/index.ts'

/** A device with all that its messages need. */
export interface KnownDevice extends LiveDevice {
  readonly id: DeviceId
  readonly account: Account
  readonly secretHash: string
  readonly roots: readonly string[]
}

export interface DeviceDirectory {
  of(topic: string): readonly KnownDevice[]
  byId(id: string): KnownDevice | undefined
  all(): Iterable<KnownDevice>
  /** Reads the devices anew, if there are changes. */
  refresh(): Promise<void>
  stop(): void
}

/** How often changes through other servers are looked for [ms]. */
const refreshMs = 1_000

/** Reads the devices and keeps them fresh; `onChange` hears of every change, `onError` of reads that fail. */
export async function openDeviceDirectory(
  db: Database,
  { onChange, onError }: { readonly onChange: () => void; readonly onError: (error: unknown) => void },
): Promise<DeviceDirectory> {
  let version = -1
  let byId: ReadonlyMap<string, KnownDevice> = new Map()
  let topics: TopicIndex<KnownDevice> = topicIndex([])
  const read = async () => {
    const newest = await devicesVersion(db)
    if (newest === version) return
    const devices = (await everyDevice(db)).flatMap(({ device, account }) => knownDevice(device, account) ?? [])
    byId = new Map(devices.map((device) => [device.id, device]))
    topics = topicIndex(devices.map((device) => [device, device.adapter.filters(device)] as const))
    version = newest
    onChange()
  }
  let last: Promise<void> = Promise.resolve()
  const refresh = () => {
    last = last.then(read)
    const done = last
    last = last.catch(() => undefined)
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
function knownDevice(device: Device, account: Account): KnownDevice | undefined {
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
