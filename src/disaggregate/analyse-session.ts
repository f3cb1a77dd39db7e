/**
 * Takes one session apart: the networks' beliefs, held to what a home can be.
 *
 * Standby is what never goes away. Every other appliance proposes what it drew in its runs (compressors in quarter-hours: in
 * the share of time they are believed to run). Where two programs, or two pulses, claim one heating, the surer one keeps
 * it. What holds without being sure is given a share (`RunDecision.sure`); what nobody is given is a small appliance's.
 * Where the proposals of a slot exceed what the meter shows beyond standby, each gives way in proportion.
 */
import type { ApplianceKey } from '../energy/appliances.ts'
import type { CivilDay } from '../energy/civil-time.ts'
import type { Household } from '../energy/household.ts'
import { energyWhOf } from '../energy/load-curve.ts'
import { type Claim, settleClaims } from './claims.ts'
import { giveStandby } from './floor.ts'
import { type Head, headsOfHome, runDecisions } from './heads.ts'
import type { HomeModel } from './home-model.ts'
import { give, type Ledger, noteRun, openLedger } from './ledger.ts'
import { candidatesOf, type Outputs } from './runs-from-belief.ts'
import type { Session } from './session.ts'
import { heatsWaterAtOnce, type Sight } from './sight.ts'

/** What each appliance proposes to have drawn, slot by slot [W]. */
type Proposals = Map<ApplianceKey, Float32Array>

/** What is known when a session is taken apart. */
export interface Knowledge {
  readonly household: Household
  readonly home: HomeModel
  /** The day it begins in. */
  readonly on: CivilDay
  /** The session as a network saw it; without that, standby alone is told apart. */
  readonly sight: Sight | undefined
  /** The sessions of the days before, as far as they were seen. */
  readonly earlier: readonly Sight[]
}

/** A session, taken apart. */
export interface SessionApart {
  readonly ledger: Ledger
  /** The heads that spoke, and for which appliance. */
  readonly owners: ReadonlyMap<Head, ApplianceKey>
  /** What the networks believe of fridges, the most of any of them slot by slot; `undefined` where no cycles of one are told. */
  readonly fridgeBelief?: Float32Array
}

/** Takes a session apart. */
export function analyseSession(session: Session, { household, home, on, sight, earlier }: Knowledge): SessionApart {
  const declared = [...household.appliances.keys()].filter((key) => key !== 'smallAppliances')
  const ledger = openLedger(session, declared)
  giveStandby(ledger, home.standbyW ?? 0)
  if (sight === undefined) return { ledger, owners: new Map() }
  const heatsAtOnce = household.appliances.has('waterHeater') && heatsWaterAtOnce([...earlier, sight])
  const owners = headsOfHome(household, heatsAtOnce, on)
  const claimed = Map.groupBy(claimsOf(ledger, sight, earlier, owners, household), ({ head }) => sight.sessionFor(head))
  const settled = [...claimed].flatMap(([seen, claims]) => settleClaims(seen, claims))
  const claims = settled.sort((one, other) => one.start - other.start)
  const proposals = proposalsOf(session, sight, owners, claims)
  shareOut(ledger, proposals)
  for (const claim of claims) noteRun(ledger, { ...claim, energyWh: givenWh(ledger, proposals, claim) })
  const fridgeBelief = beliefInCycles('fridge', session, sight, owners)
  return { ledger, owners, ...(fridgeBelief && { fridgeBelief }) }
}

/** The most that any head believes of an appliance that it tells in cycles, slot by slot; `undefined` where none does. */
function beliefInCycles(
  appliance: ApplianceKey,
  { slotS }: Session,
  { outputs }: Sight,
  owners: ReadonlyMap<Head, ApplianceKey>,
): Float32Array | undefined {
  const beliefs = [...owners].flatMap(([head, owner]) =>
    owner === appliance && runDecisions[slotS][head]?.cycles === true ? (outputs.get(head)?.belief ?? []) : [],
  )
  const [first, ...others] = beliefs
  return first?.map((belief, slot) => others.reduce((most, other) => Math.max(most, other[slot] ?? 0), belief))
}

/** What a claim was given of what was measured [Wh]: its part of what its appliance was given. Two fridges may run at once. */
function givenWh(
  { columns, session }: Ledger,
  proposals: Proposals,
  { appliance, start, powerW, share }: Claim,
): number {
  const [given, proposed] = [columns.get(appliance), proposals.get(appliance)]
  let sumW = 0
  for (const [slot, claimedW] of powerW.entries()) {
    const proposedW = proposed?.[start + slot] ?? 0
    const knownShare = session.knownShare?.[start + slot] ?? 1
    if (claimedW > 0) sumW += knownShare * (given?.[start + slot] ?? 0) * ((share * claimedW) / proposedW)
  }
  return energyWhOf(sumW, session.slotS)
}

function claimsOf(
  { session, leftW }: Ledger,
  sight: Sight,
  earlier: readonly Sight[],
  owners: ReadonlyMap<Head, ApplianceKey>,
  household: Household,
): Claim[] {
  return [...owners].flatMap(([head, appliance]) => {
    const decision = runDecisions[session.slotS][head]
    const outputs = sight.outputs.get(head)
    if (decision === undefined || outputs === undefined) return []
    const candidates = candidatesOf(sight.sessionFor(head), outputs, decision, {
      leftW,
      own: sight.sightings.get(head) ?? [],
      earlier: earlier.map((one) => one.sightings.get(head) ?? []),
      devices: household.appliances.get(appliance) ?? 1,
    })
    return candidates.map((candidate) => ({ appliance, head, isPulse: decision.isPulse === true, ...candidate }))
  })
}

function proposalsOf(
  session: Session,
  sight: Sight,
  owners: ReadonlyMap<Head, ApplianceKey>,
  claims: readonly Claim[],
): Proposals {
  const proposals: Proposals = new Map()
  const columnOf = (appliance: ApplianceKey): Float32Array => {
    const column = proposals.get(appliance) ?? new Float32Array(session.powerW.length)
    proposals.set(appliance, column)
    return column
  }
  for (const { appliance, start, powerW, share } of claims) {
    const column = columnOf(appliance)
    for (const [slot, slotW] of powerW.entries()) column[start + slot] = (column[start + slot] ?? 0) + share * slotW
  }
  for (const [head, appliance] of owners) {
    const outputs = sight.outputs.get(head)
    if (outputs === undefined || runDecisions[session.slotS][head] !== undefined) continue
    addLikely(columnOf(appliance), outputs)
  }
  return proposals
}

/** What is not seen to switch draws in the share in which it is believed to run. */
function addLikely(column: Float32Array, { belief, powerW }: Outputs): void {
  for (let slot = 0; slot < column.length; slot++)
    column[slot] = (column[slot] ?? 0) + (belief[slot] ?? 0) * (powerW[slot] ?? 0)
}

/** Gives every appliance what it proposes, all less in proportion where that is more than is left. */
function shareOut(ledger: Ledger, proposals: Proposals): void {
  for (let slot = 0; slot < ledger.session.powerW.length; slot++) {
    const leftW = ledger.leftW[slot] ?? 0
    let askedW = 0
    for (const column of proposals.values()) askedW += column[slot] ?? 0
    if (askedW === 0) continue
    const part = Math.min(1, leftW / askedW)
    for (const [appliance, column] of proposals) give(ledger, appliance, slot, part * (column[slot] ?? 0))
  }
}
