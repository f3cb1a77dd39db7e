/** The hours of a grid zone: how much of what was generated was renewable, and how that is known. */
import type { EpochMs } from './civil-time.ts'

/** A grid zone: `IT` for Italy as a whole, or a bidding zone such as `NORD`. Upper case. */
export type GridZone = string

/** How an hour's value is known: measured, forecast from recent days (or by a source), or filled in from past years. */
export type GridHourKind = 'actual' | 'forecast' | 'substitute'

/** Where grid data comes from: the platforms, and files of an operator; where several know an hour, the first here counts. */
export const gridSources = ['entsoe', 'energy-charts', 'file', 'electricity-maps', 'terna'] as const
export type GridSource = (typeof gridSources)[number]

/** The renewable share of one hour. */
export interface GridHour {
  /** Start of the hour, a whole hour of UTC. */
  readonly startAt: EpochMs
  /** Renewable generation / generation, 0–1 (Directive (EU) 2018/2001 art. 2(1): no nuclear, no pumped storage). */
  readonly renewableShare: number
  readonly kind: GridHourKind
  /** When the value was measured, published or computed. */
  readonly madeAt: EpochMs
  /** Whose figures came last into it; `null` for what such an hour is usually like. */
  readonly source: GridSource | null
  /** Every source whose figures it is made of: each is due attribution. */
  readonly restsOn: readonly GridSource[]
  /** The method that computed it; `null` for a value as its source gives it. */
  readonly model: string | null
}

/** What a source may say of an interval; mean power [MW], `null` where it says nothing. */
export interface GridFigures {
  /** Renewable generation / generation, 0–1. */
  readonly renewableShare: number | null
  /** Renewable generation / load; above 1 where more is generated than used. */
  readonly renewableShareOfLoad: number | null
  readonly solarMw: number | null
  readonly windMw: number | null
  /** The other renewables together: run-of-river, reservoir, biomass, geothermal, marine. */
  readonly otherRenewableMw: number | null
  readonly generationMw: number | null
  readonly loadMw: number | null
}

/** Renewable generation / load; `null` where the load is not known, or there is none. */
export function shareOfLoad(renewableMw: number, loadMw: number | null): number | null {
  return loadMw === null || loadMw === 0 ? null : renewableMw / loadMw
}

/** One thing one source says of one interval of one zone: the only shape in which grid data comes in. */
export interface GridEvent extends GridFigures {
  readonly zone: GridZone
  readonly startAt: EpochMs
  readonly durationS: number
  readonly source: GridSource
  readonly kind: 'actual' | 'forecast'
  /** When it was measured (the interval's end) or published; when it was fetched where the source does not say. */
  readonly madeAt: EpochMs
  /** The line of the file that says it, from 1; of several the first. Absent where no file does. */
  readonly line?: number
}

/** The figures that an event or a stored hour has, in the order in which they are stored. */
export const gridFigures = [
  'renewableShare',
  'renewableShareOfLoad',
  'solarMw',
  'windMw',
  'otherRenewableMw',
  'generationMw',
  'loadMw',
] as const satisfies readonly (keyof GridFigures)[]

/** Nothing said of anything. */
export const noFigures: GridFigures = {
  renewableShare: null,
  renewableShareOfLoad: null,
  solarMw: null,
  windMw: null,
  otherRenewableMw: null,
  generationMw: null,
  loadMw: null,
}
