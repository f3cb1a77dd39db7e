/** `loadlens import`: files of readings into an account, or by POD into many, with a report per file, then the analysis. */
import { createReadStream } from 'node:fs'
import { access, constants, stat } from 'node:fs/promises'
import { AccountsByPod, oneAccount } from '../../api/readings-destination.ts'
import type { Clock } from '../../energy/civil-time.ts'
import {
  type BodyRefusal,
  type FormatChoice,
  formatNamed,
  formatsOfFileName,
  formatsWithEntities,
  type ImportOptions,
  type ImportReport,
  importReadings,
  type ReadingUnit,
  type WriteBatch,
} from '../../ingest/index.ts'
import { type Account, type ClientId, type Database, findAccount, findClient } from '../../store/index.ts'
import { clockOf } from '../clock.ts'
import { CommandRefusal, print, say, withProgress } from '../terminal.ts'
import { analysePending } from './analyse-pending.ts'
import { withDatabase } from './with-database.ts'

interface CommandOptions {
  readonly client: string
  readonly account?: string
  readonly format?: string
  readonly unit?: ReadingUnit
  readonly entity?: string
  readonly channel?: 'import' | 'export'
  readonly dryRun?: boolean
  readonly json?: boolean
}

/** Files are read from this machine: no limit but the disk's. */
const limits = { sentBytesMax: Number.POSITIVE_INFINITY, unpackedBytesMax: Number.POSITIVE_INFINITY }
/** Rejected rows and PODs shown to a person; `--json` has the first thousand rows and ten thousand PODs. */
const shownMax = 10

interface SourceFile {
  readonly path: string
  readonly formats: FormatChoice
  readonly bytes: number
}

/** Imports the files one after the other. @throws {CommandRefusal} where one could not be read to its end */
export async function importCommand(paths: readonly string[], options: CommandOptions): Promise<void> {
  const files = await Promise.all(paths.map((path) => sourceFile(path, options.format)))
  await withDatabase(async (db, configuration) => {
    const target = await targetOf(db, options)
    const clock = clockOf(configuration)
    if (options.entity === undefined) for (const file of files) await requireOneEntity(file, options, clock)
    const reports = await importFiles(db, target, files, options, clock)
    if (options.json === true) print(JSON.stringify(reports))
    else for (const report of reports) sayReport(report)
    if (options.dryRun !== true) await analysePending(db, configuration, clock, target.account)
    const broken = reports.filter((report) => 'refusal' in report).length
    if (broken > 0) throw new CommandRefusal(`${broken} of ${reports.length} files could not be read to the end.`)
  })
}

type FileReport = { readonly file: string; readonly dry_run?: true } & (ImportReport | BodyRefusal)

/** Whose readings the files are: one account's, or the client's by POD. */
interface Target {
  readonly clientId: ClientId
  readonly account: Account | undefined
}

async function sourceFile(path: string, named: string | undefined): Promise<SourceFile> {
  const found = await access(path, constants.R_OK).then(
    () => stat(path),
    () => undefined,
  )
  if (found?.isFile() !== true) throw new CommandRefusal(`${path} is not a file that can be read.`)
  const formats = (named === undefined ? undefined : formatNamed(named)) ?? formatsOfFileName(path)
  return { path, formats, bytes: found.size }
}

async function targetOf(db: Database, { client: id, account: number }: CommandOptions): Promise<Target> {
  const client = await findClient(db, id)
  if (client === undefined) throw new CommandRefusal(`There is no client ${id}. loadlens client list shows them.`)
  if (number === undefined) return { clientId: client.id, account: undefined }
  const account = await findAccount(db, client.id, number)
  if (account !== undefined) return { clientId: client.id, account }
  throw new CommandRefusal(`The client ${id} has no account ${number}. Register it first: POST /accounts.`)
}

/**
 * Reads a file that may have several entities once before any row is kept: readings of the wrong one cannot be deleted.
 * @throws {CommandRefusal} where it has several
 */
