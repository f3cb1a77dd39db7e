/**
 * Reads grid data from CSV: `utc` (start of the hour, or of a quarter or half of it) and any of
 *
 * - `renewable_fraction`, 0–1 of generation;
 * - `renewable_fraction_of_load`, the same of load;
 * - `solar_mw`, `wind_mw`, and the other renewables (`hydro_mw`, `hydro_ror_mw`, `hydro_reservoir_mw`, `biomass_mw`,
 *   `geothermal_mw`, `other_renewable_mw`), `generation_mw`, `load_mw`: mean power;
 * - `solar_forecast_mw`, `wind_forecast_mw`, `load_forecast_mw`: what was published the day before.
 *
 * Further columns are ignored. Where the share is not given it is computed. A row that says nothing is empty: nothing is
 * known of its hour. In: text. Out: whole hours in order of time, each once, and every row that was refused, with its
 * line. A row with another number of cells than the header, or with a cell that does not close its quote, is refused alone.
 */
import { parse } from 'csv-parse/sync'
import {
  addDays,
  type EpochMs,
  formatInstant,
  hourMs,
  localDayOf,
  minuteMs,
  wallClockAt,
} from '../../energy/civil-time.ts'
import { type GridEvent, type GridFigures, type GridZone, gridFigures, noFigures } from '../../energy/grid-hours.ts'
import { renewableMwOf } from './check-hours.ts'
import { type RejectedHour, rejectedHour } from './hour-rejections.ts'
import { onceEach } from './once-each.ts'
import { wholeHoursOf } from './whole-hours.ts'

/** What a file says. `received` = its rows. */
export interface GridCsv {
  readonly received: number
  /** Rows without a figure. */
  readonly empty: number
  /** Rows that say again what another says. */
  readonly duplicates: number
  /** Measured hours. */
  readonly hours: readonly GridEvent[]
  readonly rejected: readonly RejectedHour[]
  /** What was published of them the day before, and what of that was refused: the measured part of such a row may hold. */
  readonly forecasts: readonly GridEvent[]
  readonly rejectedForecasts: readonly RejectedHour[]
}

/** Figures by column; empty ones are left out. */
type Numbers = Readonly<Partial<Record<string, number>>>
type Row = Readonly<Record<string, string>>
type ReadRow = { readonly row: Row; readonly line: number }
/** `startAt` is `undefined` where the time cannot be read. */
type TimedRow = ReadRow & { readonly startAt: EpochMs | undefined }

const otherRenewableColumns = [
  'hydro_mw',
  'hydro_ror_mw',
  'hydro_reservoir_mw',
  'biomass_mw',
  'geothermal_mw',
  'other_renewable_mw',
]
const figureColumns = [
  'renewable_fraction',
  'renewable_fraction_of_load',
  'solar_mw',
  'wind_mw',
  'generation_mw',
  'load_mw',
]
const forecastColumns = ['solar_forecast_mw', 'wind_forecast_mw', 'load_forecast_mw']
const brussels = 'Europe/Brussels'
/** A cell within quotes, or one that begins with none. */
const cell = String.raw`(?:\s*"(?:[^"]|"")*"\s*|(?!\s*")[^,]*)`
/** A line that closes the quotes that open its cells. */
const closedLine = new RegExp(`^${cell}(?:,${cell})*$`)
const timePattern = /^\d{4}-\d\d-\d\dT\d\d:(00|15|30|45)(:00)?Z$/

