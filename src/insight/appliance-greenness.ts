/**
 * When should this appliance run in this home? The best times to start it within the next 24 hours, wherever the run ends.
 *
 * Each quarter hour is a start that is tried: the typical run of the home is laid over the renewable share and the tariff
 * bands from there on, weighted by its energy. Score = expected share + price weight × 0.1 × cheapness, where a band's
 * cheapness is 0 in F1, 0.5 in F2, 1 in F3: no price is known here, only the order of the bands. Out: the three best
 * starts, an hour or more apart, with the gain in share against the times at which the home usually starts it.
 */
import type { ApplianceKey } from '../energy/appliances.ts'
import {
  addDays,
  type EpochMs,
  formatInstant,
  hourMs,
  localDayOf,
  sameWallClockOn,
  type TimeZone,
} from '../energy/civil-time.ts'
import type { GridHour } from '../energy/grid-hours.ts'
import { mean } from '../energy/quantiles.ts'
import { roundTo } from '../energy/rounding.ts'
import { type Band, type BandCalendar, bandAt, bands } from '../energy/tariff-bands.ts'
import { type Meta, metaOf, type Reason, type SummedDay } from './answers.ts'
import { bestByHour, type ZoneHours } from './greenness.ts'
import { type Attribution, attributionsOf } from './grid-attribution.ts'
import { type ShapedRun, shapeStepS, type TypicalRun, typicalRunOf } from './typical-run.ts'

/** Fewer runs say little of what is typical. */
export const runsMin = 5
const startsMax = 3
const apartMs = hourMs
const horizonMs = 24 * hourMs
const stepMs = shapeStepS * 1000
/** Share that a run all in F3 counts for more than one all in F1, at price weight 1. */
const shareOfCheapest = 0.1
/** Starts whose share and bands differ by less are alike. */
const flatRange = 0.02

const cheapness: Readonly<Record<Band, number>> = { f1: 0, f2: 0.5, f3: 1 }

/**
 * Why the zone is the one it is: the request names it, the home lies in it, or Italy as a whole stands in, because of the
 * home's own zone nothing is known or because its province is not known.
 */
export const zoneBases = ['asked', 'province', 'no_zone_data', 'no_province'] as const
export type ZoneBasis = (typeof zoneBases)[number]

export interface ApplianceGreennessQuestion {
  readonly accountNumber: string
  readonly appliance: ApplianceKey
  readonly timeZone: TimeZone
  readonly now: EpochMs
  /** All that is known of the zone's hours. */
  readonly grid: ZoneHours
  readonly zoneBasis: ZoneBasis
  /** The bidding zone of the home's province; `null` where that is not known. */
  readonly homeZone: string | null
  /** The home's newest runs of the appliance. */
  readonly runs: readonly ShapedRun[]
  /** The analysed days that they were looked for in, and when those were. */
  readonly days: readonly SummedDay[]
  readonly interval: { readonly fromAt: EpochMs; readonly toAt: EpochMs }
  readonly calendar: BandCalendar
  /** 0: only the share counts; 1: the band counts fully. */
  readonly priceWeight: number
}

type BandShares = Readonly<Record<Band, number>>

export interface ApplianceGreennessData {
  readonly account_number: string
  readonly appliance: ApplianceKey
  readonly typical_run: {
    readonly runs: number
    readonly duration_s: number
    readonly energy_wh: number
    readonly step_s: number
    readonly power_w: readonly number[]
  } | null
  readonly best_starts: readonly {
    readonly start: string
    readonly stop: string
    readonly expected_share: number
    readonly band_shares: BandShares
    readonly gain: number | null
    readonly estimated: boolean
  }[]
  readonly usual: { readonly expected_share: number; readonly band_shares: BandShares } | null
  readonly meta: Omit<Meta, 'unit' | 'reason'> & {
    readonly unit: '1'
    readonly reason: Reason | 'flat_day' | 'forecast_unavailable' | null
    readonly zone: string
    readonly zone_basis: ZoneBasis
    readonly home_zone: string | null
    readonly price_weight: number
    readonly attribution: readonly Attribution[]
  }
}

