/** What other rooms use of the doors that take files and bodies. */
export { type BodyRefusalCode, bodyRefusals } from './body-refusals.ts'
export { fieldNames } from './columns.ts'
export { type Cell, CsvWriter } from './csv-writer.ts'
export { type MinuteRow, readMinutes } from './disaggregate-csv.ts'
export type { FileFormat } from './file-format.ts'
export {
  anyFormat,
  type FormatChoice,
  fileFormats,
  formatNamed,
  formatNames,
  formatsOfFileName,
  formatsOfMediaType,
  formatsWithEntities,
  readingsMediaTypes,
} from './formats.ts'
export { type BodyRefusal, type ImportOptions, importReadings } from './import-readings.ts'
export type { PointReport } from './point-tally.ts'
export { type ReadingRules, type ReadingUnit, readingUnits } from './reading-rules.ts'
export { batchOutcomes, type ImportReport, lateRejections, type WriteBatch } from './row-collector.ts'
export { type RowRejectionCode, rowRejections } from './row-rejections.ts'
export { defaultBodyLimits } from './unpack.ts'
