/** Everything other rooms may use of the store. */
export * from './accounts.ts'
export * from './clients.ts'
export {
  closeDatabase,
  type Database,
  type DatabaseOptions,
  DatabaseUnusableError,
  openDatabase,
  pingDatabase,
  type StoreLog,
} from './database.ts'
export { DataDirLockedError } from './engines/data-dir-lock.ts'
export { DataDirVersionError } from './engines/pglite-folder.ts'
export type { AccountId, ClaimId, ClientId } from './ids.ts'
export { MigrationError } from './migrate.ts'
export type { WriteOutcome } from './readings/apply.ts'
export { newestReadings, readPackedReadings, readReadings } from './readings/read-readings.ts'
export { type ReadingsSummary, readingsSummary } from './readings/readings-summary.ts'
export { type WriteCounts, writeReadingColumns, writeReadings } from './readings/write-readings.ts'