/** What is known best of each hour, by its start. */
type KnownHours = ReadonlyMap<EpochMs, GridHour>

/** The typical run laid over the hours from one start. */
interface Laid {
  readonly startAt: EpochMs
  readonly share: number
  readonly bandShares: BandShares
  /** The hours that it lies in. */
  readonly hours: readonly GridHour[]
}

/** The answer of `GET /accounts/{account_number}/greenness`. */
export function applianceGreennessAnswer(question: ApplianceGreennessQuestion): ApplianceGreennessData {
  const { accountNumber, appliance, runs } = question
  const typical = runs.length < runsMin ? undefined : typicalRunOf(runs)
  const known = bestByHour({ hours: question.grid.hours, now: question.now })
  const laid = typical === undefined ? [] : startsOf(question, typical, known)
  const usual = typical === undefined ? undefined : usualOf(question, typical, known)
  const reason = reasonOf(question, typical, laid)
  const best = typical === undefined || reason !== null ? [] : bestOf(laid, question.priceWeight)
  return {
    account_number: accountNumber,
    appliance,
    typical_run: typical === undefined ? null : typicalOnWire(typical),
    best_starts: best.map(({ startAt, share, bandShares, hours }) => ({
      start: formatInstant(startAt),
      stop: formatInstant(startAt + (typical?.durationS ?? 0) * 1000),
      expected_share: roundTo(share, 4),
      band_shares: bandShares,
      gain: usual === undefined ? null : roundTo(share - usual.share, 4),
      estimated: hours.some(isSubstitute),
    })),
    usual: usual === undefined ? null : { expected_share: roundTo(usual.share, 4), band_shares: usual.bandShares },
    meta: metaOfAnswer(question, reason, laid),
  }
}

/** Every quarter hour of the next 24 hours from which all that is needed is known. */
function startsOf(question: ApplianceGreennessQuestion, typical: TypicalRun, known: KnownHours): Laid[] {
  const first = firstStartOf(question.now)
  const starts = Array.from({ length: horizonMs / stepMs }, (_, index) => first + index * stepMs)
  return starts.flatMap((startAt) => layOver(startAt, typical, known, question) ?? [])
}

/** The first quarter hour that has not begun. */
function firstStartOf(now: EpochMs): EpochMs {
  return Math.ceil(now / stepMs) * stepMs
}

function layOver(
  startAt: EpochMs,
  { powersW }: TypicalRun,
  known: KnownHours,
  { timeZone, calendar }: ApplianceGreennessQuestion,
): Laid | undefined {
  const total = powersW.reduce((sum, powerW) => sum + powerW, 0)
  const inBands = { f1: 0, f2: 0, f3: 0 }
  const hours: GridHour[] = []
  let expected = 0
  for (const [step, powerW] of powersW.entries()) {
    const at = startAt + step * stepMs
    const hour = known.get(Math.floor(at / hourMs) * hourMs)
    if (hour === undefined) return undefined
    // A run that draws nothing has no energy to weigh by: its quarters count alike.
    const weight = total > 0 ? powerW / total : 1 / powersW.length
    expected += weight * hour.renewableShare
    inBands[bandAt(at, timeZone, calendar)] += weight
    hours.push(hour)
  }
  return { startAt, share: expected, bandShares: roundedBands(inBands), hours }
}

function isSubstitute({ kind }: GridHour): boolean {
  return kind === 'substitute'
}

/**
 * What is to be expected where the home starts it when it usually does: the mean over its past starts, each today or, where that is
 * over, tomorrow (up to 25 hours ahead, where the clock is set back in between).
 */
