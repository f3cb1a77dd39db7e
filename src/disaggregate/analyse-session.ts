/**
 * Takes one session apart: the networks' beliefs, held to what a home can be.
 *
 * Standby is what never goes away. Every other appliance proposes what it drew: cyclic ones in their runs, compressors
 * in their duty cycle. Where two appliances claim one heating, the surer one keeps it. Where the proposals of a slot
 * exceed what the meter shows beyond standby, each gives way in proportion.
 */
import type { ApplianceKey } from '../energy/appliances.ts'
import type { Household } from '../energy/household.ts'
import { type Claim, settleClaims } from './claims.ts'
import { giveStandby } from './floor.ts'
import { type Head, heads, headsOfHome, indexOfHead, runDecisions } from './heads.ts'
import type { HomeModel } from './home-model.ts'
import { give, type Ledger, noteRun, openLedger } from './ledger.ts'
import { candidatesOf } from './runs-from-belief.ts'
import type { Session } from './session.ts'
import type { Look } from './windows.ts'

/** What an appliance proposes to have drawn, slot by slot [W]. */
type Proposals = Map<ApplianceKey, Float32Array>

/** The account of a session; without a look at it, standby alone is told apart. */
export function analyseSession(
  session: Session,
  look: Look | undefined,
  model: HomeModel,
  household: Household,
): Ledger {
  const declared = [...household.appliances.keys()].filter((key) => key !== 'smallAppliances')
  const ledger = openLedger(session, declared)
  giveStandby(ledger, model.standbyW)
  if (look === undefined) return ledger
  const owners = headsOfHome(household, model.peakW)
  const claims = settleClaims(session, claimsOf(session, look, owners))
  const proposals = proposalsOf(session, look, owners, claims)
  share(ledger, proposals)
  for (const { appliance, start, stop } of claims) noteRun(ledger, appliance, start, stop)
  return ledger
}

function claimsOf(session: Session, look: Look, owners: ReadonlyMap<Head, ApplianceKey>): Claim[] {
  return [...owners].flatMap(([head, appliance]) => {
    const decision = runDecisions[session.slotS][head]
    if (decision === undefined) return []
    const { belief, powerW } = outputsOf(look, head)
    return candidatesOf(session, belief, powerW, decision).map((candidate) => ({ appliance, ...candidate }))
  })
}

function proposalsOf(
  session: Session,
  look: Look,
  owners: ReadonlyMap<Head, ApplianceKey>,
  claims: readonly Claim[],
): Proposals {
  const proposals: Proposals = new Map()
  const columnOf = (appliance: ApplianceKey): Float32Array => {
    const column = proposals.get(appliance) ?? new Float32Array(session.powerW.length)
    proposals.set(appliance, column)
    return column
  }
  for (const { appliance, start, powerW } of claims) {
    const column = columnOf(appliance)
    for (let slot = 0; slot < powerW.length; slot++)
      column[start + slot] = (column[start + slot] ?? 0) + (powerW[slot] ?? 0)
  }
  for (const [head, appliance] of owners) {
    if (runDecisions[session.slotS][head] !== undefined) continue
    addContinuous(columnOf(appliance), outputsOf(look, head), session.slotS === 900)
  }
  return proposals
}

interface Outputs {
  readonly belief: Float32Array
  readonly powerW: Float32Array
}

function outputsOf(look: Look, head: Head): Outputs {
  const index = indexOfHead[head]
  return { belief: look(index), powerW: look(heads.length + index) }
}

/** A compressor draws where it is more likely on than off; over a quarter-hour, in the share that is likely. */
function addContinuous(column: Float32Array, { belief, powerW }: Outputs, byShare: boolean): void {
  for (let slot = 0; slot < column.length; slot++) {
    const here = belief[slot] ?? 0
    const share = byShare ? here : Number(here > 0.5)
    column[slot] = (column[slot] ?? 0) + share * (powerW[slot] ?? 0)
  }
}

/** Gives every appliance what it proposes, all less in proportion where that is more than is left. */
function share(ledger: Ledger, proposals: Proposals): void {
  for (let slot = 0; slot < ledger.session.powerW.length; slot++) {
    const leftW = ledger.leftW[slot] ?? 0
    let askedW = 0
    for (const column of proposals.values()) askedW += column[slot] ?? 0
    if (askedW === 0) continue
    const part = Math.min(1, leftW / askedW)
    for (const [appliance, column] of proposals) give(ledger, appliance, slot, part * (column[slot] ?? 0))
  }
}
