/**
 * Does a source lie? Looks at single hours, and at each hour among its neighbours. What fails is refused, never mended.
 *
 * Limits come from nine years of Italy (2015–2023, 78,826 hours): the largest spike is 0.114, all others are below 0.062;
 * the largest change from one hour to the next is 0.195; no two hours in a row have the same figures; solar apart, no kind
 * of generation is ever 0.
 */
import { type EpochMs, formatInstant, hourMs } from '../../energy/civil-time.ts'
import { type GridEvent, type GridFigures, gridFigures } from '../../energy/grid-hours.ts'
import { gridZones } from '../../energy/grid-zones.ts'
import { quantile } from '../../energy/quantiles.ts'
import { sunDegreesAt } from '../../energy/sun.ts'
import { type HourRejectionCode, type RejectedHour, rejectedHour } from './hour-rejections.ts'

const spikeMin = 0.12
const jumpMin = 0.25
const shareTolerance = 0.02
/** A windy zone gives several times what it uses; more is a share in percent. */
const shareOfLoadMax = 10
/** Rounded figures may exceed their sum by a little. */
const totalTolerance = 1.001
const frozenHours = 6
/** A kind of generation that is usually at least this much is not 0 by chance [MW]. */
const steadyMw = 100
/** The sun this high lights some panel somewhere [degrees]. */
const sunDegreesMin = 15

/** Hours that hold, and those that do not with their reason. */
export interface CheckedHours {
  readonly hours: readonly GridEvent[]
  readonly rejected: readonly RejectedHour[]
  /** Hours, of those before too, that are known to be wrong: one may be stored, believed when it was the newest. */
  readonly doubted: readonly GridEvent[]
}

/**
 * Checks hours of one zone, kind and source.
 * @param hours by start, each once
 * @param before stored hours just before them, to compare the first with
 */
export function checkHours(hours: readonly GridEvent[], before: readonly GridEvent[] = []): CheckedHours {
  const rejected = new Map<EpochMs, HourRejectionCode>()
  const note = (startAt: EpochMs, code: HourRejectionCode | undefined) => {
    if (code !== undefined && !rejected.has(startAt)) rejected.set(startAt, code)
  }
  for (const hour of hours) note(hour.startAt, faultOf(hour))
  const sound = () => hours.filter(({ startAt }) => !rejected.has(startAt))
  for (const startAt of zerosOf(sound(), before)) note(startAt, 'zero_for_missing')
  for (const startAt of frozenOf(sound())) note(startAt, 'frozen')
  for (const [startAt, code] of jumpsOf([...before, ...sound()])) note(startAt, code)
  const own = new Map(hours.map((hour) => [hour.startAt, hour]))
  const codeOf = ({ startAt }: GridEvent) => rejected.get(startAt) ?? 'jump_unconfirmed'
  return {
    hours: sound(),
    rejected: [...rejected].flatMap(([startAt, code]) => {
      const hour = own.get(startAt)
      return hour === undefined ? [] : [rejectedHour(formatInstant(startAt), code, hour.line)]
    }),
    doubted: [...before, ...hours].filter((hour) => codeOf(hour) !== 'jump_unconfirmed'),
  }
}

/** What is wrong with an hour, whatever stands beside it. */
export function faultOf(figures: GridFigures): HourRejectionCode | undefined {
  const { renewableShare: share, generationMw } = figures
  if (gridFigures.some((name) => !isFigure(figures[name]))) return 'value_not_a_number'
  if (share !== null && share > 1) return 'share_out_of_range'
  if (figures.renewableShareOfLoad !== null && figures.renewableShareOfLoad > shareOfLoadMax)
    return 'share_out_of_range'
  if (generationMw === 0) return 'generation_zero'
  const renewableMw = renewableMwOf(figures)
  if (generationMw === null || renewableMw === null) return undefined
  if (renewableMw > generationMw * totalTolerance) return 'renewable_above_total'
  if (share !== null && Math.abs(renewableMw / generationMw - share) > shareTolerance) return 'share_contradicts'
  return undefined
}

/** The renewable generation [MW]; `null` where a part of it is not known. */
export function renewableMwOf({ solarMw, windMw, otherRenewableMw }: GridFigures): number | null {
  return solarMw === null || windMw === null || otherRenewableMw === null ? null : solarMw + windMw + otherRenewableMw
}

function isFigure(value: number | null): boolean {
  return value === null || (Number.isFinite(value) && value >= 0)
}

/** Hours in which something is 0 that cannot be. */
function zerosOf(hours: readonly GridEvent[], before: readonly GridEvent[]): EpochMs[] {
  const all = [...before, ...hours]
  const steady = (['windMw', 'otherRenewableMw', 'loadMw'] as const).filter((name) => isSteady(all, name))
  const hasSun = all.some(({ solarMw }) => (solarMw ?? 0) >= steadyMw)
  return hours
    .filter(
      (hour) =>
        steady.some((name) => hour[name] === 0) || (hasSun && hour.solarMw === 0 && sunOf(hour) > sunDegreesMin),
    )
    .map(({ startAt }) => startAt)
}

/** By the hours in which it is not 0: zeros, however many, do not vouch for each other. */
function isSteady(hours: readonly GridEvent[], name: keyof GridFigures): boolean {
  const values = hours.flatMap((hour) => hour[name] || [])
  return values.length > 0 && quantile(values, 0.05) >= steadyMw
}

/** Height of the sun at mid-hour [degrees]. */
function sunOf({ zone, startAt }: GridEvent): number {
  const facts = gridZones.get(zone)
  return facts === undefined ? 0 : sunDegreesAt(startAt + hourMs / 2, facts)
}

/** All but the first of six and more hours in a row with the same figures. */
function frozenOf(hours: readonly GridEvent[]): EpochMs[] {
  const frozen: EpochMs[] = []
  let run: EpochMs[] = []
  for (const [index, hour] of hours.entries()) {
    const before = hours[index - 1]
    const repeats = before !== undefined && before.startAt === hour.startAt - hourMs && isSame(hour, before)
    if (!repeats) run = []
    else run.push(hour.startAt)
    if (run.length === frozenHours - 1) frozen.push(...run)
    else if (run.length >= frozenHours) frozen.push(hour.startAt)
  }
  return frozen
}

function isSame(one: GridFigures, other: GridFigures): boolean {
  return gridFigures.every((name) => one[name] === other[name])
}

/** Hours whose share is off from both neighbours, and a newest hour that is far off from the one before. */
function jumpsOf(hours: readonly GridEvent[]): [EpochMs, HourRejectionCode][] {
  const known = hours.flatMap(({ startAt, renewableShare: share }) => (share === null ? [] : [{ startAt, share }]))
  return known.flatMap(({ startAt, share }, index): [EpochMs, HourRejectionCode][] => {
    const [before, after] = [known[index - 1], known[index + 1]]
    if (before === undefined || startAt - before.startAt > hourMs) return []
    if (after === undefined) return Math.abs(share - before.share) >= jumpMin ? [[startAt, 'jump_unconfirmed']] : []
    const [up, down] = [share - before.share, share - after.share]
    const isSpike = after.startAt - startAt === hourMs && up * down > 0
    return isSpike && Math.min(Math.abs(up), Math.abs(down)) >= spikeMin ? [[startAt, 'spike']] : []
  })
}