function usualOf(
  question: ApplianceGreennessQuestion,
  typical: TypicalRun,
  known: KnownHours,
): Pick<Laid, 'share' | 'bandShares'> | undefined {
  const { runs, now, timeZone } = question
  const today = localDayOf(now, timeZone)
  const usual = runs.flatMap(({ startAt }) => {
    const quarters = [0, 1].map(
      (days) => Math.floor(sameWallClockOn(addDays(today, days), startAt, timeZone) / stepMs) * stepMs,
    )
    const next = quarters.find((at) => at >= firstStartOf(now))
    return next === undefined ? [] : (layOver(next, typical, known, question) ?? [])
  })
  if (usual.length === 0) return undefined
  const shareIn = (band: Band) => mean(usual.map(({ bandShares }) => bandShares[band]))
  return {
    share: mean(usual.map(({ share }) => share)),
    bandShares: roundedBands({ f1: shareIn('f1'), f2: shareIn('f2'), f3: shareIn('f3') }),
  }
}

function reasonOf(
  { days, runs, priceWeight }: ApplianceGreennessQuestion,
  typical: TypicalRun | undefined,
  laid: readonly Laid[],
): ApplianceGreennessData['meta']['reason'] {
  if (typical === undefined) return runs.length === 0 && days.length === 0 ? 'no_readings' : 'not_enough_history'
  if (laid.length === 0) return 'forecast_unavailable'
  const shares = laid.map(({ share }) => share)
  const ranges = priceWeight > 0 ? [shares, laid.map(({ bandShares }) => cheapnessOf(bandShares))] : [shares]
  return ranges.every((values) => Math.max(...values) - Math.min(...values) < flatRange) ? 'flat_day' : null
}

/** The best starts, an hour or more apart, the best first; of equal ones the earlier. */
function bestOf(laid: readonly Laid[], priceWeight: number): Laid[] {
  const scoreOf = ({ share, bandShares }: Laid) => share + priceWeight * shareOfCheapest * cheapnessOf(bandShares)
  const best: Laid[] = []
  for (const one of laid.toSorted((a, b) => scoreOf(b) - scoreOf(a) || a.startAt - b.startAt)) {
    if (best.every(({ startAt }) => Math.abs(startAt - one.startAt) >= apartMs)) best.push(one)
    if (best.length === startsMax) break
  }
  return best
}

function cheapnessOf(bandShares: BandShares): number {
  return bands.reduce((sum, band) => sum + bandShares[band] * cheapness[band], 0)
}

function roundedBands({ f1, f2 }: BandShares): BandShares {
  const one = roundTo(f1, 4)
  const two = Math.min(roundTo(f2, 4), roundTo(1 - one, 4))
  return { f1: one, f2: two, f3: roundTo(1 - one - two, 4) }
}

function typicalOnWire({ runs, durationS, energyWh, powersW }: TypicalRun) {
  return {
    runs,
    duration_s: durationS,
    energy_wh: Math.round(energyWh),
    step_s: shapeStepS,
    power_w: powersW.map(Math.round),
  }
}

function metaOfAnswer(
  question: ApplianceGreennessQuestion,
  reason: ApplianceGreennessData['meta']['reason'],
  laid: readonly Laid[],
): ApplianceGreennessData['meta'] {
  const { timeZone, interval, days, appliance, grid, now, priceWeight, zoneBasis, homeZone } = question
  const hours = laid.flatMap((one) => one.hours)
  const last = laid.at(-1)
  return {
    ...metaOf({ unit: 'Wh', timeZone, interval, days, columns: [appliance] }),
    unit: '1',
    from: formatInstant(now),
    // Where too little is known of the last hours, starts end earlier.
    to: formatInstant(Math.min(now + horizonMs, last === undefined ? Number.POSITIVE_INFINITY : last.startAt + stepMs)),
    estimated: hours.some(isSubstitute),
    reason,
    zone: grid.zone,
    zone_basis: zoneBasis,
    home_zone: homeZone,
    price_weight: priceWeight,
    attribution: attributionsOf(hours),
  }
}