/** @throws {Error} in a sentence where the text is no CSV with these columns */
export function readGridCsv(text: string, zone: GridZone): GridCsv {
  const { columns, rows, malformed } = rowsOf(text)
  if (!columns.includes('utc') || !columns.some((name) => figureColumns.includes(name)))
    throw new Error(`a header with utc and one of ${figureColumns.join(', ')} is needed`)
  const timed = rows.map((one) => ({ ...one, startAt: startOf(one.row) }))
  const durationOf = durationsOf(timed)
  const read = timed.map((one) => actualOf(one, zone, durationOf))
  const once = onceEach(read.filter((one) => one !== undefined && 'startAt' in one))
  const whole = wholeHoursOf(once.events)
  return {
    received: rows.length + malformed.length,
    empty: read.filter((one) => one === undefined).length,
    duplicates: once.duplicates,
    hours: whole.hours,
    ...forecastsOf(timed, zone, durationOf),
    rejected: [
      ...malformed,
      ...read.filter((one) => one !== undefined && 'code' in one),
      ...once.rejected,
      ...whole.rejected,
    ],
  }
}

/** The rows as wide as the header, and those that are not; a quote left open would swallow all that follows it. */
function rowsOf(text: string) {
  const malformed: RejectedHour[] = []
  // Empty lines stand for those left out: each row keeps the number of its line.
  const closed = text.split(/\r\n|\n|\r/).map((line, index) => {
    if (closedLine.test(line)) return line
    malformed.push(malformedRow(index + 1, line.split(',')[0]))
    return ''
  })
  let columns: readonly string[] = []
  const rows: ReadRow[] = parse(closed.join('\n'), {
    columns: (header: string[]) => {
      columns = header
      return header
    },
    skip_empty_lines: true,
    relax_column_count: true,
    relax_quotes: true,
    trim: true,
    bom: true,
    on_record: (row: Row, { error, lines: line }) => {
      if (error === undefined) return { row, line }
      malformed.push(malformedRow(line, row.utc))
      return null
    },
  })
  return { columns, rows, malformed }
}

function malformedRow(line: number, start = ''): RejectedHour {
  return rejectedHour(start.trim().slice(0, 64), 'row_malformed', line)
}

/** How long a row lasts that begins at an instant [s]. */
type DurationOf = (startAt: EpochMs) => number

/**
 * Rows last as long as the steps of their hour: a quarter, half of it, or all of it where one row stands alone. What
 * lasts longer than the rows of both hours beside it is no long row but one with others missing.
 */
function durationsOf(rows: readonly TimedRow[]): DurationOf {
  const startsAt = rows.map(({ startAt }) => startAt).filter((startAt) => startAt !== undefined)
  const steps = new Map([...Map.groupBy(startsAt, hourOf)].map(([hourAt, starts]) => [hourAt, stepOf(starts)]))
  return (startAt) => {
    const hourAt = hourOf(startAt)
    const step = steps.get(hourAt) ?? hourMs
    const beside = [steps.get(hourAt - hourMs), steps.get(hourAt + hourMs)].filter((one) => one !== undefined)
    return (beside.length === 0 ? step : Math.min(step, Math.max(...beside))) / 1000
  }
}

function hourOf(startAt: EpochMs): EpochMs {
  return Math.floor(startAt / hourMs) * hourMs
}

/** The shortest step of the rows of an hour. */
function stepOf(startsAt: readonly EpochMs[]): number {
  if (startsAt.some((startAt) => startAt % (30 * minuteMs) !== 0)) return 15 * minuteMs
  return startsAt.some((startAt) => startAt % hourMs !== 0) ? 30 * minuteMs : hourMs
}

/** `undefined` for a row without a figure. */
function actualOf(
  { row, line, startAt }: TimedRow,
  zone: GridZone,
  durationOf: DurationOf,
): GridEvent | RejectedHour | undefined {
  const { utc = '' } = row
  if (startAt === undefined) return rejectedHour(utc.slice(0, 64), 'time_invalid', line)
  const numbers = numbersOf(row, [...figureColumns, ...otherRenewableColumns])
  if (numbers === undefined) return rejectedHour(utc, 'value_not_a_number', line)
  const figures = figuresOf(row, numbers)
  if (gridFigures.every((name) => figures[name] === null)) return undefined
  const durationS = durationOf(startAt)
  // A measured value exists from the end of its interval on; a file does not say more.
  const madeAt = startAt + durationS * 1000
  return { zone, startAt, durationS, source: 'file', kind: 'actual', madeAt, line, ...figures }
}

