/** What runs right now? The power that the newest reading shows, if it is fresh enough to be called "now". */
import { type EpochMs, formatInstant, type TimeZone } from '../energy/civil-time.ts'
import { meanPowerWOf } from '../energy/load-curve.ts'
import { powerWMax, type Reading, type ReadingKind, RegisterSteps } from '../energy/readings.ts'
import { instantOrNull, type Meta, type Reason } from './answers.ts'

/** A reading older than this is no "now" [s]. */
export const realtimeAgeMaxS = 900

/** Mean or instantaneous power [W] and the instant it is known for. */
interface Moment {
  readonly kind: ReadingKind
  readonly powerW: number | null
  readonly measuredAt: EpochMs
}

export interface RealtimeQuestion {
  readonly accountNumber: string
  readonly timeZone: TimeZone
  readonly now: EpochMs
  /** Readings of the last hours, not after now, newest first; registers of a day where the answer rests on one. */
  readonly readings: readonly Reading[]
  /** Until when the account was measured, not after now; `null` where it never was. */
  readonly newestMeasuredAt: EpochMs | null
}

export interface RealtimeData {
  readonly account_number: string
  readonly realtime_consumption: number | null
  readonly measured_at: string | null
  readonly age_s: number | null
  readonly meta: Meta
}

/** The answer of `GET …/consumption/realtime`. */
export function realtimeAnswer(question: RealtimeQuestion): RealtimeData {
  const { accountNumber, timeZone, now, readings } = question
  const newest = newestMoment(readings, now)
  const powerW = newest !== undefined && isFresh(newest.measuredAt, now) ? newest.powerW : null
  const measuredAt = powerW === null ? lastMeasuredAt(question) : (newest?.measuredAt ?? null)
  return {
    account_number: accountNumber,
    realtime_consumption: powerW === null ? null : Math.round(powerW),
    measured_at: instantOrNull(measuredAt),
    age_s: measuredAt === null ? null : Math.floor((now - measuredAt) / 1000),
    meta: {
      unit: 'W',
      time_zone: timeZone,
      from: powerW === null ? null : instantOrNull(measuredAt),
      to: powerW === null ? null : formatInstant(now),
      resolution_s: null,
      coverage: null,
      estimated: false,
      model: null,
      reason: powerW === null ? missingPowerReason(measuredAt, latestOf(newest?.measuredAt, measuredAt), now) : null,
    },
  }
}

/** Whether a step of a register answers: whether it comes back from a fall, only the registers of `neededBeforeMs` show. */
export function restsOnRegister(readings: readonly Reading[], now: EpochMs): boolean {
  return newestMoment(readings, now)?.kind === 'register'
}

/** An explicit "not measured" does not count: the instant would go back once that reading is too old to be looked at. */
function lastMeasuredAt({ readings, now, newestMeasuredAt }: RealtimeQuestion): EpochMs | null {
  const measured = readings.filter(({ value }) => value !== null)
  return latestOf(newestMoment(measured, now)?.measuredAt, newestMeasuredAt)
}

/**
 * What is fresh and shows no power (a first register, a reset, an explicit "not measured") is too little, not too old.
 * @param toldAt of the newest reading, measured or not
 */
function missingPowerReason(measuredAt: EpochMs | null, toldAt: EpochMs | null, now: EpochMs): Reason {
  if (measuredAt === null || toldAt === null) return 'no_readings'
  return isFresh(toldAt, now) ? 'low_coverage' : 'stale'
}

function isFresh(measuredAt: EpochMs, now: EpochMs): boolean {
  return now - measuredAt <= realtimeAgeMaxS * 1000
}

function latestOf(one: EpochMs | undefined, other: EpochMs | null): EpochMs | null {
  return one === undefined || other === null ? (one ?? other) : Math.max(one, other)
}

/** The newest of all kinds that is over at `now`; of two at one instant, the instantaneous power. */
function newestMoment(readings: readonly Reading[], now: EpochMs): Moment | undefined {
  const moments = [powerMoment(readings, now), registerMoment(readings, now), energyMoment(readings, now)]
  return moments
    .filter((moment) => moment !== undefined)
    .sort((one, other) => other.measuredAt - one.measuredAt)
    .at(0)
}

/** An explicit "not measured" is an answer too: the meter says that it does not know. */
function powerMoment(readings: readonly Reading[], now: EpochMs): Moment | undefined {
  const newest = readings.find(({ kind, at }) => kind === 'power' && at <= now)
  return newest && { kind: 'power', powerW: newest.value, measuredAt: newest.at }
}

/** Interval energy counts as its mean power, measured at its end; of intervals that end together the shortest that measured. */
function energyMoment(readings: readonly Reading[], now: EpochMs): Moment | undefined {
  const over = readings.filter((reading) => reading.kind === 'energy' && endOf(reading) <= now)
  const [newest] = over.toSorted(
    (one, other) => endOf(other) - endOf(one) || Number(one.value === null) - Number(other.value === null),
  )
  if (newest === undefined) return undefined
  const powerW = newest.value === null ? null : meanPowerWOf(newest.value, newest.spanS)
  return { kind: 'energy', powerW, measuredAt: endOf(newest) }
}

function endOf({ at, spanS }: Reading): EpochMs {
  return at + spanS * 1000
}

/** The mean power between the two newest registers that were read; none over a reset, an exchange, a fault, too long a gap or a coarse counter's step. */
function registerMoment(readings: readonly Reading[], now: EpochMs): Moment | undefined {
  const read = readings.flatMap(({ kind, at, spanS, value }) =>
    kind === 'register' && value !== null && at <= now ? [{ at, spanS, registerWh: value }] : [],
  )
  const [newest, before] = read
  if (newest === undefined || before === undefined) return undefined
  const steps = new RegisterSteps()
  const isEnergy = read
    .toReversed()
    .map((to, index, inTime) => {
      const from = inTime[index - 1] ?? to
      return steps.isEnergy(from.registerWh, to.registerWh, (to.at - from.at) / 1000)
    })
    .at(-1)
  const gapS = (newest.at - before.at) / 1000
  const powerW = meanPowerWOf(newest.registerWh - before.registerWh, gapS)
  return isEnergy === true && gapS <= newest.spanS && powerW <= powerWMax
    ? { kind: 'register', powerW, measuredAt: newest.at }
    : undefined
}
