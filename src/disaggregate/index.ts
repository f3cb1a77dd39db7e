/**
 * The disaggregation room's door: `createDisaggregator()`.
 */
import { analysisContext } from '../energy/analysis.ts'
import type { ApplianceKey } from '../energy/appliances.ts'
import type { CivilDay } from '../energy/civil-time.ts'
import { type DayCurve, energyWhOf, type SlotS } from '../energy/load-curve.ts'
import { continuousAppliances, referenceAppliances } from '../energy/reference-appliances.ts'
import { analyseSession, type SessionApart } from './analyse-session.ts'
import { hazeOf, slowestS } from './clarity.ts'
import { asQuarters, betweenMeasured, inMinutes, isCoarse } from './coarse-minutes.ts'
import { confidenceOf, sureBesideHeat, sureOfCycles, unknownHeatS } from './confidence.ts'
import type { DayDisaggregation, DisaggregationInput, Disaggregator } from './engine.ts'
import { type Head, tellsRuns } from './heads.ts'
import { type DayProfile, type HomeModel, modelDays, modelOf, profileOf } from './home-model.ts'
import type { Network } from './network.ts'
import { runsOfDay } from './runs-of-day.ts'
import { cutSlotOf, type Night, nightBetween, type Session, type ToldDay } from './session.ts'
import { type Sight, sightOf } from './sight.ts'
import { hasSparsePower } from './sparse-power.ts'
import { daysSeenBefore, lookAt, windowOf, withoutSwitchingLoad } from './windows.ts'

export type { DayDisaggregation, Disaggregator } from './engine.ts'
export type { Network } from './network.ts'
export { whyUnfit } from './windows.ts'

/** Name and version of the method. */
export const model = 'unet-19'

/** The trained networks, by the slots they were trained on; where one is missing, standby alone is told apart. */
interface Networks {
  readonly minute?: Network
  /** Of minutes whose power is sparse; where it is missing, they are as any others. */
  readonly sparse?: Network
  readonly quarter?: Network
}

/** The method of trained networks. Keeps no state between calls. */
export function createDisaggregator(networks: Networks = {}): Disaggregator {
  return { model, tellsRuns, disaggregate: (input) => disaggregate(networks, input) }
}

/** How many sessions before a session say what its pulses and programs are: all whose windows both of its days see whole. */
const earlierSessions: Readonly<Record<SlotS, number>> = {
  60: analysisContext.daysBefore - 1 - daysSeenBefore(60),
  900: analysisContext.daysBefore - 1 - daysSeenBefore(900),
}
const mostEarlier = Math.max(...Object.values(earlierSessions))

/** A compressor rests for no longer between two cycles [s]. */
const longestRestS = 2 * 3600
/** Of a usual device, less than this share is a remnant of others. */
const leastFoundShare = 0.1

/** What was worked out of a session. */
interface Account extends SessionApart {
  readonly home: HomeModel
}

/** The accounts of a night's sessions; one and the same where the night is one session. */
type NightAccount = { readonly [Part in keyof Night]: Account | undefined }

/**
 * Days of minutes that repeat a coarser meter are told apart in quarter-hours, and those whose power is sparse by a network of their own, where
 * there is one.
 */
async function disaggregate(networks: Networks, input: DisaggregationInput): Promise<DayDisaggregation[]> {
  const toldAs = (day: DayCurve, before?: DayCurve): ToldDay => {
    if (networks.sparse !== undefined && hasSparsePower(day, before)) return { ...day, hasSparsePower: true }
    return networks.quarter !== undefined && isCoarse(day, before) ? asQuarters(day) : day
  }
  const days = input.days.map((day, index) => toldAs(day, input.days[index - 1]))
  // The oldest day of a context has no day before it: so days before a session are what they show themselves, in any stretch.
  const seenAlone = input.days.map((day) => toldAs(day))
  const told = await tellApart(networks, { ...input, days }, seenAlone, homeModels(input))
  const coarse = input.days.filter((day, index) => day.slotS !== days[index]?.slotS)
  return told.map((result, place) => {
    const [day, asTold] = [input.days[input.from + place], days[input.from + place]]
    const runs = betweenMeasured(result.runs, coarse)
    if (day === undefined || asTold === undefined || day.slotS === asTold.slotS) return { ...result, runs }
    return { ...result, columns: inMinutes(day, asTold, result.columns), runs }
  })
}

