/** `loadlens grid import` and `loadlens grid status`: what is known of the grid. */
import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { formatInstant, hourMs } from '../../energy/civil-time.ts'
import { gridZones } from '../../energy/grid-zones.ts'
import { type GridCsv, type RejectedHour, readGridCsv } from '../../ingest/grid/index.ts'
import { gridFetches, gridHoldings, isAhead } from '../../store/index.ts'
import { machineClock } from '../clock.ts'
import { type GridImportReport, importGridCsv } from '../grid-import.ts'
import { CommandRefusal, print, say, withProgress } from '../terminal.ts'
import { withDatabase } from './with-database.ts'

/** Rejected hours shown to a person; `--json` has the first thousand. */
const shownMax = 10

/** Imports files one after the other; each again changes nothing. */
export async function gridImportCommand(
  paths: readonly string[],
  { zone: named, json }: { readonly zone: string; readonly json?: boolean },
): Promise<void> {
  const zone = knownZone(named)
  const files = await Promise.all(paths.map(async (path) => ({ path, csv: await readGridFile(path, zone) })))
  await withDatabase(async (db) => {
    const hours = files.reduce((sum, { csv }) => sum + csv.hours.length + csv.forecasts.length, 0)
    const reports = await withProgress('Storing', hours, 'hours', async (advance) => {
      const stored: ({ readonly file: string } & GridImportReport)[] = []
      for (const { path, csv } of files)
        stored.push({ file: path, ...(await importGridCsv(db, zone, csv, { now: machineClock(), onHours: advance })) })
      return stored
    })
    if (json === true) return print(JSON.stringify(reports))
    for (const report of reports) sayReport(report)
  })
}

/** Prints what is stored, and how the sources did. */
export async function gridStatusCommand({ json }: { readonly json?: boolean }): Promise<void> {
  await withDatabase(async (db) => {
    const holdings = (await gridHoldings(db)).map(({ zone, kind, source, hours, firstAt, lastAt }) => {
      return { zone, kind, source, hours, from: formatInstant(firstAt), to: formatInstant(lastAt + hourMs) }
    })
    const now = machineClock()
    const fetches = (await gridFetches(db)).map((fetch) => ({
      source: fetch.source,
      zone: fetch.zone,
      succeeded_at: fetch.succeededAt === null ? null : formatInstant(fetch.succeededAt),
      next_at: formatInstant(isAhead(fetch.triedAt ?? 0, now) ? now : fetch.nextAt),
      failures: fetch.failures,
      problem: fetch.problem,
    }))
    if (json === true) return print(JSON.stringify({ holdings, fetches }))
    if (holdings.length === 0) say('No hour of a grid is stored: answers come from the embedded history.')
    for (const { zone, kind, source, hours, from, to } of holdings)
      print(`${zone.padEnd(5)} ${kind.padEnd(9)} ${source.padEnd(17)} ${hours} hours, ${from} – ${to}`)
    for (const { source, zone, succeeded_at, next_at, problem } of fetches)
      print(
        `${zone.padEnd(5)} ${source}: last success ${succeeded_at ?? 'never'}, next ${next_at > formatInstant(now) ? next_at : 'at once'}${problem === null ? '' : `; ${problem}`}`,
      )
  })
}

/** Reads a CSV of the grid, gzip or not. @throws {CommandRefusal} where it cannot be read */
export async function readGridFile(path: string, zone: string): Promise<GridCsv> {
  const bytes = await readFile(path).catch(() => {
    throw new CommandRefusal(`${path} is not a file that can be read.`)
  })
  try {
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b
    return readGridCsv((isGzip ? gunzipSync(bytes) : bytes).toString('utf8'), zone)
  } catch (error) {
    throw new CommandRefusal(
      `${path} is no history of a grid: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

function knownZone(named: string): string {
  const zone = named.toUpperCase()
  if (gridZones.has(zone)) return zone
  throw new CommandRefusal(`--zone takes one of ${[...gridZones.keys()].join(', ')}, not "${named}".`, 2)
}

function sayReport({ file, zone, ...report }: { readonly file: string } & GridImportReport): void {
  const { received, accepted, duplicates, replaced, empty, rejected_count, rejected } = report
  print(
    `${file}: ${zone}: ${received} hours: ${accepted} accepted, ${duplicates} duplicates, ${replaced} replaced, ${empty} empty, ${rejected_count} rejected`,
  )
  if (report.from !== null) say(`  ${report.from} – ${report.to}, ${report.missing_hours} hours missing between`)
  if (report.forecast_hours + report.forecast_rejected_count > 0)
    say(`  ${report.forecast_hours} hours of published forecasts, ${report.forecast_rejected_count} rejected`)
  if (report.withdrawn > 0) say(`  ${report.withdrawn} hours that were stored are withdrawn: these contradict them`)
  sayRejected(rejected, rejected_count, '')
  sayRejected(report.forecast_rejected, report.forecast_rejected_count, 'forecast of ')
}

function sayRejected(rejected: readonly RejectedHour[], count: number, prefix: string): void {
  for (const { at, line, code, detail } of rejected.slice(0, shownMax))
    say(`  ${line === undefined ? '' : `line ${line}, `}${prefix}${at}: ${code}: ${detail}`)
  if (count > shownMax) say(`  … and ${count - shownMax} more (--json names a thousand)`)
}