function forecastsOf(rows: readonly TimedRow[], zone: GridZone, durationOf: DurationOf) {
  const read = rows.map((one) => forecastOf(one, zone, durationOf))
  const once = onceEach(read.filter((one) => one !== undefined && 'startAt' in one))
  const whole = wholeHoursOf(once.events)
  const refused = read.filter((one) => one !== undefined && 'code' in one)
  return { forecasts: whole.hours, rejectedForecasts: [...refused, ...once.rejected, ...whole.rejected] }
}

/** `undefined` for a row without a forecast, and for one whose time cannot be read: its measured part says so. */
function forecastOf(
  { row, line, startAt }: TimedRow,
  zone: GridZone,
  durationOf: DurationOf,
): GridEvent | RejectedHour | undefined {
  if (startAt === undefined) return undefined
  const numbers = numbersOf(row, forecastColumns)
  if (numbers === undefined) return rejectedHour(row.utc ?? '', 'value_not_a_number', line)
  if (Object.keys(numbers).length === 0) return undefined
  return {
    ...noFigures,
    zone,
    startAt,
    durationS: durationOf(startAt),
    source: 'file',
    kind: 'forecast',
    madeAt: publishedBy(startAt),
    line,
    solarMw: numbers.solar_forecast_mw ?? null,
    windMw: numbers.wind_forecast_mw ?? null,
    loadMw: numbers.load_forecast_mw ?? null,
  }
}

function startOf({ utc = '' }: Row): EpochMs | undefined {
  const startAt = timePattern.test(utc) ? Date.parse(utc) : Number.NaN
  // `Date.parse` takes 30 February for 2 March, and hour 24 for the next day's first.
  return Number.isFinite(startAt) && formatInstant(startAt).startsWith(utc.slice(0, 16)) ? startAt : undefined
}

/** Regulation (EU) 543/2013 art. 14: wind and solar forecasts are out by 18:00 Brussels time of the day before. */
function publishedBy(startAt: EpochMs): EpochMs {
  return wallClockAt(addDays(localDayOf(startAt, brussels), -1), 18, 0, brussels)
}

/** The numbers in some columns, empty ones left out; `undefined` where one of them is no number. */
function numbersOf(row: Row, columns: readonly string[]): Numbers | undefined {
  const numbers: Record<string, number> = {}
  for (const name of columns) {
    const text = row[name] ?? ''
    if (text === '') continue
    const value = Number(text)
    if (!Number.isFinite(value) || value < 0) return undefined
    numbers[name] = value
  }
  return numbers
}

function figuresOf(row: Row, numbers: Numbers): GridFigures {
  // A part that the file has a column for and the row leaves empty is unknown, and so is the sum.
  const others = otherRenewableColumns.filter((name) => row[name] !== undefined).map((name) => numbers[name])
  const parts = {
    renewableShareOfLoad: numbers.renewable_fraction_of_load ?? null,
    solarMw: numbers.solar_mw ?? null,
    windMw: numbers.wind_mw ?? null,
    otherRenewableMw: others.length === 0 ? null : sumOfKnown(others),
    generationMw: numbers.generation_mw ?? null,
    loadMw: numbers.load_mw ?? null,
  }
  return { ...parts, renewableShare: numbers.renewable_fraction ?? computedShare(row, parts) }
}

/** `null` where one of the values is missing. */
function sumOfKnown(values: readonly (number | undefined)[]): number | null {
  let sum = 0
  for (const value of values) {
    if (value === undefined) return null
    sum += value
  }
  return sum
}

/** Not where the file has a column for the share and leaves it empty: it says that it is not known. */
function computedShare(row: Row, parts: Omit<GridFigures, 'renewableShare'>): number | null {
  const renewableMw = renewableMwOf({ ...parts, renewableShare: null })
  if (row.renewable_fraction !== undefined || renewableMw === null || !parts.generationMw) return null
  return renewableMw / parts.generationMw
}
