/**
 * What a network sees of a session: the session with hours before it and the hours after that both of its days know.
 *
 * A window ends where the day before stops seeing (`analysisContext.hoursAfter` into the next day), however much more is
 * known by now: so both days see the same window, and a day's result does not depend on the day it is looked at from.
 */
import { analysisContext } from '../energy/analysis.ts'
import { hourMs } from '../energy/civil-time.ts'
import type { DayCurve, SlotS } from '../energy/load-curve.ts'
import { heads } from './heads.ts'
import type { Network } from './network.ts'
import { endOf, type Session } from './session.ts'
import { switchingLoadOf } from './switching-load.ts'

/** Length of a window [slots]: 34 hours of minutes, or 64 hours of quarters. Networks are trained on these lengths. */
const windowSlots: Readonly<Record<SlotS, number>> = { 60: 2048, 900: 256 }
/** Windows given to a network at once: enough to keep it busy, few enough to stay in the cache. */
const batchWindows = 8
/** ONNX Runtime computes a lone window otherwise than one among others: beside an empty one it says what it says in any batch. */
const leastWindows = 2
/** Power, and 1 where it was measured. */
const channels = 2
/**
 * A gap of minutes up to this long, between two measured ones, is shown as what was measured before it [slots]: networks have
 * not learned from scattered gaps, and lose washes in them (docs/accuracy.md, "With minutes lost").
 */
const bridgedSlots: Readonly<Record<SlotS, number>> = { 60: 5, 900: 0 }
/** What the input of a network is called, by the slots it was trained on. */
const inputName: Readonly<Record<SlotS, string>> = { 60: 'minutes', 900: 'quarters' }

/** How many days before the one in which a session begins its window reaches into, in part. */
export function daysSeenBefore(slotS: SlotS): number {
  const hours = (windowSlots[slotS] * slotS) / 3600
  return Math.ceil((hours - analysisContext.hoursAfter) / 24) - 1
}

/** Why a network cannot look at windows of a slot length, or `undefined` where it can. */
export function whyUnfit({ takes, channels: taken, outputs, stride }: Network, slotS: SlotS): string | undefined {
  if (takes !== inputName[slotS]) return `it takes ${takes}, not ${inputName[slotS]}`
  if (taken !== channels) return `it takes ${taken} curves, not ${channels}`
  if (outputs !== 2 * heads.length) return `it gives ${outputs} curves, not two for each of ${heads.length} appliances`
  if (windowSlots[slotS] % stride !== 0)
    return `its windows are multiples of ${stride} slots, not ${windowSlots[slotS]}`
  return undefined
}

/** A window of slots around a session. */
export interface SessionWindow {
  /** Power [W] slot by slot, 0 where unmeasured, then as many flags, 1 where measured; short gaps are bridged. */
  readonly values: Float32Array
  /** Where the session begins in it [slots]. */
  readonly offset: number
}

/** A window without the loads that switch in it. */
export interface CalmWindow extends SessionWindow {
  /** What these draw, from the session's first slot to the end of the window [W]. */
  readonly loadW: Float32Array
}

/** What a network makes of a session: one curve per output, from the session's first slot to the end of its window. */
export type Look = (output: number) => Float32Array

/**
 * The window around the session that begins in the day `days[index]`.
 * @param earlier the same days, as the window shows those before that day
 */
export function windowOf(
  session: Session,
  days: readonly DayCurve[],
  index: number,
  earlier: readonly DayCurve[] = days,
): SessionWindow {
  const { slotS } = session
  const length = windowSlots[slotS]
  const values = new Float32Array(channels * length)
  const midnightAt = days[index + 1]?.startAt ?? endOf(days[index] ?? session)
  const endAt = midnightAt + analysisContext.hoursAfter * hourMs
  const startAt = endAt - length * slotS * 1000
  for (let one = index + 1; one >= 0; one--) {
    const day = (one < index ? earlier : days)[one]
    if (day === undefined || day.slotS !== slotS) continue
    const shift = Math.round((day.startAt - startAt) / (slotS * 1000))
    if (shift + day.powerW.length <= 0) break
    for (let slot = Math.max(0, -shift); slot < day.powerW.length && slot + shift < length; slot++) {
      if (day.measured[slot] !== 1) continue
      values[slot + shift] = day.powerW[slot] ?? 0
      values[length + slot + shift] = 1
    }
  }
  bridgeShortGaps(values, bridgedSlots[slotS])
  return { values, offset: Math.round((session.startAt - startAt) / (slotS * 1000)) }
}

/** A window of minutes without the loads in it that switch for hours; `undefined` where there are none. */
export function withoutSwitchingLoad({ values, offset }: SessionWindow, slotS: SlotS): CalmWindow | undefined {
  const length = values.length / channels
  const loadW = slotS === 60 ? switchingLoadOf(values.subarray(0, length), values.subarray(length)) : undefined
  if (loadW === undefined) return undefined
  const calm = values.slice()
  for (let slot = 0; slot < length; slot++) calm[slot] = Math.max(0, (values[slot] ?? 0) - (loadW[slot] ?? 0))
  return { values: calm, offset, loadW: loadW.subarray(offset) }
}

/** Holds the last measured power through gaps of at most so many slots; what is told apart there stays nothing. */
function bridgeShortGaps(values: Float32Array, mostSlots: number): void {
  const length = values.length / channels
  let last: number | undefined
  for (let slot = 0; slot < length; slot++) {
    if (values[length + slot] !== 1) continue
    if (last !== undefined && slot - last > 1 && slot - last - 1 <= mostSlots) {
      values.fill(values[last] ?? 0, last + 1, slot)
      values.fill(1, length + last + 1, length + slot)
    }
    last = slot
  }
}

/** Shows windows of one slot length to a network, a few at a time; one look per window, in order. */
export async function lookAt(network: Network, windows: readonly SessionWindow[]): Promise<Look[]> {
  const looks: Look[] = []
  for (let first = 0; first < windows.length; first += batchWindows) {
    const batch = windows.slice(first, first + batchWindows)
    const size = batch[0]?.values.length ?? 0
    const length = size / channels
    const rows = Math.max(leastWindows, batch.length)
    const input = new Float32Array(rows * size)
    batch.forEach(({ values }, place) => {
      input.set(values, place * size)
    })
    const curves = await network.predict(input, rows, channels, length)
    looks.push(
      ...batch.map(({ offset }, place): Look => {
        const own = place * network.outputs * length
        return (output) => curves.subarray(own + output * length + offset, own + (output + 1) * length)
      }),
    )
  }
  return looks
}
