/**
 * The disaggregation room's door: `createDisaggregator()`.
 */
import type { Run } from '../energy/analysis.ts'
import type { ApplianceKey } from '../energy/appliances.ts'
import type { DayCurve } from '../energy/load-curve.ts'
import { analyseSession } from './analyse-session.ts'
import { confidenceOf } from './confidence.ts'
import type { DayDisaggregation, DisaggregationInput, Disaggregator } from './engine.ts'
import { type DayProfile, type HomeModel, modelDays, modelOf, profileOf } from './home-model.ts'
import { type Ledger, runAt } from './ledger.ts'
import type { Network } from './network.ts'
import { cutSlotOf, sessionBetween } from './session.ts'

export type { DayDisaggregation, DisaggregationInput, Disaggregator } from './engine.ts'
export type { Network } from './network.ts'

/** Name and version of the method. */
export const model = 'edges-1'

/** The trained networks, by the slots they were trained on; each may be missing. */
export interface Networks {
  readonly minute?: Network
  readonly quarter?: Network
}

/** The event-and-shape method. Keeps no state between calls. */
export function createDisaggregator(_networks: Networks = {}): Disaggregator {
  return { model, disaggregate: async (input) => disaggregate(input) }
}

function disaggregate(input: DisaggregationInput): DayDisaggregation[] {
  const profiles = new Map<number, DayProfile>()
  const results: DayDisaggregation[] = []
  let before = accountOf(input, profiles, input.from - 1)?.ledger
  for (let index = input.from; index < input.to; index++) {
    const own = accountOf(input, profiles, index)
    const day = input.days[index]
    if (day === undefined) break
    results.push(dayOf(day, input, before, own))
    before = own?.ledger
  }
  return results
}

/** A session told apart, and what was known of the home. */
interface Account {
  readonly ledger: Ledger
  readonly home: HomeModel
}

/** The account of the session that begins in a day. */
function accountOf(input: DisaggregationInput, profiles: Map<number, DayProfile>, index: number): Account | undefined {
  const session = sessionBetween(input.days[index], input.days[index + 1])
  if (session === undefined) return undefined
  const own = modelOf(profilesBefore(input, profiles, index))
  // The night before a home's first day has no week behind it: it is seen with the eyes of the day itself.
  const home = own.days > 0 ? own : modelOf(profilesBefore(input, profiles, index + 1))
  return { ledger: analyseSession(session, home, input.household), home }
}

function profilesBefore(input: DisaggregationInput, profiles: Map<number, DayProfile>, index: number): DayProfile[] {
  const known: DayProfile[] = []
  const slotS = (input.days[index] ?? input.days[index + 1])?.slotS
  for (let one = Math.max(0, index - modelDays + 1); one <= index; one++) {
    const day = input.days[one]
    if (day === undefined || day.slotS !== slotS) continue
    const profile = profiles.get(one) ?? profileOf(day)
    profiles.set(one, profile)
    known.push(profile)
  }
  return known
}

function dayOf(
  day: DayCurve,
  input: DisaggregationInput,
  before: Ledger | undefined,
  account: Account | undefined,
): DayDisaggregation {
  const own = account?.ledger
  const columns = new Map<ApplianceKey, Float32Array>()
  const cut = cutSlotOf(day)
  const confidence: Partial<Record<ApplianceKey, number>> = {}
  for (const appliance of input.household.appliances.keys()) {
    if (appliance === 'smallAppliances') continue
    const column = new Float32Array(day.powerW.length)
    const tail = before?.session.slotS === day.slotS ? before.columns.get(appliance) : undefined
    if (tail !== undefined && before !== undefined) column.set(tail.subarray(before.session.midnight))
    const head = own?.columns.get(appliance)
    if (head !== undefined && own !== undefined) column.set(head.subarray(0, own.session.midnight), cut)
    columns.set(appliance, column)
    confidence[appliance] = confidenceOf(appliance, day.slotS, account?.home)
  }
  return { columns, runs: runsOf(day, before, own), confidence }
}

function runsOf(day: DayCurve, before: Ledger | undefined, own: Ledger | undefined): Run[] {
  const endAt = day.startAt + day.powerW.length * day.slotS * 1000
  const runs = [before, own].flatMap((ledger) =>
    ledger === undefined ? [] : ledger.runs.map((run) => runAt(ledger.session, run)),
  )
  return runs.filter((run) => run.startAt >= day.startAt && run.startAt < endAt).sort((a, b) => a.startAt - b.startAt)
}
