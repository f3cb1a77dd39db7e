/** What other rooms use of the store. */
export {
  type Account,
  AccountGoneError,
  ClosureMovedError,
  closeAccount,
  closedAtOf,
  deleteAccount,
  findAccount,
  findAccountsOfPod,
  type Home,
  listAccounts,
  podTimeOf,
  registerAccount,
  saveOnboarding,
} from './accounts.ts'
export {
  type AnalysedDayRow,
  hasMeasuredDay,
  type MeasuredSummary,
  measuredSummary,
  newestMeasuredSlot,
  readDayHours,
  readDayRows,
  readEncodedDays,
  readRuns,
} from './analysed-days/read-days.ts'
export { type DayToSave, saveAnalysis } from './analysed-days/save-analysis.ts'
export {
  addSigningKey,
  type Client,
  countAccounts,
  createClient,
  findClient,
  listClients,
  putClient,
  replaceSecret,
  replaceSigningKeys,
  revokeClient,
  type SigningKey,
  signingKeys,
} from './clients.ts'
export { isAhead } from './clocks.ts'
export { closeDatabase, type Database, DatabaseUnusableError, openDatabase, pingDatabase } from './database.ts'
export {
  type Device,
  type DeviceDescription,
  deleteDevice,
  deviceChanges,
  devicesPerAccountMax,
  type KnownToDoors,
  listDevices,
  newDeviceId,
  registerDevice,
} from './devices/devices.ts'
export { addDeviceHealth, type DeviceHealth, deviceHealth, type HealthChange } from './devices/health.ts'
export { DataDirLockedError } from './engines/data-dir-lock.ts'
export { DataDirVersionError } from './engines/pglite-folder.ts'
export { diskFull } from './engines/pglite-messages.ts'
export { type ExportedPiece, exportAccount } from './export-account.ts'
export { claimGridFetch, type GridFetchKey, gridFetches, releaseGridFetch, saveGridFetch } from './grid/grid-fetches.ts'
export {
  type GridSpan,
  gridHoldings,
  gridSpans,
  gridVersion,
  readGridHours,
  withdrawGridHours,
  writeGridHours,
} from './grid/grid-hours.ts'
export { gridIssues, saveGridIssue } from './grid/grid-issues.ts'
export { type AccountId, type ClientId, clientIdPattern, type DeviceId } from './ids.ts'
export { MigrationError } from './migrate.ts'
export { everyOpenAccount, type PeerHome, peersVersion, periodTotalsOf, similarHomes } from './peers/peer-homes.ts'
export { replacePeerHomes } from './peers/replace-peer-homes.ts'
export { newestReadings, readPackedReadings, readReadings } from './readings/read-readings.ts'
export { measuredUntil, type ReadingsSummary, readingsSummary } from './readings/readings-summary.ts'
export {
  foldLiveReadings,
  homesWithRowsBefore,
  type LiveBatch,
  type LiveOutcomes,
  writeLiveReadings,
} from './readings/write-live.ts'
export { weighBatch, writeBatch, writeReadingColumns } from './readings/write-readings.ts'
export {
  type ClaimedStretch,
  claimStaleDays,
  heldDays,
  pendingDays,
  pendingDaysOfAll,
  releaseClaim,
  returnClaims,
} from './stale-days/claim.ts'
export { markOtherModels } from './stale-days/mark.ts'
export { isFaultOfData, isFaultOfDatabase } from './transaction.ts'
