/** What other rooms use of grid data's doors. */
export { type CheckedHours, checkHours } from './check-hours.ts'
export { type GridCsv, readGridCsv } from './grid-csv.ts'
export { type HourRejectionCode, hourRejections, type RejectedHour, rejectedHour } from './hour-rejections.ts'
