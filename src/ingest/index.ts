/** What other rooms use of the doors. */
export { type BodyProblem, type BodyRefusalCode, bodyRefusals } from './body-refusals.ts'
export { fieldNames, type ValueColumn, valueColumns } from './columns.ts'
export { type Cell, CsvWriter } from './csv-writer.ts'
export { type DeviceAdapter, type DeviceSettings, isReservedRoot, type NotUnderstood } from './devices/adapter.ts'
export {
  blankMemory,
  type DeviceMemory,
  type LiveDevice,
  type ReceivedMessage,
  type Settled,
  settleMessage,
  sharesMemory,
} from './devices/device-readings.ts'
export { type MessageRejectionCode, messageRejections } from './devices/message-rejections.ts'
export { adapterOf, deviceAdapters } from './devices/registry.ts'
export { type MinuteProblem, type MinuteReport, type MinuteRow, readMinutes } from './disaggregate-csv.ts'
export type { FileFormat } from './file-format.ts'
export {
  anyFormat,
  type FormatChoice,
  fileFormats,
  formatNamed,
  formatNames,
  formatsOfFileName,
  formatsOfMediaType,
  readingsMediaTypes,
} from './formats.ts'
export * from './grid/index.ts'
export { type BodyRefusal, defaultBatchSize, type ImportOptions, importReadings } from './import-readings.ts'
export { readInstantText } from './instant.ts'
export { type BrokerClient, connectToBroker } from './mqtt/broker-client.ts'
export {
  type BrokerMessage,
  type BrokerOptions,
  type EmbeddedBroker,
  openEmbeddedBroker,
} from './mqtt/embedded-broker.ts'
export { GroupCommit, NotCommittedError } from './mqtt/group-commit.ts'
export { rootOfFilter, type TopicIndex, topicIndex } from './mqtt/topic-index.ts'
export type { PointReport } from './point-tally.ts'
export { type ReadingRules, type ReadingUnit, readingUnits } from './reading-rules.ts'
export {
  batchOutcomes,
  type ImportReport,
  lateRejections,
  type RejectedRow,
  rejectedRowsMax,
  type WriteBatch,
} from './row-collector.ts'
export { type RowRejectionCode, rowRejections } from './row-rejections.ts'
export { type BodyLimits, defaultBodyLimits } from './unpack.ts'
