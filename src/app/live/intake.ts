/**
 * What the doors hand over goes through here, whatever broker it came by: message → device → readings → one
 * transaction for all that waits. A message is taken in when its readings are committed.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Clock, EpochMs } from '../../energy/civil-time.ts'
import type { Reading } from '../../energy/readings.ts'
import {
  blankMemory,
  type DeviceMemory,
  type ReceivedMessage,
  type Settled,
  settleMessage,
  sharesMemory,
} from '../../ingest/devices/index.ts'
import { GroupCommit } from '../../ingest/mqtt/index.ts'
import {
  type AccountId,
  closedAtOf,
  type Database,
  type DeviceId,
  foldLiveReadings,
  type Home,
  isFaultOfData,
  type LiveBatch,
  type LiveOutcomes,
  writeLiveReadings,
} from '../../store/index.ts'
import type { KnownDevice } from './device-directory.ts'
import type { HealthCounter } from './health-counter.ts'

/** What became of messages and of readings, for `/metrics`. */
export interface IntakeCounts {
  messages(kind: string, outcome: 'accepted' | 'rejected' | 'ignored', count: number): void
  readings(outcomes: Readonly<Record<'accepted' | 'duplicate' | 'replaced', number>>): void
  rejection(kind: string, code: string): void
}

export interface IntakeDeps {
  readonly db: Database
  readonly clock: Clock
  readonly health: HealthCounter
  readonly counts: IntakeCounts
  readonly onStale: () => void
  readonly onError: (error: unknown) => void
}

export interface Intake {
  /** Messages that are not durable yet. */
  readonly pending: number
  /** Takes a message of a device in; resolves when what it says is durable. */
  take(device: KnownDevice, message: ReceivedMessage): Promise<void>
  /** Lets go of what is held of a device that is no more. */
  forget(device: KnownDevice): void
  stop(): Promise<void>
}

interface Item {
  readonly device: KnownDevice
  readonly message: ReceivedMessage
}

/** Messages per transaction: some ten milliseconds of the database's work. */
const batchMax = 2_000
/**
 * Payloads per transaction [bytes]: a message may hold thousands of rows, and all of a batch are read in one go, while
 * the main thread does nothing else. As many messages of one reading as a batch may have are some hundred kilobytes.
 */
const batchBytesMax = 4 * 1024 * 1024
/** Live readings of one home after which its rows are folded into packed days. */
const foldAfter = 512

/** Starts taking messages in. */
export function startIntake(deps: IntakeDeps): Intake {
  const memories = new Map<DeviceId, DeviceMemory>()
  const folding = startFolding(deps)
  /** Devices that went while a batch was under way: what it says of them is not kept. */
  const goneMeanwhile = new Set<DeviceId>()
  const commit = new GroupCommit<Item>({
    batchMax,
    bytesOf: ({ message }) => message.payload.length,
    batchBytesMax,
    write: async (items) => {
      goneMeanwhile.clear()
      const batch = await writeItems(items, memories, deps)
      for (const [id, memory] of batch.memories) if (!goneMeanwhile.has(id)) memories.set(id, memory)
      report(items, batch, deps)
      for (const { account, readings } of batch.homes) folding.count(account, readings.length)
      await folding.whenDue()
    },
    onFailure: (error) => {
      deps.onError(error)
      return isFaultOfData(error)
    },
  })
  return {
    get pending() {
      return commit.pending
    },
    take: (device, message) => commit.add({ device, message }),
    forget: ({ id, account }) => {
      memories.delete(id)
      goneMeanwhile.add(id)
      folding.forget(account)
    },
    stop: () => commit.stop(),
  }
}

interface HomeOfBatch {
  readonly account: Home
  readonly readings: Reading[]
}

interface WrittenBatch {
  readonly settled: readonly Settled[]
  readonly homes: readonly HomeOfBatch[]
  readonly memories: ReadonlyMap<DeviceId, DeviceMemory>
  readonly outcomes: LiveOutcomes
}

async function writeItems(
  items: readonly Item[],
  remembered: ReadonlyMap<DeviceId, DeviceMemory>,
  { db, clock }: IntakeDeps,
): Promise<WrittenBatch> {
  const sharing = new Set(items.filter(({ device }) => sharesMemory(device)).map(({ device }) => device.id))
  const unknown = items.map(({ device }) => device.id).filter((id) => !remembered.has(id))
  const loading = sharing.union(new Set(unknown))
  let prepared: Prepared | undefined
  const outcomes = await writeLiveReadings(db, {
    now: clock(),
    remembering: [...loading].sort(),
    accounts: [...new Set(items.map(({ device }) => device.account.id))],
    batchOf: (stored, homes) => {
      const memoryBefore = (id: DeviceId) =>
        loading.has(id) ? memoryOf(stored.get(id)) : (remembered.get(id) ?? blankMemory)
      prepared = prepare(items, memoryBefore, homes)
      return liveBatchOf(prepared, (id, memory) =>
        sharing.has(id) ? !isDeepStrictEqual(memory, memoryBefore(id)) : memory.exported !== memoryBefore(id).exported,
      )
    },
  })
  if (prepared === undefined) throw new Error('A batch was written that nobody made.')
  return { ...prepared, homes: [...prepared.homes.values()], outcomes }
}

