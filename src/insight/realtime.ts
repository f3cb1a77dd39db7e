/** What runs right now? The power that the newest reading shows, if it is fresh enough to be called "now". */
import { type EpochMs, formatInstant, type TimeZone } from '../energy/civil-time.ts'
import type { Reading } from '../energy/readings.ts'
import { instantOrNull, type Meta } from './answers.ts'

/** A reading older than this is no "now" [s]. */
export const realtimeAgeMaxS = 900

/** Mean or instantaneous power [W] and the instant it is known for. */
interface Moment {
  readonly powerW: number | null
  readonly measuredAt: EpochMs
}

export interface RealtimeQuestion {
  readonly accountNumber: string
  readonly timeZone: TimeZone
  readonly now: EpochMs
  /** Readings of the last hours, not after now, newest first. */
  readonly readings: readonly Reading[]
  /** Until when the account was ever measured; `null` where it never was. */
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
  const { accountNumber, timeZone, now } = question
  const newest = newestMoment(question.readings, now)
  const measuredAt = newest?.measuredAt ?? pastOf(question.newestMeasuredAt, now)
  const isFresh = newest !== undefined && now - newest.measuredAt <= realtimeAgeMaxS * 1000
  const powerW = isFresh ? newest.powerW : null
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
      reason: powerW !== null ? null : measuredAt === null ? 'no_readings' : 'stale',
    },
  }
}

function pastOf(at: EpochMs | null, now: EpochMs): EpochMs | null {
  return at === null || at > now ? null : at
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
  return newest && { powerW: newest.value, measuredAt: newest.at }
}

/** Interval energy counts as its mean power, measured at its end. */
function energyMoment(readings: readonly Reading[], now: EpochMs): Moment | undefined {
  const newest = readings.find(({ kind, at, spanS }) => kind === 'energy' && at + spanS * 1000 <= now)
  if (newest === undefined) return undefined
  const powerW = newest.value === null ? null : (newest.value * 3600) / newest.spanS
  return { powerW, measuredAt: newest.at + newest.spanS * 1000 }
}

/** The mean power between the two newest register readings; none over a reset or too long a gap. */
function registerMoment(readings: readonly Reading[], now: EpochMs): Moment | undefined {
  const [newest, before] = readings.filter(({ kind, at }) => kind === 'register' && at <= now)
  if (newest === undefined || before === undefined) return undefined
  const gapS = (newest.at - before.at) / 1000
  if (newest.value === null || before.value === null || newest.value < before.value || gapS > newest.spanS)
    return undefined
  return { powerW: ((newest.value - before.value) * 3600) / gapS, measuredAt: newest.at }
}
