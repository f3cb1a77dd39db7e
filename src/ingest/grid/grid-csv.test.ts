import { describe, expect, test } from 'vitest'
import { readGridCsv } from './grid-csv.ts'

const csv = (...rows: string[]) => readGridCsv(rows.join('\n'), 'IT')

describe('a CSV of the grid', () => {
  test('gives hours with the share as it says it, further columns ignored', () => {
    const { hours, received } = csv(
      'utc,renewable_fraction,gas_mw,solar_mw,wind_mw,hydro_ror_mw,hydro_reservoir_mw,generation_mw,load_mw',
      '2023-06-01T10:00Z,0.5,9000,6000,2000,1500,500,20000,25000',
    )
    expect(received).toBe(1)
    expect(hours).toMatchObject([
      {
        startAt: Date.parse('2023-06-01T10:00:00Z'),
        renewableShare: 0.5,
        solarMw: 6000,
        windMw: 2000,
        otherRenewableMw: 2000,
        generationMw: 20_000,
        loadMw: 25_000,
        madeAt: Date.parse('2023-06-01T11:00:00Z'),
      },
    ])
  })

  test('without a share has it computed; with an empty one it is not known', () => {
    const parts = '6000,2000,2000,20000'
    const computed = csv('utc,solar_mw,wind_mw,hydro_mw,generation_mw', `2023-06-01T10:00Z,${parts}`)
    expect(computed.hours[0]?.renewableShare).toBe(0.5)
    const empty = csv('utc,solar_mw,wind_mw,hydro_mw,generation_mw,renewable_fraction', `2023-06-01T10:00Z,${parts},`)
    expect(empty.hours[0]?.renewableShare).toBeNull()
  })

  test('without one of the parts it has columns for has no share, instead of one too low', () => {
    const { hours } = csv(
      'utc,solar_mw,wind_mw,hydro_ror_mw,hydro_reservoir_mw,generation_mw',
      '2023-06-01T10:00Z,6000,2000,2000,,20000',
    )
    expect(hours[0]?.renewableShare ?? null).toBeNull()
    expect(hours[0]?.otherRenewableMw ?? null).toBeNull()
  })

  test('of quarters makes hours of four, and refuses an hour with a hole', () => {
    const quarter = (time: string, mw: number) => `2023-06-01T${time}Z,${mw},0,0,1000`
    const { hours, rejected } = csv(
      'utc,solar_mw,wind_mw,hydro_mw,generation_mw',
      quarter('10:00', 100),
      quarter('10:15', 200),
      quarter('10:30', 300),
      quarter('10:45', 400),
      quarter('11:00', 500),
      quarter('11:30', 500),
    )
    expect(hours).toMatchObject([{ solarMw: 250, renewableShare: 0.25, durationS: 3600 }])
    expect(rejected).toMatchObject([{ at: '2023-06-01T11:00:00Z', code: 'hour_incomplete' }])
  })

  test('of quarters takes the shares by what was generated, where it is known', () => {
    const quarters = [
      ['00', 0.2, 10_000],
      ['15', 0.2, 10_000],
      ['30', 0.6, 30_000],
      ['45', 0.6, 30_000],
    ] as const
    const sharesOf = (header: string, count: number) => {
      const rows = quarters.map(([minute, ...cells]) => `2023-06-01T10:${minute}Z,${cells.slice(0, count).join(',')}`)
      return csv(header, ...rows).hours.map(({ renewableShare }) => renewableShare)
    }
    expect(sharesOf('utc,renewable_fraction,generation_mw', 2)).toEqual([0.5])
    expect(sharesOf('utc,renewable_fraction', 1)).toEqual([0.4])
  })

  const hourly = (count: number, from = 0) =>
    Array.from(
      { length: count },
      (_, index) => `${new Date(Date.UTC(2023, 5, 1, from + index)).toISOString().slice(0, 16)}Z,0.5`,
    )

  test('of hours loses only the hour in which a row of a quarter stands', () => {
    const [first = '', ...others] = hourly(48)
    const { hours, empty, rejected } = csv('utc,renewable_fraction', first, '2023-06-01T00:15Z,', ...others)
    expect([hours.length, empty]).toEqual([47, 1])
    expect(rejected).toMatchObject([{ at: '2023-06-01T00:00:00Z', code: 'hour_incomplete' }])
  })

  test('may change from hours to quarters', () => {
    const quarters = ['00', '15', '30', '45'].map((minute) => `2023-06-01T03:${minute}Z,0.6`)
    const { hours, rejected } = csv('utc,renewable_fraction', ...hourly(3), ...quarters, ...hourly(3, 4))
    expect(hours.map(({ renewableShare }) => renewableShare)).toEqual([0.5, 0.5, 0.5, 0.6, 0.5, 0.5, 0.5])
    expect(rejected).toEqual([])
  })

  test('of quarters takes none for an hour where the others of its hour are missing', () => {
    const quarters = (hour: string, ...minutes: string[]) =>
      minutes.map((minute) => `2023-06-01T${hour}:${minute}Z,0.6`)
    const all = ['00', '15', '30', '45']
    const { hours, rejected } = csv(
      'utc,renewable_fraction',
      ...quarters('00', '00'),
      ...quarters('01', ...all),
      ...quarters('02', '00'),
      ...quarters('03', ...all),
      ...quarters('04', '00', '30'),
    )
    expect(hours.map(({ startAt }) => new Date(startAt).getUTCHours())).toEqual([1, 3])
    expect(rejected.map(({ at }) => at.slice(11, 13))).toEqual(['00', '02', '04'])
  })

  test('counts repeats and empty rows, refuses contradictions on both sides, and loses no good row', () => {
    const result = csv(
      'utc,renewable_fraction',
      '2023-06-01T10:00Z,0.5',
      '2023-06-01T10:00Z,0.5',
      '2023-06-01T11:00Z,',
      '2023-06-01T12:00Z,0.4',
      '2023-06-01T12:00Z,0.6',
      '2023-06-01T13:00+02:00,0.5',
      '2023-06-01T14:10Z,0.5',
      '2023-06-01T15:00Z,half',
      '2023-06-01T16:00Z,-0.1',
    )
    expect(result).toMatchObject({ received: 9, empty: 1, duplicates: 1 })
    expect(result.hours.map(({ startAt }) => startAt)).toEqual([Date.parse('2023-06-01T10:00Z')])
    expect(result.rejected.map(({ code }) => code)).toEqual([
      'time_invalid',
      'time_invalid',
      'value_not_a_number',
      'value_not_a_number',
      'hour_conflicting',
      'hour_conflicting',
    ])
  })

  test('loses a row that is too long, too short or opens a quote, and no other; a day that is none is no hour', () => {
    const result = csv(
      'utc,renewable_fraction',
      '2023-06-01T10:00Z,"0.5"',
      '2023-06-01T11:00Z,0.5,0.6',
      '2023-06-01T12:00Z',
      '2023-06-01T13:00Z,"0.5',
      '2023-06-01T13:15Z","0.5',
      '"2023-06-01T13:30Z"+,0.5',
      '2023-02-30T10:00Z,0.5',
      '2023-06-01T24:00Z,0.5',
      '2023-06-01T14:00Z,0.4',
    )
    expect(result).toMatchObject({ received: 9, empty: 0, duplicates: 0 })
    expect(result.hours.map(({ startAt, renewableShare }) => [startAt, renewableShare])).toEqual([
      [Date.parse('2023-06-01T10:00Z'), 0.5],
      [Date.parse('2023-06-01T14:00Z'), 0.4],
    ])
    expect(result.rejected.map(({ at, code }) => `${at} ${code}`)).toEqual([
      '2023-06-01T13:00Z row_malformed',
      '2023-06-01T13:15Z" row_malformed',
      '"2023-06-01T13:30Z"+ row_malformed',
      '2023-06-01T11:00Z row_malformed',
      '2023-06-01T12:00Z row_malformed',
      '2023-02-30T10:00Z time_invalid',
      '2023-06-01T24:00Z time_invalid',
    ])
  })

  test('names the line of what it refuses, of an hour the first, empty lines and lines that cannot be read counted', () => {
    const { rejected, rejectedForecasts } = csv(
      'utc,load_mw,load_forecast_mw',
      '',
      '2023-06-01T10:00Z,"25000,24000',
      '2023-06-01T11:00Z,25100',
      '2023-06-01T12:10Z,25200,24200',
      '2023-06-01T13:00Z,much,24300',
      '',
      '2023-06-01T14:00Z,25300,n/a',
      '2023-06-01T15:00Z,25400,24400',
      '2023-06-01T15:00Z,25500,24400',
      '2023-06-01T16:15Z,25600,',
      '2023-06-01T16:30Z,25600,',
    )
    expect(rejected.map(({ line, code }) => `${line} ${code}`)).toEqual([
      '3 row_malformed',
      '4 row_malformed',
      '5 time_invalid',
      '6 value_not_a_number',
      '9 hour_conflicting',
      '10 hour_conflicting',
      '11 hour_incomplete',
    ])
    expect(rejectedForecasts.map(({ line, code }) => `${line} ${code}`)).toEqual(['8 value_not_a_number'])
  })

  test('keeps published forecasts apart, as made by 18:00 in Brussels the day before', () => {
    const { hours, forecasts } = csv('utc,load_mw,load_forecast_mw', '2023-06-01T10:00Z,25000,24000')
    expect(hours).toMatchObject([{ loadMw: 25_000, kind: 'actual' }])
    expect(forecasts).toMatchObject([{ loadMw: 24_000, kind: 'forecast', madeAt: Date.parse('2023-05-31T16:00Z') }])
  })

  test('names a forecast that is no number, one that comes twice, and one with a hole, and keeps what was measured then', () => {
    const { hours, rejected, forecasts, rejectedForecasts } = csv(
      'utc,load_mw,load_forecast_mw,wind_forecast_mw',
      '2023-06-01T10:00Z,25000,n/a,2000',
      '2023-06-01T11:00Z,25100,-5,2000',
      '2023-06-01T12:00Z,25200,24200,2000',
      '2023-06-01T13:00Z,25300,24300,2000',
      '2023-06-01T13:00Z,25300,24400,2000',
      '2023-06-01T14:00Z,25400,,',
    )
    expect(hours.map(({ loadMw }) => loadMw)).toEqual([25_000, 25_100, 25_200, 25_300, 25_400])
    expect(rejected).toEqual([])
    expect(forecasts.map(({ loadMw }) => loadMw)).toEqual([24_200])
    expect(rejectedForecasts.map(({ at, code }) => `${at.slice(11, 13)} ${code}`)).toEqual([
      '10 value_not_a_number',
      '11 value_not_a_number',
      '13 hour_conflicting',
      '13 hour_conflicting',
    ])
    const quarters = csv('utc,load_mw,load_forecast_mw', '2023-06-01T10:00Z,25000,24000', '2023-06-01T10:15Z,25000,')
    expect(quarters.rejectedForecasts).toMatchObject([{ at: '2023-06-01T10:00:00Z', code: 'hour_incomplete' }])
  })

  test('without the columns is refused in a sentence', () => {
    expect(() => csv('time,share', '2023-06-01T10:00Z,0.5')).toThrow('a header with utc')
    expect(() => csv('')).toThrow('a header with utc')
    expect(() => csv('"utc,renewable_fraction', '2023-06-01T10:00Z,0.5')).toThrow('a header with utc')
  })
})