/** Nights stand by the day they begin in: from the earliest that says something to the last one asked for. */
async function tellApart(
  networks: Networks,
  input: DisaggregationInput,
  seenAlone: readonly DayCurve[],
  homes: HomeModels,
): Promise<DayDisaggregation[]> {
  const { household, days } = input
  const to = Math.min(input.to, days.length)
  const first = input.from - 1 - mostEarlier
  const nights = Array.from({ length: Math.max(0, to - first) }, (_, place) =>
    nightBetween(days[first + place], days[first + place + 1]),
  )
  const sights = await sightsOf(networks, { ...input, seenAlone }, nights, first)
  const accountOf = (place: number, session: Session | undefined, home: HomeModel, on: CivilDay | undefined) => {
    if (session === undefined || on === undefined) return undefined
    const sight = sights.get(session)
    const before = nights.slice(place - earlierSessions[session.slotS], place).flatMap(sessionsOf)
    const earlier = before.flatMap((one) => (one.slotS === session.slotS ? (sights.get(one) ?? []) : []))
    return { home, ...analyseSession(session, { household, home, on, sight, earlier }) }
  }
  const accounts = nights.map((night, place): NightAccount => {
    if (place < mostEarlier) return { evening: undefined, morning: undefined }
    const index = first + place
    const [day, next] = [days[index]?.day, days[index + 1]?.day]
    if (night.morning === night.evening) {
      const account = accountOf(place, night.evening, homes.byNight(index), day)
      return { evening: account, morning: account }
    }
    return {
      evening: accountOf(place, night.evening, homes.byDay(index), day),
      morning: accountOf(place, night.morning, homes.byDay(index + 1), next),
    }
  })
  return days.slice(input.from, to).map((day, place) => {
    const [before, own] = [accounts[mostEarlier + place], accounts[mostEarlier + place + 1]]
    return dayOf(day, input, before, own?.evening)
  })
}

function sessionsOf({ evening, morning }: Night): Session[] {
  return [...new Set([evening, morning])].filter((session) => session !== undefined)
}

type NetworkName = keyof Networks

/** Which network looks at a session. */
function networkFor({ slotS, hasSparsePower }: Session): NetworkName {
  if (slotS === 900) return 'quarter'
  return hasSparsePower === true ? 'sparse' : 'minute'
}

/** What the networks see of each session with something measured; those of one network together. */
async function sightsOf(
  networks: Networks,
  { days, seenAlone, household }: DisaggregationInput & { readonly seenAlone: readonly DayCurve[] },
  nights: readonly Night[],
  first: number,
): Promise<ReadonlyMap<Session, Sight>> {
  const sights = new Map<Session, Sight>()
  const sessions = nights.flatMap((night, place) => sessionsOf(night).map((session) => ({ session, place })))
  const measured = sessions.filter(({ session }) => session.measured.includes(1))
  for (const [name, own] of Map.groupBy(measured, ({ session }) => networkFor(session))) {
    const network = networks[name]
    if (network === undefined) continue
    const asked = own.flatMap(({ session, place }) => {
      if (place < mostEarlier - earlierSessions[session.slotS]) return []
      const window = windowOf(session, days, first + place, seenAlone)
      return [{ session, window, calm: withoutSwitchingLoad(window, session.slotS) }]
    })
    const windows = asked.flatMap(({ window, calm }) => (calm === undefined ? [window] : [window, calm]))
    const looks = new Map((await lookAt(network, windows)).map((look, at) => [windows[at], look]))
    for (const { session, window, calm } of asked) {
      const [look, calmLook] = [looks.get(window), looks.get(calm)]
      const beside = calm && calmLook && { look: calmLook, loadW: calm.loadW }
      if (look !== undefined) sights.set(session, sightOf(session, look, household, beside))
    }
  }
  return sights
}

/** What is known of the home by the end of a day, and in the night after it. */
interface HomeModels {
  readonly byDay: (index: number) => HomeModel
  /** As both days of the night know it: by the day before, or, where that day says nothing, by the hours that it sees of the next. */
  readonly byNight: (index: number) => HomeModel
}

function homeModels({ days }: DisaggregationInput): HomeModels {
  const profiles = new Map<number, DayProfile>()
  const byDay = (index: number): HomeModel =>
    modelOf(profilesUpTo(days, profiles, index, modelDays), profilesUpTo(days, profiles, index - modelDays, 1)[0])
  const byNight = (index: number): HomeModel => {
    const own = byDay(index)
    const next = days[index + 1]
    if (own.days > 0 || next === undefined) return own
    const known = profilesUpTo(days, profiles, index, modelDays)
    return modelOf([...known, profileOf(firstHoursOf(next), next.powerW.length)])
  }
  return { byDay, byNight }
}