async function requireOneEntity(file: SourceFile, { unit, channel }: CommandOptions, clock: Clock): Promise<void> {
  const write: WriteBatch = async ({ at }) => ({ outcomes: new Uint8Array(at.length) })
  const said: ImportOptions = { now: clock(), source: 'import', limits, unit, channel, write }
  const read = await importReadings(createReadStream(file.path), formatsWithEntities(file.formats), said)
  if ('refusal' in read && read.refusal === 'entity_missing')
    throw new CommandRefusal(`${file.path}: ${read.detail}. Nothing was imported.`)
}

async function importFiles(
  db: Database,
  target: Target,
  files: readonly SourceFile[],
  options: CommandOptions,
  clock: Clock,
): Promise<FileReport[]> {
  const bytesOfAll = files.reduce((sum, { bytes }) => sum + bytes, 0)
  return await withProgress('Reading  ', bytesOfAll, 'bytes', async (advance) => {
    const reports: FileReport[] = []
    for (const { path, formats } of files) {
      const report = await importFile(db, target, counted(path, advance), formats, { ...options, now: clock() })
      reports.push({ file: path, ...(options.dryRun === true ? { dry_run: true } : {}), ...report })
    }
    return reports
  })
}

async function importFile(
  db: Database,
  { clientId, account }: Target,
  source: AsyncIterable<Uint8Array>,
  formats: FormatChoice,
  { now, dryRun = false, unit, entity, channel }: CommandOptions & { readonly now: number },
): Promise<ImportReport | BodyRefusal> {
  const said: Omit<ImportOptions, 'write'> = { now, source: 'import', limits, unit, entity, channel }
  const kept = { db, now, dryRun }
  if (account !== undefined) return await importReadings(source, formats, { ...said, write: oneAccount(account, kept) })
  const accounts = new AccountsByPod(clientId, kept)
  const report = await importReadings(source, formats, { ...said, byPod: true, write: accounts.write })
  const withPods = async (rows: ImportReport) => ({ ...rows, pods: await accounts.withAccounts(rows.pods ?? []) })
  return 'refusal' in report ? { ...report, report: await withPods(report.report) } : await withPods(report)
}

async function* counted(path: string, advance: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  for await (const bytes of createReadStream(path) as AsyncIterable<Buffer>) {
    advance(bytes.length)
    yield bytes
  }
}

function sayReport(report: FileReport): void {
  const rows = 'refusal' in report ? report.report : report
  const { format, received, accepted, duplicates, replaced, rejected_count, rejected, pods = [] } = rows
  print(
    `${report.file}${format === undefined ? '' : ` (${format})`}: ${received} rows: ${accepted} accepted, ${duplicates} duplicates, ${replaced} replaced, ${rejected_count} rejected${report.dry_run === true ? ' (a dry run: nothing was kept)' : ''}`,
  )
  for (const { row, line, code, detail } of rejected.slice(0, shownMax)) {
    say(`  ${line === undefined ? `row ${row}` : `line ${line}, row ${row}`}: ${code}: ${detail}`)
  }
  if (rejected_count > shownMax)
    say(`  … and ${rejected_count - shownMax} more rejected rows (--json names a thousand)`)
  for (const { pod, account_number: account, ...counts } of pods.slice(0, shownMax)) {
    const { accepted, duplicates, replaced, rejected_count } = counts
    say(
      `  ${pod}${account ? `, account ${account}` : ''}: ${accepted} accepted, ${duplicates} duplicates, ${replaced} replaced, ${rejected_count} rejected`,
    )
  }
  if (pods.length > shownMax) say(`  … and ${pods.length - shownMax} more PODs (--json names them)`)
  const isKept = received > 0 && report.dry_run !== true
  if ('refusal' in report) say(`  ${report.refusal}: ${report.detail}.${isKept ? ' The rows before it are kept.' : ''}`)
}
