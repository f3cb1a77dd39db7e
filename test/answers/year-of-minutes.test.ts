/** A year of minute readings goes in over HTTP; what comes out is compared with sums made from the raw file. */
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bandOf, energyWh, type RawMinute, rawMinutes } from '../support/raw-minutes.ts'
import { startTestServer, type TestServer } from '../support/test-server.ts'

const account = '0001'
const base = `/accounts/${account}`
const minutes = rawMinutes('2014-01-31T23:00Z', '2015-01-31T23:00Z')
const inMonth = (month: string) => minutes.filter(({ local }) => local.month === month)
const between = (from: string, to: string) => minutes.filter(({ local }) => local.date >= from && local.date < to)
const sum = (row: readonly number[]) => row.reduce((total, value) => total + value, 0)
const median = (values: readonly number[]) => {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2
}
let server: TestServer

interface Usage {
  readonly appliance: string
  readonly start: string
  readonly stop: string
  readonly energy_wh: number
}

/** One large body of minutes. */
function csvOf(some: readonly RawMinute[]): Uint8Array<ArrayBuffer> {
  const rows = some.map(({ utc, powerW }) => `${utc.replace('Z', ':00Z')},${powerW ?? ''}`)
  return new Uint8Array(gzipSync(`at,power_w\n${rows.join('\n')}\n`))
}

beforeAll(async () => {
  server = await startTestServer('2015-02-01T09:00:00Z')
  const registration = { pod: 'IT001E00000001', account_number: account, company_code: 'ACME' }
  expect((await server.send('POST', '/accounts', JSON.stringify(registration))).status).toBe(200)
  const onboarding = {
    house: { type: 'detachedHouse', dimesion: 140, province: 'TO' },
    residents: { adults: 2 },
    appliances: ['fridge', 'washingMachine', 'dishwasher', 'kettle', 'microwave'].map((appliance) => ({
      appliance,
      quantity: 1,
    })),
  }
  expect((await server.send('POST', `${base}/onboarding`, JSON.stringify(onboarding))).status).toBe(200)
  const third = Math.ceil(minutes.length / 3)
  const reports = []
  for (const part of [0, 1, 2]) {
    const body = csvOf(minutes.slice(part * third, (part + 1) * third))
    const response = await server.send('POST', `${base}/readings`, body, { contentType: 'text/csv' })
    reports.push(((await response.json()) as { data: { accepted: number; rejected_count: number } }).data)
  }
  expect(sum(reports.map(({ accepted }) => accepted))).toBe(525_600)
  expect(sum(reports.map(({ rejected_count }) => rejected_count))).toBe(0)
  await server.analysed(account)
}, 120_000)

afterAll(async () => {
  await server?.stop()
})

const periods = [
  ['yesterday', between('2015-01-31', '2015-02-01'), between('2015-01-30', '2015-01-31')],
  ['last-seven-days', between('2015-01-25', '2015-02-01'), between('2015-01-18', '2015-01-25')],
  ['last-week', between('2015-01-19', '2015-01-26'), between('2015-01-12', '2015-01-19')],
  ['last-month', inMonth('2015-01'), inMonth('2014-12')],
] as const

