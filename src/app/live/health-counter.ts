/** Counts how devices do, in memory, and adds it to the store every few seconds. */
import type { EpochMs } from '../../energy/civil-time.ts'
import { addDeviceHealth, type Database, type DeviceId, type HealthChange } from '../../store/index.ts'

/** What one message meant for its device's health. */
export interface HeardOf {
  readonly receivedAt: EpochMs
  readonly readings: number
  /** Codes of what was rejected. */
  readonly rejections: readonly string[]
  readonly clockOffsetS: number | undefined
}

type Changing = { -readonly [K in keyof HealthChange]: HealthChange[K] } & { rejections: Record<string, number> }

const flushMs = 2_000

export interface HealthCounter {
  count(deviceId: DeviceId, heard: HeardOf): void
  /** Adds what was counted so far. */
  flush(): Promise<void>
  stop(): Promise<void>
}

/** Starts counting; `onError` hears of counts that could not be added (they are tried again). */
export function startHealthCounter(
  db: Database,
  clock: () => EpochMs,
  onError: (error: unknown) => void,
): HealthCounter {
  let changes = new Map<DeviceId, Changing>()
  let last: Promise<void> = Promise.resolve()
  const add = async () => {
    const adding = changes
    changes = new Map()
    try {
      await addDeviceHealth(db, [...adding.values()], clock())
    } catch (error) {
      for (const change of adding.values()) merge(changes, change)
      throw error
    }
  }
  const flush = () => {
    const done = last.then(add)
    last = done.catch(() => undefined)
    return done
  }
  const timer = setInterval(() => flush().catch(onError), flushMs)
  timer.unref()
  return {
    count: (deviceId, { receivedAt, readings, rejections, clockOffsetS }) => {
      const known = changes.getOrInsertComputed(deviceId, unheard)
      known.lastSeenAt = Math.max(known.lastSeenAt, receivedAt)
      known.messages++
      known.readings += readings
      known.clockOffsetS = clockOffsetS ?? known.clockOffsetS
      for (const code of rejections) known.rejections[code] = (known.rejections[code] ?? 0) + 1
    },
    flush,
    stop: async () => {
      clearInterval(timer)
      await flush().catch(onError)
    },
  }
}

function merge(changes: Map<DeviceId, Changing>, change: Changing): void {
  const known = changes.get(change.deviceId)
  if (known === undefined) {
    changes.set(change.deviceId, change)
    return
  }
  known.lastSeenAt = Math.max(known.lastSeenAt, change.lastSeenAt)
  known.messages += change.messages
  known.readings += change.readings
  known.clockOffsetS = change.clockOffsetS ?? known.clockOffsetS
  for (const [code, count] of Object.entries(change.rejections))
    known.rejections[code] = (known.rejections[code] ?? 0) + count
}

function unheard(deviceId: DeviceId): Changing {
  return { deviceId, lastSeenAt: 0, messages: 0, readings: 0, rejections: {}, clockOffsetS: null }
}
