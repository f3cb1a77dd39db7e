/** Packing and unpacking, without a database: what worker threads import. */
export { decodeAnalysedDay, type EncodedDay, encodeAnalysedDay, unpackHours } from './analysed-days.ts'
export { CodecError } from './bytes.ts'
export { readingsOfSeries } from './reading-columns.ts'
export { type PackedReadings, packReadings, unpackReadings, unpackSeries } from './readings.ts'
