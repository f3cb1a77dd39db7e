/** A session as a network saw it: what it says per head, and the pulses and runs it half believes in. */

import type { Sighting } from './familiar-power.ts'
import { type Head, heads, indexOfHead, runDecisions } from './heads.ts'
import { type Outputs, sightingsOf } from './runs-from-belief.ts'
import type { Session } from './session.ts'
import type { Look } from './windows.ts'

export interface Sight {
  readonly outputs: ReadonlyMap<Head, Outputs>
  /** Of the heads that have runs. */
  readonly sightings: ReadonlyMap<Head, readonly Sighting[]>
}

/** What a look at a session shows. */
export function sightOf(session: Session, look: Look): Sight {
  const outputs = new Map(heads.map((head) => [head, outputsOf(look, head)]))
  const decisions = Object.entries(runDecisions[session.slotS]) as [Head, (typeof runDecisions)[60][Head] & object][]
  const sightings = decisions.map(([head, decision]) => {
    const own = outputs.get(head)
    return [head, own === undefined ? [] : sightingsOf(session, own, decision)] as const
  })
  return { outputs, sightings: new Map(sightings) }
}

function outputsOf(look: Look, head: Head): Outputs {
  const index = indexOfHead[head]
  return { belief: look(index), powerW: look(heads.length + index) }
}
