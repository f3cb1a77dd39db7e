/** What other rooms use of the doors. */
export { type BodyRefusalCode, bodyRefusals } from './body-refusals.ts'
export { fieldNames } from './columns.ts'
export { type Cell, CsvWriter } from './csv-writer.ts'
export { isReservedRoot } from './devices/adapter.ts'
export {
  blankMemory,
  type DeviceMemory,
  type LiveDevice,
  type ReceivedMessage,
  type Settled,
  settleMessage,
  sharesMemory,
} from './devices/device-readings.ts'
export { messageRejections } from './devices/message-rejections.ts'
export { adapterOf, deviceAdapters } from './devices/registry.ts'
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
export { type GridAdapter, SourceError, type SourceQuestion } from './grid/adapter.ts'
export { checkHours } from './grid/check-hours.ts'
export { electricityMaps } from './grid/electricity-maps.ts'
export { energyCharts } from './grid/energy-charts.ts'
export { entsoe } from './grid/entsoe.ts'
export { type GridCsv, readGridCsv } from './grid/grid-csv.ts'
export { hourRejections, type RejectedHour, rejectedHour } from './grid/hour-rejections.ts'
export { PoliteFetcher } from './grid/polite-fetch.ts'
export { terna } from './grid/terna.ts'
export { type BodyRefusal, type ImportOptions, importReadings } from './import-readings.ts'
export { readInstantText } from './instant.ts'
export { type BrokerClient, connectToBroker } from './mqtt/broker-client.ts'
export {
  type BrokerMessage,
  type BrokerOptions,
  type EmbeddedBroker,
  openEmbeddedBroker,
} from './mqtt/embedded-broker.ts'
export { GroupCommit, NotCommittedError } from './mqtt/group-commit.ts'
export { rootOfFilter, topicIndex } from './mqtt/topic-index.ts'
export type { PointReport } from './point-tally.ts'
export { type ReadingRules, type ReadingUnit, readingUnits } from './reading-rules.ts'
export { batchOutcomes, type ImportReport, lateRejections, type WriteBatch } from './row-collector.ts'
export { type RowRejectionCode, rowRejections } from './row-rejections.ts'
export { defaultBodyLimits } from './unpack.ts'
