/** What other rooms use of grid data's doors. */
export {
  type Ask,
  type GridAdapter,
  type SourceAnswer,
  SourceError,
  type SourceErrorCode,
  type SourceEvents,
  type SourceQuestion,
  type SourceRequest,
} from './adapter.ts'
export { type CheckedHours, checkHours } from './check-hours.ts'
export { electricityMaps } from './electricity-maps.ts'
export { energyCharts } from './energy-charts.ts'
export { entsoe } from './entsoe.ts'
export { type GridCsv, readGridCsv } from './grid-csv.ts'
export { type HourRejectionCode, hourRejections, type RejectedHour, rejectedHour } from './hour-rejections.ts'
export { type PoliteContext, PoliteFetcher } from './polite-fetch.ts'
export { type TernaAccess, terna } from './terna.ts'
