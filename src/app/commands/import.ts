/** `loadlens import`: files of readings into an account, with a report per file, and the analysis after them. */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { dayInterval } from '../../energy/civil-time.ts'
import {
  type BodyRefusal,
  formatOfFileName,
  type ImportReport,
  importReadings,
  type ReadingsFormat,
} from '../../ingest/index.ts'
import { type Account, type Database, findAccount, findClient, pendingDays, writeReadings } from '../../store/index.ts'
import { analyseEverything } from '../analysis-loop.ts'
import { clockOf } from '../clock.ts'
import type { Configuration } from '../configuration.ts'
import { CommandRefusal, type Progress, print, say, startProgress } from '../terminal.ts'
import { startWorkerPool } from '../workers/pool.ts'
import { withDatabase } from './with-database.ts'

interface ImportOptions {
  readonly client: string
  readonly account: string
  readonly format?: ReadingsFormat
  readonly json?: boolean
}

/** Files are read from this machine: no limit but the disk's. */
const limits = { sentBytesMax: Number.POSITIVE_INFINITY, unpackedBytesMax: Number.POSITIVE_INFINITY }
/** Rejected rows shown to a person; `--json` has the first thousand. */
const shownMax = 10

interface SourceFile {
  readonly path: string
  readonly format: ReadingsFormat
  readonly bytes: number
}

/** Imports the files one after the other. @throws {CommandRefusal} where a file could not be read to its end */
export async function importCommand(paths: readonly string[], options: ImportOptions): Promise<void> {
  const files = await Promise.all(paths.map((path) => sourceFile(path, options.format)))
  await withDatabase(async (db, configuration) => {
    const account = await accountOf(db, options)
    const reports = await importFiles(db, account, files, configuration)
    if (options.json === true) print(JSON.stringify(reports))
    else for (const report of reports) sayReport(report)
    await analyse(db, account, configuration)
    const broken = reports.filter((report) => 'refusal' in report).length
    if (broken > 0) throw new CommandRefusal(`${broken} of ${reports.length} files could not be read to the end.`)
  })
}

type FileReport = { readonly file: string } & (ImportReport | BodyRefusal)

async function sourceFile(path: string, named: ReadingsFormat | undefined): Promise<SourceFile> {
  const found = await stat(path).catch(() => undefined)
  if (found?.isFile() !== true) throw new CommandRefusal(`${path} is not a file that can be read.`)
  const format = named ?? formatOfFileName(path)
  if (format === undefined)
    throw new CommandRefusal(`${path}: the name does not say the format; add --format csv, ndjson or json.`, 2)
  return { path, format, bytes: found.size }
}

async function accountOf(db: Database, { client: id, account: number }: ImportOptions): Promise<Account> {
  const client = await findClient(db, id)
  if (client === undefined) throw new CommandRefusal(`There is no client ${id}. loadlens client list shows them.`)
  const account = await findAccount(db, client.id, number)
  if (account !== undefined) return account
  throw new CommandRefusal(`The client ${id} has no account ${number}. Register it first: POST /accounts.`)
}

async function importFiles(
  db: Database,
  account: Account,
  files: readonly SourceFile[],
  configuration: Configuration,
): Promise<FileReport[]> {
  const progress = startProgress(
    'Reading  ',
    files.reduce((sum, { bytes }) => sum + bytes, 0),
    'bytes',
  )
  const reports: FileReport[] = []
  for (const { path, format } of files) {
    const now = clockOf(configuration)()
    const report = await importReadings(counted(path, progress), format, {
      now,
      source: 'import',
      closedAt: account.closedOn === null ? null : dayInterval(account.closedOn, account.timeZone).fromAt,
      limits,
      write: (batch) => writeReadings(db, account, batch, { now }),
    })
    reports.push({ file: path, ...report })
  }
  progress.stop()
  return reports
}

async function* counted(path: string, progress: Progress): AsyncGenerator<Uint8Array> {
  for await (const bytes of createReadStream(path) as AsyncIterable<Buffer>) {
    progress.advance(bytes.length)
    yield bytes
  }
}

function sayReport(report: FileReport): void {
  const rows = 'refusal' in report ? report.report : report
  const { received, accepted, duplicates, replaced, rejected_count, rejected } = rows
  print(
    `${report.file}: ${received} rows: ${accepted} accepted, ${duplicates} duplicates, ${replaced} replaced, ${rejected_count} rejected`,
  )
  for (const { row, code, detail } of rejected.slice(0, shownMax)) say(`  row ${row}: ${code}: ${detail}`)
  if (rejected_count > shownMax)
    say(`  … and ${rejected_count - shownMax} more rejected rows (--json names a thousand)`)
  if ('refusal' in report) say(`  ${report.refusal}: ${report.detail}. The rows before it are kept.`)
}

async function analyse(db: Database, account: Account, configuration: Configuration): Promise<void> {
  const clock = clockOf(configuration)
  const due = await pendingDays(db, account, clock())
  if (due === 0) return
  const pool = startWorkerPool(configuration.workers, configuration.fourOctober)
  const progress = startProgress('Analysing', due, 'days')
  const onError = (error: unknown) => say(`A stretch of days could not be analysed: ${String(error)}`)
  try {
    await analyseEverything({ db, pool, clock, onError }, progress.advance)
  } finally {
    progress.stop()
    await pool.close()
  }
}
