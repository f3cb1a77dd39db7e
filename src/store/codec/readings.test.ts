import { expect, test } from 'vitest'
import { packReadings, unpackReadings } from './readings.ts'

const columns = {
  at: Float64Array.of(1_000_000, 1_060_000, 1_120_000),
  value: Float64Array.of(532, 0, 1.5),
  present: Uint8Array.of(1, 0, 1),
  spanS: Float64Array.of(300, 300, 60),
  quality: Uint8Array.of(0, 0, 1),
}

test('a packed day comes out as it went in', () => {
  const day = { ...columns, source: Uint8Array.of(1, 1, 2) }
  expect(unpackReadings(packReadings(day))).toEqual(day)
})

test('a day packed before readings had sources is read, its sources unstated', () => {
  // Written by Loadlens 0.1.0's version 1 of the format.
  const packed = Buffer.from('AQADgIl6AODUAwIFAgAAAAAAwHJAAQAAAAAAAE5AAgAAAAAAAAAAAQAAAAAAAPA/AZBT8VI=', 'base64')
  expect(unpackReadings(packed)).toEqual({ ...columns, source: new Uint8Array(3) })
})
