/** What other rooms use of the doors. */
export { type BodyProblem, type BodyRefusalCode, bodyRefusals } from './body-refusals.ts'
export { fieldNames, type ValueColumn, valueColumns } from './columns.ts'
export { type Cell, CsvWriter } from './csv-writer.ts'
export { type MinuteProblem, type MinuteReport, type MinuteRow, readMinutes } from './disaggregate-csv.ts'
export {
  formatOfFileName,
  formatOfMediaType,
  type ReadingsFormat,
  readingsFormats,
  readingsMediaTypes,
} from './formats.ts'
export { readGridHistory } from './grid-history.ts'
export { type BodyRefusal, defaultBatchSize, type ImportOptions, importReadings } from './import-readings.ts'
export type { ReadingRules } from './reading-rules.ts'
export { type ImportReport, type RejectedRow, rejectedRowsMax, type WriteOutcome } from './row-collector.ts'
export { type RowRejectionCode, rowRejections } from './row-rejections.ts'
export { type BodyLimits, defaultBodyLimits } from './unpack.ts'
