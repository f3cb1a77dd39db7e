/** A session as a network saw it: what it says per head, and the pulses and runs it half believes in. */

import { sum } from 'simple-statistics'
import type { Household } from '../energy/household.ts'
import { energyWhOf } from '../energy/load-curve.ts'
import type { Sighting } from './familiar-power.ts'
import { type Head, heads, indexOfHead, runDecisions, usualMicrowaveW } from './heads.ts'
import { type Outputs, sightingsOf } from './runs-from-belief.ts'
import type { Session } from './session.ts'
import type { Look } from './windows.ts'

export interface Sight {
  /** The session as a head saw it: without the loads that switch in it for hours, but for what may be one itself. */
  readonly sessionFor: (head: Head) => Session
  readonly outputs: ReadonlyMap<Head, Outputs>
  /** Of the heads that have runs. */
  readonly sightings: ReadonlyMap<Head, readonly Sighting[]>
  /** What each of the two ways to heat water is believed to have drawn [Wh]. */
  readonly hotWaterWh: Readonly<Record<'shower' | 'boiler', number>>
}

/**
 * The share of hot water that the shower's head must see. On mixed homes with a boiler it saw at most 0.03 from minutes, and less than
 * 0.15 in nine of ten from quarter-hours; on those with an electric shower, more in nine of ten.
 */
const leastShowerShare = 0.15

/** A pulse's power is the most that its head says within so many minutes: its first and its last are not full. */
const pulseReach = 5

/** What a head must believe in a minute for that to belong to a pulse that it sees. */
const leastOfPulse = 0.02

/** What a network says of a session without the loads that switch in it for hours, and what these draw from its first slot on [W]. */
export interface CalmLook {
  readonly look: Look
  readonly loadW: Float32Array
}

/** What a look at a session of a home shows. @param calm where a load switches in it for hours */
export function sightOf(session: Session, look: Look, { appliances }: Household, calm?: CalmLook): Sight {
  const isWhole = !session.measured.includes(0)
  const calmSession = calm === undefined ? session : withoutLoad(session, calm.loadW)
  const sessionFor = (head: Head) => (maySwitch.has(head) ? session : calmSession)
  const outputs = new Map(
    heads.map((head) => [head, outputsOf(session, isWhole, maySwitch.has(head) ? look : (calm?.look ?? look), head)]),
  )
  const [microwave, kettle] = [outputs.get('microwave'), outputs.get('kettle')]
  if (session.slotS === 60 && !appliances.has('kettle') && microwave !== undefined && kettle !== undefined)
    outputs.set('microwave', { ...microwave, belief: beliefWithoutKettle(microwave, kettle) })
  const sightings = [...outputs].flatMap(([head, own]) => {
    const decision = runDecisions[session.slotS][head]
    return decision === undefined ? [] : [[head, sightingsOf(sessionFor(head), own, decision)] as const]
  })
  const hotWaterWh = { shower: likelyWh(session, outputs, 'shower'), boiler: likelyWh(session, outputs, 'boiler') }
  return { sessionFor, outputs, sightings: new Map(sightings), hotWaterWh }
}

/** What may be a load that switches for hours itself: it is looked for in the curve as it is. */
const maySwitch: ReadonlySet<Head> = new Set(['airConditioner', 'boiler', 'oven', 'tumbleDryer'])

function withoutLoad(session: Session, loadW: Float32Array): Session {
  return { ...session, powerW: session.powerW.map((watts, slot) => Math.max(0, watts - (loadW[slot] ?? 0))) }
}

/**
 * Whether a home heats its water as it flows: that takes more power than a boiler does, and boilers are not taken for it.
 * @param sights of the sessions that are known
 */
export function heatsWaterAtOnce(sights: readonly Sight[]): boolean {
  const showerWh = sum(sights.map(({ hotWaterWh }) => hotWaterWh.shower))
  const boilerWh = sum(sights.map(({ hotWaterWh }) => hotWaterWh.boiler))
  return showerWh > leastShowerShare * (showerWh + boilerWh)
}

/** What a head believes its appliance to have drawn where it is believed to run [Wh]. */
function likelyWh({ slotS }: Session, outputs: Sight['outputs'], head: Head): number {
  const [own, decision] = [outputs.get(head), runDecisions[slotS][head]]
  if (own === undefined || decision === undefined) return 0
  let sumW = 0
  own.belief.forEach((belief, slot) => {
    if (belief > decision.holds) sumW += belief * (own.powerW[slot] ?? 0)
  })
  return energyWhOf(sumW, slotS)
}

/**
 * What is believed of the microwave in minutes of a home that has no kettle. A pulse that may be either is shared out between the two
 * heads; with the kettle ruled out, what is left of the belief counts as the whole: P(m | not k) = P(m) / (1 − P(k)). Not of pulses that
 * are stronger than microwaves usually are: these are a kettle that nobody declared.
 */
function beliefWithoutKettle(microwave: Outputs, kettle: Outputs): Float32Array {
  return microwave.belief.map((belief, slot) => {
    const ofKettle = kettle.belief[slot] ?? 0
    if (ofKettle < leastOfPulse || pulsePowerW(kettle, slot) > usualMicrowaveW[1]) return belief
    return ofKettle < 1 ? Math.min(1, belief / (1 - ofKettle)) : belief
  })
}

/** The most that a pulse around a slot is said to draw [W]. */
function pulsePowerW({ belief, powerW }: Outputs, slot: number): number {
  let mostW = 0
  for (let near = Math.max(0, slot - pulseReach); near <= Math.min(belief.length - 1, slot + pulseReach); near++)
    if ((belief[near] ?? 0) >= leastOfPulse) mostW = Math.max(mostW, powerW[near] ?? 0)
  return mostW
}

/** What was not measured nobody saw: a network is not trained on what it says there, and nothing of it is believed. */
function outputsOf({ measured }: Session, isWhole: boolean, look: Look, head: Head): Outputs {
  const index = indexOfHead[head]
  const said = look(index).subarray(0, measured.length)
  const powerW = look(heads.length + index).subarray(0, measured.length)
  return { belief: isWhole ? said : said.map((belief, slot) => (measured[slot] === 1 ? belief : 0)), powerW }
}