/** What the day before sees of a day. */
function firstHoursOf(day: DayCurve): DayCurve {
  const slots = (analysisContext.hoursAfter * 3600) / day.slotS
  return { ...day, powerW: day.powerW.subarray(0, slots), measured: day.measured.subarray(0, slots) }
}

/** The profiles of so many days up to one, itself included, as far as they are known. */
function profilesUpTo(
  days: readonly DayCurve[],
  profiles: Map<number, DayProfile>,
  index: number,
  count: number,
): DayProfile[] {
  const known: DayProfile[] = []
  for (let one = Math.max(0, index - count + 1); one <= index; one++) {
    const day = days[one]
    if (day === undefined) continue
    const profile = profiles.get(one) ?? profileOf(day)
    profiles.set(one, profile)
    known.push(profile)
  }
  return known
}

function dayOf(
  day: ToldDay,
  input: DisaggregationInput,
  night: NightAccount | undefined,
  own: Account | undefined,
): DayDisaggregation {
  const before = night?.morning
  /** A curve of the day, of the parts of its sessions that lie in it. */
  const inDay = (curveOf: (account: Account) => Float32Array | undefined): Float32Array => {
    const curve = new Float32Array(day.powerW.length)
    const tail = before && curveOf(before)?.subarray(before.ledger.session.midnight)
    if (tail !== undefined) curve.set(tail)
    const head = own && curveOf(own)?.subarray(0, own.ledger.session.midnight)
    if (head !== undefined) curve.set(head, cut)
    return curve
  }
  const isInCycles = [before, own].some((account) => account?.fridgeBelief !== undefined)
  const columns = new Map<ApplianceKey, Float32Array>()
  const cut = cutSlotOf(day)
  const haze = hazeOf(day)
  const confidence: Partial<Record<ApplianceKey, number>> = {}
  for (const appliance of input.household.appliances.keys())
    if (appliance !== 'smallAppliances')
      columns.set(
        appliance,
        inDay(({ ledger }) => ledger.columns.get(appliance)),
      )
  const heatS = day.slotS === 60 ? unknownHeatS(day, columns.values()) : 0
  for (const [appliance, column] of columns) {
    const heads = headsOf(appliance, [own, before])
    const sure =
      isInCycles && appliance === 'fridge'
        ? sureOfCycles(
            column,
            inDay(({ fridgeBelief }) => fridgeBelief),
          )
        : sureBesideHeat(appliance, heatS)
    // From readings that far apart, what is found of runs does not say how many there were.
    const isBlurred = haze.readingsApartS >= slowestS && !continuousAppliances.includes(appliance)
    confidence[appliance] =
      isBlurred || isMissed(appliance, column, day)
        ? 0
        : confidenceOf(appliance, day.slotS, haze, own?.home, heads, sure)
  }
  const accounts = new Set([night?.evening, before, own])
  const ledgers = [...accounts].flatMap((account) => account?.ledger ?? [])
  return { columns, runs: runsOfDay(day, ledgers), confidence, toldSlotS: day.slotS }
}

/** Whether an appliance that runs all day was not found in one: next to nothing of it, in more than a rest between two cycles. */
function isMissed(appliance: ApplianceKey, column: Float32Array, { slotS, measured }: DayCurve): boolean {
  if (appliance !== 'fridge' && appliance !== 'freezer') return false
  const measuredS = measured.reduce((count, flag) => count + flag, 0) * slotS
  const usualWh = ((referenceAppliances[appliance].dayWh ?? 0) * measuredS) / 86_400
  const foundWh = energyWhOf(
    column.reduce((sumW, powerW) => sumW + powerW, 0),
    slotS,
  )
  return measuredS >= longestRestS && foundWh < leastFoundShare * usualWh
}

/** The heads that spoke for an appliance in the first of some sessions in which any did. */
function headsOf(appliance: ApplianceKey, accounts: readonly (Account | undefined)[]): Head[] {
  const spoke = accounts.map((account) =>
    [...(account?.owners ?? [])].flatMap(([head, owner]) => (owner === appliance ? head : [])),
  )
  return spoke.find((heads) => heads.length > 0) ?? []
}