interface Prepared {
  readonly settled: readonly Settled[]
  readonly homes: ReadonlyMap<AccountId, HomeOfBatch>
  readonly memories: ReadonlyMap<DeviceId, DeviceMemory>
}

/** Reads the messages in their order, each with what the one before left. */
function prepare(
  items: readonly Item[],
  memoryBefore: (id: DeviceId) => DeviceMemory,
  standing: ReadonlyMap<AccountId, Home>,
): Prepared {
  const memories = new Map<DeviceId, DeviceMemory>()
  const homes = new Map<AccountId, HomeOfBatch>()
  const settled = items.map(({ device: known, message }) => {
    const device = asItStands(known, standing)
    const one = settleMessage(message, device, memories.get(device.id) ?? memoryBefore(device.id))
    memories.set(device.id, one.memory)
    const { account } = device
    homes.getOrInsertComputed(account.id, () => ({ account, readings: [] })).readings.push(...one.readings)
    return one
  })
  return { settled, homes, memories }
}

/** The directory may not know yet that the end of a supply has moved. */
function asItStands(device: KnownDevice, standing: ReadonlyMap<AccountId, Home>): KnownDevice {
  const home = standing.get(device.account.id)
  if (home === undefined || home.closedOn === device.account.closedOn) return device
  return { ...device, account: home, closedAt: closedAtOf(home) }
}

/** Kept is what servers share, where it changed, and that a device has begun to inject: one that starts anew must tell its zeros as well. */
function liveBatchOf(
  { homes, memories }: Prepared,
  isKept: (id: DeviceId, memory: DeviceMemory) => boolean,
): LiveBatch {
  return {
    readings: [...homes.values()].filter(({ readings }) => readings.length > 0),
    memories: new Map([...memories].filter(([id, memory]) => isKept(id, memory))),
  }
}

function memoryOf(stored: unknown): DeviceMemory {
  return stored === null || stored === undefined ? blankMemory : { ...blankMemory, ...(stored as DeviceMemory) }
}

function report(items: readonly Item[], { settled, outcomes }: WrittenBatch, deps: IntakeDeps): void {
  const messages = new Map<string, Record<'accepted' | 'rejected' | 'ignored', number>>()
  for (const [index, { device, message }] of items.entries()) {
    const one = settled[index]
    if (one === undefined) continue
    const { readings, rejections, clockOffsetS } = one
    const { kind } = device.adapter
    const codes = rejections.length === 0 ? noCodes : rejections.map(({ code }) => code)
    for (const code of codes) deps.counts.rejection(kind, code)
    const ofKind = messages.getOrInsertComputed(kind, () => ({ accepted: 0, rejected: 0, ignored: 0 }))
    ofKind[readings.length > 0 ? 'accepted' : codes.length > 0 ? 'rejected' : 'ignored']++
    const { receivedAt } = message
    deps.health.count(device.id, { receivedAt, readings: readings.length, rejections: codes, clockOffsetS })
  }
  for (const [kind, { accepted, rejected, ignored }] of messages) {
    if (accepted > 0) deps.counts.messages(kind, 'accepted', accepted)
    if (rejected > 0) deps.counts.messages(kind, 'rejected', rejected)
    if (ignored > 0) deps.counts.messages(kind, 'ignored', ignored)
  }
  const counts = { accepted: 0, duplicate: 0, replaced: 0 }
  for (const home of outcomes) if (home !== 'gone') for (const outcome of home) counts[outcome]++
  deps.counts.readings(counts)
  if (counts.accepted + counts.replaced > 0) deps.onStale()
}

const noCodes: readonly string[] = []

/** Folds the rows of homes that sent many, a few homes after each batch, so that none has to wait for all. */
function startFolding({ db, clock, onError }: IntakeDeps) {
  const counted = new Map<AccountId, { readonly account: Home; count: number }>()
  const due = new Map<AccountId, Home>()
  return {
    /** Another device of the home has it counted anew. */
    forget: ({ id }: Home) => counted.delete(id),
    count: (account: Home, readings: number) => {
      const home = counted.getOrInsertComputed(account.id, () => ({ account, count: 0 }))
      home.count += readings
      if (home.count < foldAfter) return
      home.count = 0
      due.set(account.id, account)
    },
    whenDue: async () => {
      const now: EpochMs = clock()
      for (const [id, account] of [...due].slice(0, Math.max(1, Math.ceil(due.size / 8)))) {
        due.delete(id)
        await foldLiveReadings(db, account, now).catch(onError)
      }
    },
  }
}
