/** Packing and unpacking, without a database: what worker threads import. */
export { decodeAnalysedDay, type EncodedDay, encodeAnalysedDay } from './analysed-days.ts'
export { type PackedReadings, unpackSeries } from './readings.ts'
