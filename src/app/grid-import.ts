/** Grid hours into the store: checked, counted, and every refusal named. Files and fetches go the same way. */
import { type EpochMs, formatInstant, hourMs } from '../energy/civil-time.ts'
import type { GridEvent } from '../energy/grid-hours.ts'
import { checkHours, type GridCsv, type RejectedHour, rejectedHour } from '../ingest/index.ts'
import { type Database, readGridHours, writeGridHours } from '../store/index.ts'

/** Rejected hours that a report names. */
const rejectedMax = 1_000
/** Stored hours that the first of a file is compared with. */
const contextHours = 6

/** What became of a file: `received` = accepted + duplicates + replaced + empty + rejected_count. */
export interface GridImportReport {
  readonly zone: string
  readonly received: number
  readonly accepted: number
  readonly duplicates: number
  readonly replaced: number
  readonly empty: number
  readonly rejected_count: number
  readonly rejected: readonly RejectedHour[]
  /** First and last hour that holds; `null` where none does. */
  readonly from: string | null
  readonly to: string | null
  /** Hours between them of which nothing is known. */
  readonly missing_hours: number
  /** Hours of published forecasts that were stored beside the measured ones. */
  readonly forecast_hours: number
}

/** Stores what a file says of a zone. @param now instants after it cannot have been measured */
export async function importGridCsv(db: Database, zone: string, csv: GridCsv, now: EpochMs): Promise<GridImportReport> {
  const actual = await storeHours(db, csv.hours, now)
  const forecast = await storeHours(db, csv.forecasts, now)
  const rejected = [...csv.rejected, ...actual.rejected]
  // Parts of an hour count as the hour they make.
  const partsLeftOut = csv.received - csv.empty - csv.duplicates - csv.hours.length - csv.rejected.length
  const [first, last] = [actual.hours[0], actual.hours.at(-1)]
  return {
    zone,
    received: csv.received - partsLeftOut,
    accepted: actual.accepted,
    duplicates: actual.duplicates + csv.duplicates,
    replaced: actual.replaced,
    empty: csv.empty,
    rejected_count: rejected.length,
    rejected: rejected.slice(0, rejectedMax),
    from: first === undefined ? null : formatInstant(first.startAt),
    to: last === undefined ? null : formatInstant(last.startAt + hourMs),
    missing_hours: missingHoursOf(actual.hours),
    forecast_hours: forecast.hours.length,
  }
}

/** Checks hours of one zone, kind and source, and writes those that hold. */
export async function storeHours(db: Database, hours: readonly GridEvent[], now: EpochMs) {
  const over = hours.filter(({ kind, startAt }) => kind === 'forecast' || startAt + hourMs <= now)
  const early = hours.filter(({ kind, startAt }) => kind === 'actual' && startAt + hourMs > now)
  const checked = checkHours(over, await hoursBefore(db, over[0]))
  const counts = await writeGridHours(db, checked.hours, now)
  const rejected = early.map(({ startAt }) => rejectedHour(formatInstant(startAt), 'time_in_future'))
  return { ...counts, hours: checked.hours, rejected: [...checked.rejected, ...rejected] }
}

async function hoursBefore(db: Database, first: GridEvent | undefined): Promise<GridEvent[]> {
  if (first === undefined) return []
  const { zone, startAt, kind, source } = first
  const stored = await readGridHours(db, zone, startAt - contextHours * hourMs, startAt, kind)
  return stored.filter((hour) => hour.source === source).map((hour) => ({ ...hour, durationS: hourMs / 1000 }))
}

function missingHoursOf(hours: readonly GridEvent[]): number {
  const [first, last] = [hours[0], hours.at(-1)]
  return first === undefined || last === undefined ? 0 : (last.startAt - first.startAt) / hourMs + 1 - hours.length
}
