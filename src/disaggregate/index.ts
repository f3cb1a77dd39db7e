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
import { cutSlotOf, type Session, sessionBetween } from './session.ts'
import { type Sight, sightOf } from './sight.ts'
import { lookAt, windowOf } from './windows.ts'

export type { DayDisaggregation, DisaggregationInput, Disaggregator } from './engine.ts'
export type { Network } from './network.ts'

/** Name and version of the method. */
export const model = 'unet-2'

/** The trained networks, by the slots they were trained on; where one is missing, standby alone is told apart. */
export interface Networks {
  readonly minute?: Network
  readonly quarter?: Network
}

/** The method of trained networks. Keeps no state between calls. */
export function createDisaggregator(networks: Networks = {}): Disaggregator {
  return { model, disaggregate: (input) => disaggregate(networks, input) }
}

/** How many sessions before a session say what its pulses and programs are: all that both of its days see whole. */
const earlierSessions = 5

/** What was worked out of a session; `undefined` where neither of its days is there. */
type Account = { readonly ledger: Ledger; readonly home: HomeModel; readonly seen: boolean } | undefined

/** Sessions stand by the day they begin in: from the earliest that says something to the last one asked for. */
async function disaggregate(networks: Networks, input: DisaggregationInput): Promise<DayDisaggregation[]> {
  const to = Math.min(input.to, input.days.length)
  const first = input.from - 1 - earlierSessions
  const sessions = Array.from({ length: Math.max(0, to - first) }, (_, place) =>
    sessionBetween(input.days[first + place], input.days[first + place + 1]),
  )
  const sights = await sightsOf(networks, input.days, sessions, first)
  const homes = homeModels(input)
  const accounts = sessions.map((session, place): Account => {
    const on = (input.days[first + place] ?? input.days[first + place + 1])?.day
    if (session === undefined || on === undefined || place < earlierSessions) return undefined
    const home = homes(first + place)
    const sight = sights[place]
    const earlier = sights.slice(place - earlierSessions, place).filter((one) => one !== undefined)
    const ledger = analyseSession(session, { household: input.household, home, on, sight, earlier })
    return { ledger, home, seen: sight !== undefined }
  })
  return input.days
    .slice(input.from, to)
    .map((day, place) => dayOf(day, input, accounts[earlierSessions + place], accounts[earlierSessions + place + 1]))
}

/** What the networks see of each session; those of one slot length together. */
async function sightsOf(
  networks: Networks,
  days: readonly DayCurve[],
  sessions: readonly (Session | undefined)[],
  first: number,
): Promise<(Sight | undefined)[]> {
  const sights: (Sight | undefined)[] = sessions.map(() => undefined)
  for (const [slotS, network] of [[60, networks.minute] as const, [900, networks.quarter] as const]) {
    if (network === undefined) continue
    const own = sessions.flatMap((session, place) => (session?.slotS === slotS ? [{ session, place }] : []))
    const windows = own.map(({ session, place }) => windowOf(session, days, first + place))
    const looks = await lookAt(network, windows)
    for (const [at, look] of looks.entries()) {
      const one = own[at]
      if (one !== undefined) sights[one.place] = sightOf(one.session, look)
    }
  }
  return sights
}

/** What is known of the home by each day. The night before a home's first day is seen with the eyes of that day. */
function homeModels(input: DisaggregationInput): (index: number) => HomeModel {
  const profiles = new Map<number, DayProfile>()
  const until = (index: number): HomeModel => modelOf(profilesBefore(input, profiles, index))
  return (index) => {
    const own = until(index)
    return own.days > 0 ? own : until(index + 1)
  }
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

function dayOf(day: DayCurve, input: DisaggregationInput, before: Account, own: Account): DayDisaggregation {
  const columns = new Map<ApplianceKey, Float32Array>()
  const cut = cutSlotOf(day)
  const confidence: Partial<Record<ApplianceKey, number>> = {}
  for (const appliance of input.household.appliances.keys()) {
    if (appliance === 'smallAppliances') continue
    const column = new Float32Array(day.powerW.length)
    const night = before?.ledger
    const tail = night?.session.slotS === day.slotS ? night.columns.get(appliance) : undefined
    if (tail !== undefined && night !== undefined) column.set(tail.subarray(night.session.midnight))
    const head = own?.ledger.columns.get(appliance)
    if (head !== undefined && own !== undefined) column.set(head.subarray(0, own.ledger.session.midnight), cut)
    columns.set(appliance, column)
    confidence[appliance] = confidenceOf(appliance, day.slotS, own?.home, own?.seen ?? false)
  }
  return { columns, runs: runsOf(day, before?.ledger, own?.ledger), confidence }
}

function runsOf(day: DayCurve, before: Ledger | undefined, own: Ledger | undefined): Run[] {
  const endAt = day.startAt + day.powerW.length * day.slotS * 1000
  const runs = [before, own].flatMap((ledger) =>
    ledger === undefined ? [] : ledger.runs.map((run) => runAt(ledger.session, run)),
  )
  return runs.filter((run) => run.startAt >= day.startAt && run.startAt < endAt).sort((a, b) => a.startAt - b.startAt)
}