describe('a year of minutes', () => {
  test.each(periods)(
    '%s has the energy of the raw file on every endpoint, and columns that add up',
    async (period, selected, previous) => {
      const distribution = await server.get(`${base}/consumption/distribution?period=${period}`)
      const measured = selected.filter(({ powerW }) => powerW !== null).length
      const expected = measured === 0 ? null : Math.round(energyWh(selected))
      expect(distribution.total_consumption.selected_period).toBe(expected)
      expect(distribution.total_consumption.previous_period).toBe(Math.round(energyWh(previous)))
      expect(distribution.meta.coverage).toBeCloseTo(measured / selected.length, 4)
      const { performance } = await server.get(`${base}/consumption/performance?period=${period}`)
      expect(performance.user_consumption).toBe(expected)
      if (expected !== null) expect(sum(distribution.electricity_data.data[0])).toBe(expected)
    },
  )

  test('yesterday and last-month have the power of the raw file in every minute', async () => {
    for (const [period, selected] of [
      ['yesterday', periods[0][1]],
      ['last-month', periods[3][1]],
    ] as const) {
      const { electricity_data } = await server.get(`${base}/consumption?period=${period}`)
      expect(electricity_data.index).toEqual(selected.map(({ utc }) => utc.replace('Z', ':00Z')))
      const totals = electricity_data.data.map((row: (number | null)[]) =>
        row[0] === null ? null : sum(row.map(Number)),
      )
      expect(totals).toEqual(selected.map(({ powerW }) => (powerW === null ? null : Math.round(powerW))))
    }
  })

  test('the trend has the energy of the raw file per month and band', async () => {
    const { electricity_data, months } = await server.get(`${base}/consumption/trend`)
    expect(months).toHaveLength(12)
    for (const [index, month] of months.entries()) {
      const inBand = (band: number) => energyWh(inMonth(month).filter(({ local }) => bandOf(local) === band))
      for (const band of [0, 1, 2])
        expect(Math.abs(electricity_data.data[index][band] - inBand(band)), `${month} F${band + 1}`).toBeLessThan(1)
      expect(sum(electricity_data.data[index])).toBe(Math.round(energyWh(inMonth(month))))
    }
  })

  test('compound and trend agree on every month, the yearly distribution within 6 Wh', async () => {
    const trend = (await server.get(`${base}/consumption/trend`)).electricity_data.data
    const compound = (await server.get(`${base}/consumption/compound`)).electricity_data
    const year = (await server.get(`${base}/consumption/yearly-distribution`)).electricity_data
    expect(compound.data.map(sum)).toEqual(trend.map(sum))
    expect(year.columns).toEqual(compound.columns)
    for (const [column] of year.columns.entries()) {
      const months = sum(compound.data.map((row: number[]) => row[column]))
      expect(Math.abs(year.data[0][column] - months)).toBeLessThanOrEqual(6)
    }
  })

  test('habits of last-month are one hour at the mean power of the raw file', async () => {
    const { electricity_data } = await server.get(`${base}/consumption/habits?period=last-month`)
    for (const [index, [weekday, hour]] of electricity_data.index.entries()) {
      const cell = inMonth('2015-01').filter(({ local }) => local.weekday === weekday && local.hour === hour)
      const measured = cell.filter(({ powerW }) => powerW !== null)
      const expected = measured.length < 30 ? null : Math.round((energyWh(measured) * 60) / measured.length)
      expect(electricity_data.data[index], `${weekday} ${hour}:00`).toEqual([expected])
    }
  })

  test('saving stays within the home and its standby weeks add up', async () => {
    const { consumption, saving_data } = await server.get(`${base}/saving`)
    const window = between('2015-01-04', '2015-02-01')
    expect(consumption).toBe(Math.round(energyWh(window)))
    expect(
      sum(saving_data.map((one: { consumption: { actual: number } }) => one.consumption.actual)),
    ).toBeLessThanOrEqual(consumption)
    const standby = saving_data.find((one: { appliance: string }) => one.appliance === 'standby')
    expect(sum(standby.history.consumptions_history.map((week: { value: number }) => week.value))).toBe(
      standby.consumption.actual,
    )
  })

  test.each(['yesterday', 'last-week'])('usages of %s are those of the month that start in it', async (period) => {
    const month: Usage[] = (await server.get(`${base}/usages?period=last-month`)).usages
    const { usages, meta } = await server.get(`${base}/usages?period=${period}`)
    expect(usages.length).toBeGreaterThan(0)
    expect(usages).toEqual(month.filter(({ start }) => start >= meta.from && start < meta.to))
  })

  test.each(['dishwasher', 'washingMachine'])(
    'the typical run of a %s is made of its newest thirty',
    async (appliance) => {
      const { typical_run } = await server.get(`${base}/greenness?appliance=${appliance}`)
      const { usages } = await server.get(`${base}/usages?from=2014-12-02&to=2015-02-01`)
      const newest = usages.filter((one: Usage) => one.appliance === appliance).slice(-30) as Usage[]
      const lengthsS = newest.map(({ start, stop }) => (Date.parse(stop) - Date.parse(start)) / 1000)
      expect(typical_run).toMatchObject({ runs: 30, duration_s: median(lengthsS) })
      expect(Math.abs(typical_run.energy_wh - median(newest.map(({ energy_wh }) => energy_wh)))).toBeLessThanOrEqual(1)
    },
  )

  test('a corrected day of any age changes every sum that it is part of', async () => {
    const day = between('2014-06-10', '2014-06-11')
    const before = (await server.get(`${base}/consumption/trend`)).electricity_data.data[4]
    const corrected = day.map((minute) => ({ ...minute, powerW: minute.powerW === null ? null : minute.powerW + 120 }))
    const response = await server.send('POST', `${base}/readings`, csvOf(corrected), { contentType: 'text/csv' })
    const measured = day.filter(({ powerW }) => powerW !== null).length
    expect(((await response.json()) as { data: object }).data).toMatchObject({
      replaced: measured,
      duplicates: day.length - measured,
    })
    await server.analysed(account)
    const after = (await server.get(`${base}/consumption/trend`)).electricity_data.data[4]
    expect(Math.abs(sum(after) - sum(before) - measured * 2)).toBeLessThanOrEqual(1)
  })
})
