/** One suite for both engines: what the store promises holds on PGlite and on a PostgreSQL server alike. */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDisaggregator } from '../../src/disaggregate/index.ts'
import type { Run } from '../../src/energy/analysis.ts'
import { type CivilDay, daysFrom, type EpochMs } from '../../src/energy/civil-time.ts'
import { householdOf, type Onboarding } from '../../src/energy/household.ts'
import type { SlotS } from '../../src/energy/load-curve.ts'
import type { Reading } from '../../src/energy/readings.ts'
import { featuresOf, type HomeFeatures } from '../../src/energy/similar-homes.ts'
import { dayCurveFromReadings } from '../../src/energy/slots-from-readings.ts'
import { bandCalendar } from '../../src/energy/tariff-bands.ts'
import { analyseDays } from '../../src/rollup/analyse-days.ts'
import { decodeAnalysedDay, encodeAnalysedDay, unpackSeries } from '../../src/store/codec/index.ts'
import {
  type Account,
  AccountGoneError,
  addDeviceHealth,
  type ClientId,
  claimStaleDays,
  closeAccount,
  closeDatabase,
  countAccounts,
  createClient,
  type Database,
  deleteAccount,
  everyOpenAccount,
  exportAccount,
  findAccount,
  findClient,
  listAccounts,
  markOtherModels,
  measuredUntil,
  newestMeasuredSlot,
  newestReadings,
  openDatabase,
  type PeerHome,
  peersVersion,
  pendingDays,
  periodTotalsOf,
  putClient,
  readDayHours,
  readDayRows,
  readEncodedDays,
  readingsSummary,
  readPackedReadings,
  readReadings,
  readRuns,
  registerAccount,
  releaseClaim,
  replacePeerHomes,
  replaceSecret,
  revokeClient,
  saveAnalysis,
  saveOnboarding,
  similarHomes,
  writeLiveReadings,
} from '../../src/store/index.ts'
import { statements as podFrom } from '../../src/store/migrations/0044-pod-from.ts'
import { openTestDatabase, pgliteEngine, postgresqlEngine, type TestEngine } from '../support/databases.ts'
import { newDevice } from '../support/homes.ts'
import { writeReadings } from '../support/readings.ts'

const timeZone = 'Europe/Rome'
const now = Date.parse('2026-03-10T12:00:00Z')
const day = (text: string) => text as CivilDay
let numbers = 0

function power(at: string, value: number | null, extra: Partial<Reading> = {}): Reading {
  return {
    kind: 'power',
    channel: 'import',
    at: Date.parse(at),
    value,
    spanS: 300,
    quality: 'measured',
    source: 'api',
    ...extra,
  }
}

/** Minutes of one day from midnight UTC, each of the same power. */
function minutesOf(date: string, powerW: number, count = 1440): Reading[] {
  return Array.from({ length: count }, (_, minute) =>
    power(new Date(Date.parse(`${date}T00:00:00Z`) + minute * 60_000).toISOString(), powerW),
  )
}

function featuresWith(house: Onboarding['house'], adults: number): HomeFeatures {
  const features = featuresOf(householdOf({ ...(house && { house }), residents: { adults } }))
  if (features === null) throw new Error('the profile is incomplete')
  return features
}

const postgresql = await postgresqlEngine()
const engines: TestEngine[] = [pgliteEngine(), ...(postgresql === undefined ? [] : [postgresql])]

afterAll(async () => {
  for (const engine of engines) await engine.stop()
})

describe.each(engines)('the store on $name', (engine) => {
  let db: Database
  let remove: () => Promise<void>
  let client: ClientId
  let other: ClientId

  beforeAll(async () => {
    ;({ db, remove } = await openTestDatabase(engine))
    client = await newClient('retailer')
    other = await newClient('another')
  })
  afterAll(async () => {
    await remove?.()
  })

  async function newClient(id: string): Promise<ClientId> {
    const created = await createClient(db, { id, secretHash: 'hash', companies: ['ACME'], now })
    if (created === undefined) throw new Error('the client exists')
    return created.id
  }

  async function newAccount(owner = client): Promise<Account> {
    const number = String(++numbers).padStart(8, '0')
    const pod = `IT001E${number}`
    const registration = { pod, podKey: pod, accountNumber: number, companyCode: 'ACME', timeZone, now }
    const registered = await registerAccount(db, owner, registration)
    if (registered.outcome !== 'created') throw new Error(registered.outcome)
    return registered.account
  }

  /** Until so many transactions wait for a lock. */
  async function untilWaiting(count: number): Promise<'waiting'> {
    for (;;) {
      const { rows } = await sql`select from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`.execute(db.kysely)
      if (rows.length >= count) return 'waiting'
    }
  }

  /** Puts homes in the place of all peers, as a server does. */
  async function replacePeers(homes: readonly PeerHome[], at = now): Promise<number | undefined> {
    const byId = homes.toSorted((a, b) => (a.accountId < b.accountId ? -1 : 1))
    return await replacePeerHomes(db, byId, { now: at, machineClock: () => at })
  }

  async function valuesOf(account: Account, from: string, to: string): Promise<[string, number | null][]> {
    const { power: columns } = await readReadings(db, account, {
      fromAt: Date.parse(from),
      toAt: Date.parse(to),
      channel: 'import',
    })
    return Array.from(columns.at, (at, index) => [
      new Date(at).toISOString(),
      columns.present[index] === 1 ? (columns.value[index] ?? 0) : null,
    ])
  }

  /** Claims everything that is due at an instant and analyses it, as the server does. */
  async function analyse(
    at: EpochMs,
    runsOf: (on: CivilDay) => readonly Run[] = () => [],
    toldIn: (on: CivilDay, slotS: SlotS) => SlotS = (_, slotS) => slotS,
  ): Promise<void> {
    const stretches = await claimStaleDays(db, { now: at, maxDays: 500, maxStretchDays: 35, claimForS: 60 })
    for (const stretch of stretches) {
      const from = Date.parse(`${stretch.days[0]}T00:00:00Z`) - 7_200_000
      const to = Date.parse(`${stretch.days.at(-1)}T00:00:00Z`) + 2 * 86_400_000
      const series = unpackSeries(
        await readPackedReadings(db, stretch.account, { fromAt: from, toAt: to, channel: 'import' }),
      )
      const days = stretch.days.map((one) => dayCurveFromReadings(one, timeZone, series))
      const input = { household: householdOf(stretch.account.onboarding), timeZone, days, from: 0, to: days.length }
      const analysed = await analyseDays(input, createDisaggregator(), bandCalendar({ fourOctober: false }))
      const toSave = analysed.map((one) => ({
        encoded: encodeAnalysedDay({
          ...one,
          runs: runsOf(one.curve.day),
          totals: { ...one.totals, toldSlotS: toldIn(one.curve.day, one.totals.toldSlotS) },
        }),
        recheckAt: null,
      }))
      await saveAnalysis(db, stretch, toSave, at)
    }
  }

  test('gives readings back as they came, whatever the order they came in', async () => {
    const account = await newAccount()
    const rows = [
      power('2026-03-09T10:02:00Z', 3),
      power('2026-03-08T10:00:00Z', 1.25),
      power('2026-03-09T10:01:00Z', null),
      power('2026-03-10T11:59:30.250Z', 4),
    ]
    expect(await writeReadings(db, account, rows, { now })).toEqual(['accepted', 'accepted', 'accepted', 'accepted'])
    expect(await valuesOf(account, '2026-03-08T00:00:00Z', '2026-03-11T00:00:00Z')).toEqual([
      ['2026-03-08T10:00:00.000Z', 1.25],
      ['2026-03-09T10:01:00.000Z', null],
      ['2026-03-09T10:02:00.000Z', 3],
      ['2026-03-10T11:59:30.250Z', 4],
    ])
  })

  test('tells new, known and changed readings apart, on a day that is over and on one that runs', async () => {
    const account = await newAccount()
    for (const date of ['2026-03-09', '2026-03-10']) {
      const at = `${date}T08:00:00Z`
      expect(await writeReadings(db, account, [power(at, 10)], { now })).toEqual(['accepted'])
      expect(await writeReadings(db, account, [power(at, 10)], { now })).toEqual(['duplicate'])
      expect(await writeReadings(db, account, [power(at, 11)], { now })).toEqual(['replaced'])
      expect(await valuesOf(account, `${date}T00:00:00Z`, `${date}T23:00:00Z`)).toEqual([[`${date}T08:00:00.000Z`, 11]])
    }
  })

  test('lets the later of two rows of one call win', async () => {
    const account = await newAccount()
    const at = '2026-03-09T08:00:00Z'
    expect(await writeReadings(db, account, [power(at, 1), power(at, 2)], { now })).toEqual(['accepted', 'replaced'])
    expect(await valuesOf(account, '2026-03-09T00:00:00Z', '2026-03-10T00:00:00Z')).toEqual([
      ['2026-03-09T08:00:00.000Z', 2],
    ])
  })

  test('never lets an estimate stand over what was measured, and a measured value over an estimate', async () => {
    const account = await newAccount()
    const at = '2026-03-09T08:00:00Z'
    const estimate = power(at, 1, { quality: 'estimated' })
    expect(await writeReadings(db, account, [estimate], { now })).toEqual(['accepted'])
    expect(await writeReadings(db, account, [power(at, 2)], { now })).toEqual(['replaced'])
    expect(await writeReadings(db, account, [estimate], { now })).toEqual(['duplicate'])
    expect((await valuesOf(account, '2026-03-09T00:00:00Z', '2026-03-10T00:00:00Z'))[0]?.[1]).toBe(2)
  })

  test('takes a measured value over an estimate of the same number, which no estimate replaces then', async () => {
    const account = await newAccount()
    const at = '2026-03-09T08:00:00Z'
    const estimate = (value: number) => power(at, value, { quality: 'estimated' })
    const outcomes = []
    for (const reading of [estimate(100), power(at, 100), estimate(50)])
      outcomes.push(...(await writeReadings(db, account, [reading], { now })))
    expect(outcomes).toEqual(['accepted', 'replaced', 'duplicate'])
  })

  test('keeps which door a reading came through, packed or not', async () => {
    const account = await newAccount()
    const [past, today] = ['2026-03-09T08:00:00Z', '2026-03-10T08:00:00Z']
    await writeReadings(db, account, [power(past, 1, { source: 'import' }), power(today, 2)], { now })
    const held = await newestReadings(db, account, { fromAt: 0, toAt: now, channel: 'import' })
    expect(held.map(({ source }) => source)).toEqual(['api', 'import'])
    const ofKind = { fromAt: 0, toAt: now, channel: 'import' } as const
    expect(await newestReadings(db, account, { ...ofKind, kind: 'power' })).toEqual(held)
    expect(await newestReadings(db, account, { ...ofKind, kind: 'register' })).toEqual([])
    expect(await writeReadings(db, account, [power(past, 1)], { now })).toEqual(['duplicate'])
  })

  test('counts readings, and knows the first, the last and the first that measured', async () => {
    const account = await newAccount()
    expect(await readingsSummary(db, account)).toBeNull()
    await writeReadings(db, account, minutesOf('2026-03-09', 100), { now })
    await writeReadings(db, account, [power('2026-03-08T10:00:00Z', null), power('2026-03-10T10:00:00Z', 5)], { now })
    expect(await readingsSummary(db, account)).toEqual({
      fromAt: Date.parse('2026-03-08T10:00:00Z'),
      toAt: Date.parse('2026-03-10T10:00:00Z'),
      count: 1442,
      measuredFromAt: Date.parse('2026-03-09T00:00:00Z'),
    })
  })

  test('knows until when was measured, whatever still runs', async () => {
    const account = await newAccount()
    expect(await measuredUntil(db, account, now)).toBeNull()
    const hour = (at: string, value: number | null) => power(at, value, { kind: 'energy', spanS: 3600 })
    await writeReadings(db, account, minutesOf('2026-03-09', 100), { now })
    const running = hour(new Date(now - 1_800_000).toISOString(), 500)
    await writeReadings(db, account, [running, power(new Date(now + 60_000).toISOString(), 5)], { now })
    expect(await measuredUntil(db, account, now)).toBe(Date.parse('2026-03-09T23:59:00Z'))
    await writeReadings(db, account, [hour('2026-03-10T01:00:00Z', 500), hour('2026-03-10T02:00:00Z', null)], { now })
    expect(await measuredUntil(db, account, now)).toBe(Date.parse('2026-03-10T02:00:00Z'))
  })

  test('keeps a meter that reports every second', async () => {
    const account = await newAccount()
    const startAt = Date.parse('2026-03-10T10:00:00Z')
    for (let second = 0; second < 1200; second += 40) {
      const batch = Array.from({ length: 40 }, (_, index) =>
        power(new Date(startAt + (second + index) * 1000).toISOString(), second + index),
      )
      await writeReadings(db, account, batch, { now })
    }
    const values = await valuesOf(account, '2026-03-10T10:00:00Z', '2026-03-10T11:00:00Z')
    expect(values.map(([, value]) => value)).toEqual(Array.from({ length: 1200 }, (_, second) => second))
  })

  test('loses nothing when two writers write the same day at once', async () => {
    const account = await newAccount()
    const batches = Array.from({ length: 8 }, (_, part) =>
      minutesOf('2026-03-09', 100).filter((_reading, minute) => minute % 8 === part),
    )
    await Promise.all(batches.map((batch) => writeReadings(db, account, batch, { now })))
    expect((await readingsSummary(db, account))?.count).toBe(1440)
  })

  test('marks a day stale when its readings change, and only then', async () => {
    const account = await newAccount()
    expect(await pendingDays(db, account, now)).toBe(0)
    await writeReadings(db, account, minutesOf('2026-03-05', 100), { now })
    expect(await pendingDays(db, account, now)).toBeGreaterThan(0)
    await analyse(now)
    expect(await pendingDays(db, account, now)).toBe(0)
    await writeReadings(db, account, minutesOf('2026-03-05', 100), { now })
    expect(await pendingDays(db, account, now)).toBe(0)
    await writeReadings(db, account, [power('2026-03-05T12:00:00Z', 500)], { now })
    expect(await pendingDays(db, account, now)).toBeGreaterThan(0)
    await analyse(now)
  })

  test('marks no day stale by what is fed into the grid, in bulk or live', async () => {
    const account = await newAccount()
    const injected = minutesOf('2026-03-05', 100).map((one) => ({ ...one, channel: 'export' as const }))
    await writeReadings(db, account, injected, { now })
    const readings = [{ account, readings: [power('2026-03-10T11:00:00Z', 100, { channel: 'export' })] }]
    const batch = { readings, memories: new Map() }
    await writeLiveReadings(db, { now, remembering: [], accounts: [account.id], batchOf: () => batch })
    expect(await readingsSummary(db, account, 'export')).toMatchObject({ count: injected.length + 1 })
    expect(await pendingDays(db, account, now)).toBe(0)
  })

  test('marks the days that look back at a corrected one with it: those of the week after', async () => {
    const account = await newAccount()
    const days = ['2026-02-20', '2026-02-22', '2026-03-01', '2026-03-02']
    const noons = days.map((on) => power(`${on}T12:00:00Z`, 100))
    await writeReadings(db, account, noons, { now })
    await analyse(now)
    await writeReadings(db, account, [power('2026-02-22T12:00:00Z', 900)], { now })
    const claimed = await claimStaleDays(db, { now, maxDays: 500, maxStretchDays: 35, claimForS: 0 })
    expect(claimed.flatMap((stretch) => stretch.days)).toEqual(['2026-02-22', '2026-03-01'])
    await analyse(now)
  })

  test('marks the days that look back at one in which a register may come back from a fall of the day before', async () => {
    const account = await newAccount()
    const days = ['2026-02-20', '2026-02-28', '2026-03-01', '2026-03-02']
    const noons = days.map((on) => power(`${on}T12:00:00Z`, 100))
    await writeReadings(db, account, noons, { now })
    await analyse(now)
    const markedBy = async (at: string) => {
      await writeReadings(db, account, [power(at, 900, { kind: 'register', spanS: 3600 })], { now })
      const claimed = await claimStaleDays(db, { now, maxDays: 500, maxStretchDays: 35, claimForS: 0 })
      await analyse(now)
      return claimed.flatMap((stretch) => stretch.days)
    }
    expect(await markedBy('2026-02-20T12:00:00Z')).toEqual(['2026-02-20', '2026-02-28'])
    // From 23:30 on a day and 75 minutes reach into the day after the next.
    expect(await markedBy('2026-02-20T22:30:00Z')).toEqual(['2026-02-20', '2026-02-21', '2026-02-28', '2026-03-01'])
  })

  test('gives a claimed day to nobody else until the claim is released or runs out', async () => {
    const account = await newAccount()
    await writeReadings(db, account, minutesOf('2026-03-01', 100), { now })
    const request = { now, maxDays: 500, maxStretchDays: 35, claimForS: 60 }
    const [first, ...others] = await claimStaleDays(db, request)
    expect(first?.account.id).toBe(account.id)
    expect(others).toEqual([])
    expect(await claimStaleDays(db, request)).toEqual([])
    if (first !== undefined) await releaseClaim(db, first, now)
    expect((await claimStaleDays(db, request)).length).toBe(1)
    const later = await claimStaleDays(db, { ...request, now: now + 61_000 })
    expect(later.map(({ days }) => days)).toEqual([first?.days])
    for (const stretch of later) await releaseClaim(db, stretch, now)
    await analyse(now)
  })

  test('writes nothing for a claim that has run out, and keeps a day due that changed while it was analysed', async () => {
    const account = await newAccount()
    await writeReadings(db, account, minutesOf('2026-03-02', 60), { now })
    const request = { now, maxDays: 500, maxStretchDays: 35, claimForS: 60 }
    const [lost] = await claimStaleDays(db, request)
    const [held] = await claimStaleDays(db, { ...request, now: now + 61_000 })
    if (lost === undefined || held === undefined) throw new Error('nothing was claimed')
    const analysed = await emptyDays(held.days)
    expect(await saveAnalysis(db, lost, analysed, now)).toBe(0)
    expect(await pendingDays(db, account, now)).toBe(held.days.length)
    await writeReadings(db, account, [power('2026-03-02T05:00:30Z', 70)], { now })
    expect(await saveAnalysis(db, held, analysed, now)).toBe(held.days.length)
    expect(await pendingDays(db, account, now)).toBeGreaterThan(0)
    await analyse(now)
    expect(await pendingDays(db, account, now)).toBe(0)
  })

  async function emptyDays(days: readonly CivilDay[]) {
    const analyses = days.map(async (one) => {
      const series = unpackSeries({ fromAt: 0, toAt: 0, parts: [] })
      const input = {
        household: householdOf(null),
        timeZone,
        days: [dayCurveFromReadings(one, timeZone, series)],
        from: 0,
        to: 1,
      }
      const [analysed] = await analyseDays(input, createDisaggregator(), bandCalendar({ fourOctober: false }))
      if (analysed === undefined) throw new Error('nothing was analysed')
      return { encoded: encodeAnalysedDay(analysed), recheckAt: null }
    })
    return await Promise.all(analyses)
  }

  test('gives analysed days back: sums, hours, curves, runs; a day without readings has none', async () => {
    const account = await newAccount()
    const startAt = Date.parse('2026-03-06T10:00:00Z')
    const run = { appliance: 'kettle', startAt, stopAt: startAt + 180_000, energyWh: 93.75 } as const
    await writeReadings(db, account, [...minutesOf('2026-03-06', 80), ...minutesOf('2026-03-08', 80)], { now })
    await analyse(now, (on) => (on === '2026-03-06' ? [run] : []))
    const rows = await readDayRows(db, account, day('2026-03-06'), day('2026-03-09'))
    expect(rows.map(({ totals }) => totals.day)).toEqual(['2026-03-06', '2026-03-07', '2026-03-08'])
    const expectedWh = 80 * 23
    expect(rows[0]?.totals.totalWh).toBeCloseTo(expectedWh, 6)
    expect(rows[0]?.totals.measuredS).toBe(23 * 3600)
    const [hours] = await readDayHours(db, account, day('2026-03-06'), day('2026-03-07'))
    expect(hours?.hours.reduce((sum, { totalWh }) => sum + totalWh, 0)).toBeCloseTo(expectedWh, 6)
    const [encoded] = await readEncodedDays(db, account, day('2026-03-06'), day('2026-03-07'))
    if (encoded === undefined) throw new Error('the day is missing')
    const decoded = decodeAnalysedDay(encoded)
    expect(decoded.totals).toEqual(rows[0]?.totals)
    expect(decoded.curve.measured.reduce((sum, one) => sum + one, 0)).toBe(23 * 60)
    const runs = await readRuns(db, account, Date.parse('2026-03-05T23:00:00Z'), Date.parse('2026-03-06T23:00:00Z'))
    expect(runs).toEqual([run])
    expect(await exportedRuns(account)).toEqual({
      '2026-03-06': [run],
      '2026-03-07': [],
      '2026-03-08': [],
      '2026-03-09': [],
    })
    // The last minute's power holds for five.
    expect(await newestMeasuredSlot(db, account)).toBe(Date.parse('2026-03-09T00:04:00Z'))
  })

  test('takes back the analysis of a day whose readings turn out not to be measured', async () => {
    const account = await newAccount()
    const reading = power('2026-03-04T12:00:00Z', 500)
    await writeReadings(db, account, [reading], { now })
    await analyse(now)
    expect(await readDayRows(db, account, day('2026-03-04'), day('2026-03-05'))).toHaveLength(1)
    await writeReadings(db, account, [{ ...reading, value: null }], { now })
    await analyse(now)
    expect(await readDayRows(db, account, day('2026-03-04'), day('2026-03-05'))).toEqual([])
  })

  test('gives a run that two days tell of once, as the later day tells of it, to the day of its start', async () => {
    const account = await newAccount()
    await writeReadings(db, account, [...minutesOf('2026-03-03', 80), ...minutesOf('2026-03-04', 80)], { now })
    const startAt = Date.parse('2026-03-03T22:00:00Z')
    const begun = { appliance: 'electricVehicle', startAt, stopAt: startAt + 3 * 3_600_000, energyWh: 10_500 } as const
    const whole = { ...begun, stopAt: startAt + 6 * 3_600_000, energyWh: 21_000 }
    await analyse(now, (on) => (on === '2026-03-03' ? [begun] : on === '2026-03-04' ? [whole] : []))
    const period = [startAt, startAt + 1] as const
    expect(await readRuns(db, account, ...period)).toEqual([whole])
    expect(await exportedRuns(account)).toMatchObject({ '2026-03-03': [whole], '2026-03-04': [] })
  })

  async function exportedRuns(account: Account): Promise<Record<string, readonly Run[]>> {
    const pieces = await Array.fromAsync(exportAccount(db, account))
    const days = pieces.flatMap((piece) => (piece.type === 'day' ? [piece.day] : []))
    return Object.fromEntries(days.map(({ totals, runs }) => [totals.day, runs]))
  }

  test('gives running days of a home out although others wait with a long history, and the history although many days run', async () => {
    const homes = await homesById(40)
    const [history, ...live] = homes as [Account, ...Account[]]
    const past = daysFrom(day('2025-11-01'), day('2026-02-01')).map((on) => power(`${on}T12:00:00Z`, 80))
    await writeReadings(db, history, past, { now: now - 60_000 })
    for (const home of live) await writeReadings(db, home, [power('2026-03-10T11:00:00Z', 80)], { now })
    const claimed = await claimStaleDays(db, { now, maxDays: 36, maxStretchDays: 35, claimForS: 0 })
    const daysOf = (accounts: readonly Account[]) =>
      claimed.filter(({ account }) => accounts.some(({ id }) => id === account.id)).flatMap(({ days }) => days)
    expect(daysOf(live)).toEqual(Array(18).fill('2026-03-10'))
    expect(daysOf([history])).toEqual(daysFrom(day('2025-11-01'), day('2025-11-19')))
    await analyse(now)
    await analyse(now)
  })

  test('gives running days the whole of a claim where nothing else is due', async () => {
    const homes = await homesById(12)
    for (const home of homes) await writeReadings(db, home, [power('2026-03-10T11:00:00Z', 80)], { now })
    const claimed = await claimStaleDays(db, { now, maxDays: 10, maxStretchDays: 35, claimForS: 0 })
    expect(claimed.flatMap(({ days }) => days)).toHaveLength(10)
    await analyse(now)
  })

  test('gives a running day out within its pause although a clock that was ahead analysed it last', async () => {
    const home = await newAccount()
    await writeReadings(db, home, [power('2026-03-10T11:00:00Z', 80)], { now })
    await analyse(now + 3_600_000)
    await writeReadings(db, home, [power('2026-03-10T11:01:00Z', 90)], { now })
    const claimed = await claimStaleDays(db, { now: now + 5_000, maxDays: 10, maxStretchDays: 35, claimForS: 0 })
    expect(claimed.flatMap(({ days }) => days)).toContain('2026-03-10')
    await analyse(now + 5_000)
  })

  test('gives days that failed out again when they are due, after what came later', async () => {
    const [failing, late] = await homesById(2)
    if (failing === undefined || late === undefined) throw new Error('there are no homes')
    const request = { now, maxDays: 500, maxStretchDays: 35, claimForS: 600 }
    await writeReadings(db, failing, [power('2026-03-01T12:00:00Z', 80)], { now })
    for (const stretch of await claimStaleDays(db, request)) await releaseClaim(db, stretch, now + 60_000)
    expect(await claimStaleDays(db, request)).toEqual([])
    await writeReadings(db, late, [power('2026-03-01T12:00:00Z', 80)], { now: now + 60_000 })
    const later = { ...request, now: now + 60_000, maxDays: 1 }
    const order = [await claimStaleDays(db, later), await claimStaleDays(db, later)].flat()
    expect(order.map(({ account }) => account.id)).toEqual([late.id, failing.id])
    await analyse(now + 1_000_000)
  })

  test('gives days that failed out at once where a new reading may mend them', async () => {
    const account = await newAccount()
    const request = { now, maxDays: 500, maxStretchDays: 35, claimForS: 0 }
    for (const on of ['2026-03-01', '2026-03-10']) {
      const reading = power(`${on}T09:00:00Z`, 80)
      await writeReadings(db, account, [reading], { now })
      for (const stretch of await claimStaleDays(db, request)) await releaseClaim(db, stretch, now + 60_000)
      expect(await claimStaleDays(db, request)).toEqual([])
      await writeReadings(db, account, [{ ...reading, value: 90 }], { now })
      expect((await claimStaleDays(db, request)).flatMap(({ days }) => days)).toContain(on)
      await analyse(now + 1_000_000)
    }
  })

  test('gives the day that waits longest out first, before a history of another home that came after it', async () => {
    const [history, single] = await homesById(2)
    if (history === undefined || single === undefined) throw new Error('there are no homes')
    await writeReadings(db, single, [power('2026-03-01T12:00:00Z', 80)], { now: now - 600_000 })
    const past = daysFrom(day('2025-11-01'), day('2026-02-09')).map((on) => power(`${on}T12:00:00Z`, 80))
    await writeReadings(db, history, past, { now })
    const claimed = await claimStaleDays(db, { now, maxDays: 35, maxStretchDays: 35, claimForS: 0 })
    expect(new Map(claimed.map(({ account, days }) => [account.id, days]))).toEqual(
      new Map([
        [single.id, ['2026-03-01']],
        [history.id, daysFrom(day('2025-11-01'), day('2025-12-05'))],
      ]),
    )
    await analyse(now)
  })

  test('marks the days of a home when it says something else of itself, and only then', async () => {
    const account = await newAccount()
    await writeReadings(db, account, [power('2026-03-05T12:00:00Z', 80)], { now })
    const pendingAfter = async (onboarding: Onboarding) => {
      await saveOnboarding(db, account, onboarding, now)
      const pending = await pendingDays(db, account, now)
      await analyse(now)
      return pending
    }
    expect(await pendingAfter({ house: { type: 'apartment' }, residents: { adults: 1 } })).toBeGreaterThan(0)
    expect(await pendingAfter({ residents: { adults: 1 }, house: { type: 'apartment' } })).toBe(0)
    expect(await pendingAfter({ residents: { adults: 2 }, house: { type: 'apartment' } })).toBeGreaterThan(0)
  })

  test('gives the latest days of a home out before the histories of others that came before', async () => {
    const [history, nightly] = await homesById(2)
    if (history === undefined || nightly === undefined) throw new Error('there are no homes')
    const past = daysFrom(day('2025-11-01'), day('2026-02-09')).map((on) => power(`${on}T12:00:00Z`, 80))
    await writeReadings(db, history, past, { now: now - 3_600_000 })
    const late = ['2026-03-01', '2026-03-07', '2026-03-08', '2026-03-09'].map((on) => power(`${on}T12:00:00Z`, 80))
    await writeReadings(db, nightly, late, { now })
    const claimed = await claimStaleDays(db, { now, maxDays: 4, maxStretchDays: 35, claimForS: 0 })
    expect(new Map(claimed.map(({ account, days }) => [account.id, days]))).toEqual(
      new Map([
        [nightly.id, ['2026-03-07', '2026-03-08', '2026-03-09']],
        [history.id, ['2025-11-01']],
      ]),
    )
    await analyse(now)
  })

  /** New homes, those first that a tie is decided for. */
  async function homesById(count: number): Promise<Account[]> {
    const homes: Account[] = []
    while (homes.length < count) homes.push(await newAccount())
    return homes.sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  test('marks the days that another model told apart, to come after all that is due, running ones in their turn', async () => {
    const account = await newAccount()
    await writeReadings(db, account, [...minutesOf('2026-03-05', 80), power('2026-03-10T11:00:00Z', 80)], { now })
    await analyse(now)
    const [known, another] = [createDisaggregator().model, 'another']
    expect(await markOtherModels(db, known, now + 1000)).toBe(0)
    const marked = await markOtherModels(db, another, now + 1000)
    expect(marked).toBeGreaterThanOrEqual(3)
    expect(await markOtherModels(db, another, now + 1000)).toBe(marked) // asked for again before any was analysed
    const late = await newAccount()
    await writeReadings(db, late, [power('2026-03-01T12:00:00Z', 80)], { now: now + 2000 })
    const request = { now: now + 2000, maxStretchDays: 35, claimForS: 0 }
    const daysOf = async ({ id }: Account, maxDays: number) => {
      const claimed = await claimStaleDays(db, { ...request, maxDays })
      return claimed.filter(({ account: one }) => one.id === id).flatMap(({ days }) => days)
    }
    expect(await daysOf(late, 500)).toEqual(['2026-03-01'])
    expect(await daysOf(account, 500)).toEqual(['2026-03-05', '2026-03-06', '2026-03-10'])
    const running = await db.kysely
      .selectFrom('stale_days')
      .select('day')
      .where('day', '>=', day('2026-03-10'))
      .execute()
    expect(await daysOf(late, running.length * 2)).toEqual(['2026-03-01'])
    expect(await daysOf(account, running.length * 2)).toContain('2026-03-10')
    await analyse(now + 2000)
  })

  test('marks the day before one whose slots have another length than they had', async () => {
    const account = await newAccount()
    const quarters = Array.from({ length: 96 }, (_, index): Reading => {
      const at = Date.parse('2026-03-05T23:00:00Z') + index * 900_000
      return { ...power('2026-03-06T00:00:00Z', 25), kind: 'energy', at, spanS: 900 }
    })
    // Its last minute holds until midnight, no longer.
    await writeReadings(db, account, [...minutesOf('2026-03-05', 80, 23 * 60 - 4), ...quarters], { now })
    await analyse(now)
    expect(await pendingDays(db, account, now)).toBe(0)
    await writeReadings(db, account, [power('2026-03-06T15:00:00Z', 100)], { now })
    const request = { now, maxDays: 500, maxStretchDays: 35, claimForS: 60 }
    const [stretch] = await claimStaleDays(db, request)
    expect(stretch?.days[0]).toBe('2026-03-06')
    for (const one of stretch === undefined ? [] : [stretch]) await releaseClaim(db, one, now)
    await analyse(now)
    const [night] = await claimStaleDays(db, request)
    expect(night?.days).toEqual(['2026-03-05'])
    for (const one of night === undefined ? [] : [night]) await releaseClaim(db, one, now)
    await analyse(now)
    expect(await pendingDays(db, account, now)).toBe(0)
  })

  test('keeps the slots that a day was told apart in, and marks the day before where they change', async () => {
    const account = await newAccount()
    await writeReadings(db, account, [...minutesOf('2026-03-05', 80), ...minutesOf('2026-03-06', 80, 1320)], { now })
    await analyse(now)
    const lengths = async () =>
      (await readDayRows(db, account, day('2026-03-05'), day('2026-03-07'))).map(({ totals }) => [
        totals.slotS,
        totals.toldSlotS,
      ])
    expect(await lengths()).toEqual([
      [60, 60],
      [60, 60],
    ])
    await writeReadings(db, account, minutesOf('2026-03-06', 90, 1320), { now })
    const request = { now, maxDays: 500, maxStretchDays: 35, claimForS: 60 }
    // As where they come to repeat quarter-hours. The day before sees their first hours and is due with them; then it is not.
    await analyse(now, undefined, (on) => (on === '2026-03-06' ? 900 : 60))
    expect(await pendingDays(db, account, now)).toBe(0)
    await writeReadings(db, account, minutesOf('2026-03-06', 80, 1320).slice(600), { now })
    await analyse(now)
    const [night] = await claimStaleDays(db, request)
    expect(night?.days).toEqual(['2026-03-05'])
    for (const one of night === undefined ? [] : [night]) await releaseClaim(db, one, now)
    await analyse(now, undefined, () => 900)
    expect(await lengths()).toEqual([
      [60, 900],
      [60, 60],
    ])
    await sql`update analysed_days set told_slot_s = null where account_id = ${account.id}::uuid`.execute(db.kysely)
    expect(await lengths()).toEqual([
      [60, 60],
      [60, 60],
    ])
  })

  test('keeps the mark of the night before although the save that cuts it anew is lost', async () => {
    const account = await newAccount()
    await writeReadings(db, account, [...minutesOf('2026-03-05', 80), ...minutesOf('2026-03-06', 80)], { now })
    await analyse(now)
    await writeReadings(db, account, [power('2026-03-06T15:00:30Z', 100)], { now })
    const request = { now, maxDays: 500, maxStretchDays: 35, claimForS: 60 }
    const [stretch] = await claimStaleDays(db, request)
    if (stretch === undefined) throw new Error('nothing was claimed')
    expect(stretch.days[0]).toBe('2026-03-06')
    const unsavable = (await emptyDays(stretch.days)).map(({ encoded, ...rest }) => {
      const totals = { ...encoded.totals, measuredS: 60, slotS: 1 as 60 } // the table takes no such slots
      return { ...rest, encoded: { ...encoded, totals } }
    })
    await expect(saveAnalysis(db, stretch, unsavable, now)).rejects.toThrow('slot_s')
    await releaseClaim(db, stretch, now)
    const [again] = await claimStaleDays(db, request)
    expect(again?.days).toEqual(['2026-03-05', ...stretch.days])
    for (const one of again === undefined ? [] : [again]) await releaseClaim(db, one, now)
    await analyse(now)
  })

  test('shows an account to its client alone', async () => {
    const account = await newAccount()
    expect((await findAccount(db, client, account.accountNumber))?.id).toBe(account.id)
    expect(await findAccount(db, other, account.accountNumber)).toBeUndefined()
    const listed = await listAccounts(db, other, { limit: 100 })
    expect(listed.map(({ id }) => id)).not.toContain(account.id)
  })

  test('refuses a POD twice among the open accounts of a client, and frees it with the closure', async () => {
    const account = await newAccount()
    const { pod, podKey, companyCode } = account
    const registration = { pod, podKey, companyCode, timeZone, now, accountNumber: 'next-tenant' }
    expect(await registerAccount(db, client, registration)).toEqual({ outcome: 'conflict', reason: 'pod_in_use' })
    expect((await registerAccount(db, other, registration)).outcome).toBe('created')
    await closeAccount(db, account, day('2026-03-01'), now)
    expect((await registerAccount(db, client, registration)).outcome).toBe('created')
  })

  test.skipIf(engine.name === 'pglite')('closes an account while days of it are being saved', async () => {
    const account = await newAccount()
    await writeReadings(db, account, [power('2026-03-10T08:00:00Z', 5)], { now })
    const closed = await db.transactions.transaction().execute(async (saving) => {
      await saving.selectFrom('stale_days').where('account_id', '=', account.id).select('day').forUpdate().execute()
      const closing = closeAccount(db, account, day('2026-03-10'), now)
      await untilWaiting(1)
      // As a row does that refers to the account: waited for, each would wait for the other.
      await saving.selectFrom('accounts').where('id', '=', account.id).select('id').forKeyShare().noWait().execute()
      return { closing }
    })
    expect(await closed.closing).toMatchObject({ closedOn: '2026-03-10' })
  })

  test('learns of accounts that are there since when they have their PODs, by their registrations and closures', async () => {
    const first = await newAccount()
    const next = async (number: number) => {
      const { pod, podKey, companyCode } = first
      const accountNumber = `${first.accountNumber}-${number}`
      await registerAccount(db, client, { pod, podKey, companyCode, timeZone, now: now + number, accountNumber })
      return (await findAccount(db, client, accountNumber)) as Account
    }
    await closeAccount(db, first, day('2026-03-05'), now)
    const ahead = await next(1)
    await closeAccount(db, ahead, day('2026-02-01'), now)
    const open = await next(2)
    const known = async () => {
      const accounts = [first, ahead, open].map(({ accountNumber }) => findAccount(db, client, accountNumber))
      return (await Promise.all(accounts)).map((account) => account?.podFrom)
    }
    expect(await known()).toEqual([null, '2026-03-05', '2026-03-05'])
    await db.kysely.updateTable('accounts').set({ pod_from: null }).execute()
    for (const statement of podFrom.filter((one) => one.startsWith('update')))
      await sql.raw(statement).execute(db.kysely)
    expect(await known()).toEqual([null, '2026-03-05', '2026-03-05'])
  })

  test('gives a POD to its next home from where the latest of those before it ended, erased homes left out', async () => {
    const first = await newAccount()
    const { pod, podKey, companyCode } = first
    const next = async (number: number) => {
      const accountNumber = `${first.accountNumber}-${number}`
      await registerAccount(db, client, { pod, podKey, companyCode, timeZone, now: now + number, accountNumber })
      return (await findAccount(db, client, accountNumber)) as Account
    }
    await closeAccount(db, first, day('2026-03-05'), now)
    await closeAccount(db, await next(1), day('2026-02-15'), now)
    await deleteAccount(db, first)
    expect((await next(2)).podFrom).toBe('2026-03-05')
  })

  test('leaves nothing of a deleted account in any table, and refuses its writers', async () => {
    const account = await newAccount()
    await writeReadings(db, account, minutesOf('2026-03-03', 100), { now })
    const startAt = Date.parse('2026-03-03T10:00:00Z')
    const oven: Run = { appliance: 'oven', startAt, stopAt: startAt + 3_600_000, energyWh: 100 }
    await analyse(now, (on) => (on === '2026-03-03' ? [oven] : []))
    await writeReadings(db, account, [power('2026-03-10T08:00:00Z', 5)], { now })
    const features = featuresWith({ type: 'apartment', dimesion: 70, province: 'MI' }, 2)
    const use = { elapsedS: 1, measuredS: 1, totalWh: 1, appliances: {} }
    await replacePeers([{ accountId: account.id, podKey: account.podKey, features, use }])
    const id = await newDevice(db, account, now)
    const counts = { messages: 1, readings: 1, rejections: {}, clockOffsetS: null }
    await addDeviceHealth(db, [{ deviceId: id, lastSeenAt: now, ...counts }], now)

    const { rows: columns } = await sql<{ table: string; column: 'account_id' | 'device_id' }>`
      select table_name as table, column_name as column from information_schema.columns
      where table_schema = 'public' and column_name in ('account_id', 'device_id')
        and table_name <> 'device_changes' -- which tells the doors what went, by an id that is nobody's any more
      `.execute(db.kysely)
    const rowsOfHome = async () => {
      const counted: Record<string, number> = {}
      for (const { table, column } of columns) {
        const { rows } = await sql<{ count: number }>`select count(*) as count from ${sql.table(table)}
          where ${sql.ref(column)}::text = ${column === 'account_id' ? account.id : id}`.execute(db.kysely)
        counted[`${table}.${column}`] = rows[0]?.count ?? 0
      }
      return counted
    }
    const before = await rowsOfHome()
    expect(
      Object.entries(before).filter(([, count]) => count === 0),
      'the home has rows everywhere',
    ).toEqual([])
    expect(await deleteAccount(db, account)).toBe(true)
    expect(await deleteAccount(db, account)).toBe(false)
    expect(await findAccount(db, client, account.accountNumber)).toBeUndefined()
    expect(await rowsOfHome()).toEqual(Object.fromEntries(Object.keys(before).map((place) => [place, 0])))
    await expect(writeReadings(db, account, [power('2026-03-10T08:01:00Z', 5)], { now })).rejects.toThrow(
      AccountGoneError,
    )
  })

  test('changes the version of the peers with a deletion where a peer went, and only there', async () => {
    const features = featuresWith({ type: 'apartment', dimesion: 70, province: 'MI' }, 2)
    const use = { elapsedS: 1, measuredS: 1, totalWh: 1, appliances: {} }
    const [compared, empty] = [await newAccount(), await newAccount()]
    await replacePeers([{ accountId: compared.id, podKey: compared.podKey, features, use }])
    const versions = [await peersVersion(db)]
    for (const account of [empty, compared, compared]) {
      await deleteAccount(db, account)
      versions.push(await peersVersion(db))
    }
    const [first = 0] = versions
    expect(versions).toEqual([first, first, first + 1, first + 1])
  })

  test('exports every reading, every analysed day, and what others are compared with', async () => {
    const account = await newAccount()
    const features = featuresWith({ type: 'apartment', dimesion: 70, province: 'MI' }, 2)
    const use = { elapsedS: 1, measuredS: 1, totalWh: 1, appliances: {} }
    const home = { accountId: account.id, podKey: account.podKey, features, use }
    await replacePeers([home])
    const exported = power('2026-03-07T10:00:00Z', 7, { channel: 'export', kind: 'energy', spanS: 900 })
    await writeReadings(db, account, [...minutesOf('2026-03-07', 100), exported], { now })
    await analyse(now)
    const pieces = await Array.fromAsync(exportAccount(db, account))
    expect(pieces[0]).toEqual({ type: 'peer', home })
    const readings = pieces.flatMap((piece) => (piece.type === 'readings' ? piece.readings : []))
    expect(readings).toHaveLength(1441)
    expect(readings).toContainEqual(exported)
    expect(pieces.flatMap((piece) => (piece.type === 'day' ? [piece.day.totals.day] : []))).toEqual([
      '2026-03-07',
      '2026-03-08',
    ])
  })

  test('compares with other open homes of all clients, never with the home itself or its meter elsewhere', async () => {
    const features = featuresWith({ type: 'apartment', dimesion: 70, province: 'MI' }, 2)
    const own = await newAccount()
    const accounts = [own, await newAccount(), await newAccount(other), await newAccount()]
    await writeReadings(db, accounts[1] as Account, minutesOf('2026-02-10', 60), { now })
    await analyse(now)
    const use = { elapsedS: 1, measuredS: 1, totalWh: 1, appliances: {} }
    const homes = accounts.map(({ id, podKey }) => ({ accountId: id, podKey, features, use }))
    const twin = { ...homes[3], podKey: own.podKey } as (typeof homes)[number]
    await replacePeers([...homes.slice(0, 3), twin])
    const similar = await similarHomes(db, own, { sizeBands: [1, 1], province: 'MI' }, now)
    expect(new Set(similar.map(({ accountId }) => accountId))).toEqual(
      new Set([homes[1]?.accountId, homes[2]?.accountId]),
    )
    expect(await similarHomes(db, own, { sizeBands: [2, 4] }, now)).toEqual([])
    const totals = await periodTotalsOf(db, similar, day('2026-02-10'), day('2026-02-12'))
    // The last minute's power holds for five.
    expect(totals).toEqual([{ totalWh: 1444, measuredS: 86_400 + 240 }])
    await closeAccount(db, accounts[1] as Account, day('2026-02-01'), now)
    expect(await similarHomes(db, own, { sizeBands: [1, 1] }, now)).toHaveLength(1)
  })

  test('keeps a supply whose end is announced open, and among peers, until that day begins there', async () => {
    const [own, leaving] = [await newAccount(), await newAccount()]
    const { podKey } = leaving
    const features = featuresWith({ type: 'detachedHouse', dimesion: 300, province: 'TP' }, 1)
    const use = { elapsedS: 1, measuredS: 1, totalWh: 1, appliances: {} }
    await replacePeers([{ accountId: leaving.id, podKey, features, use }])
    await closeAccount(db, leaving, day('2026-03-20'), now)
    const midnight = Date.parse('2026-03-19T23:00:00Z')
    const [open, peers] = [[] as boolean[], [] as number[]]
    for (const at of [midnight - 1, midnight]) {
      open.push((await Array.fromAsync(everyOpenAccount(db, at))).some(({ id }) => id === leaving.id))
      peers.push((await similarHomes(db, own, { sizeBands: [4, 4], province: 'TP' }, at)).length)
    }
    expect(open).toEqual([true, false])
    expect(peers).toEqual([1, 0])
  })

  test.skipIf(engine.name === 'pglite')(
    'registers no next account of a POD while a closure of it is decided',
    async () => {
      const leaving = await newAccount()
      await closeAccount(db, leaving, day('2026-03-01'), now)
      const holder = await db.kysely.startTransaction().execute()
      await holder.selectFrom('accounts').select('id').where('id', '=', leaving.id).forUpdate().execute()
      const moved = closeAccount(db, leaving, day('2026-04-01'), now)
      await untilWaiting(1)
      const { pod, podKey, companyCode } = leaving
      const next = { pod, podKey, companyCode, timeZone, now, accountNumber: 'next-at-once' }
      const registered = registerAccount(db, client, next)
      const meanwhile = await Promise.race([registered.then(({ outcome }) => outcome), untilWaiting(2)])
      await holder.commit().execute()
      expect(meanwhile).toBe('waiting')
      expect((await moved)?.closedOn).toBe('2026-04-01')
      expect((await registered).outcome).toBe('created')
    },
  )

  test('counts a meter once among peers, whichever clients have it, by the account that measured most', async () => {
    const features = featuresWith({ type: 'detachedHouse', dimesion: 300, province: 'AO' }, 4)
    const [own, ...accounts] = [await newAccount(), await newAccount(), await newAccount(other), await newAccount()]
    const measuredS = [60, 120, 90]
    const homes = accounts.map(({ id }, index) => {
      const use = { elapsedS: 120, measuredS: measuredS[index] ?? 0, totalWh: 1, appliances: {} }
      return { accountId: id, podKey: 'IT001E99999999', features, use }
    })
    await replacePeers(homes)
    const similar = await similarHomes(db, own as Account, { sizeBands: [4, 4] }, now)
    expect(similar).toEqual([homes[1]])
  })

  test('takes the peers of two servers that compute them at once', async () => {
    const features = featuresWith({ type: 'detachedHouse', dimesion: 150, province: 'AO' }, 4)
    const own = await newAccount()
    const accounts = [await newAccount(), await newAccount(), await newAccount()]
    const use = { elapsedS: 1, measuredS: 1, totalWh: 1, appliances: {} }
    const homes = accounts.map(({ id, podKey }) => ({ accountId: id, podKey, features, use }))
    await Promise.all(Array.from({ length: 4 }, () => replacePeers(homes)))
    expect(await similarHomes(db, own, { sizeBands: [3, 3] }, now)).toHaveLength(3)
  })

  test('writes of the peers what changed, page by page, and leaves out who left', async () => {
    const features = featuresWith({ type: 'detachedHouse', dimesion: 150, province: 'TN' }, 4)
    const count = 1100
    const { rows } = await sql<{ id: Account['id']; podKey: string }>`
      insert into accounts (id, client_id, account_number, pod, pod_key, company_code, time_zone, opened_at)
      select gen_random_uuid(), ${client}, 'peer-' || number, 'peer-' || number, 'peer-' || number, 'ACME', ${timeZone}, ${now}
      from generate_series(1, ${count}::integer) number returning id, pod_key as "podKey"`.execute(db.kysely)
    const use = { elapsedS: 1.5, measuredS: 1, totalWh: 0.1, appliances: { oven: { usages: 1, totalWh: 0.3 } } }
    const homes = rows
      .map(({ id, podKey }) => ({ accountId: id, podKey, features, use }))
      .sort((a, b) => (a.accountId < b.accountId ? -1 : 1))
    expect(await replacePeers(homes)).toBe(count)
    const left = new Set([0, 499, 500, 700, count - 1])
    const closed = homes[701] as PeerHome
    await db.kysely
      .updateTable('accounts')
      .set({ closed_on: day('2026-03-01') })
      .where('id', '=', closed.accountId)
      .execute()
    const changed = { ...(homes[600] as PeerHome), use: { ...use, totalWh: 2 } }
    const next = homes.map((home, index) => (index === 600 ? changed : home)).filter((_, index) => !left.has(index))
    expect(await replacePeers(next, now + 1)).toBe(count - left.size - 1)
    const written = await db.kysely.selectFrom('peer_homes').select(['account_id', 'use', 'refreshed_at']).execute()
    expect(new Set(written.map((row) => row.account_id))).toEqual(
      new Set(next.filter((home) => home !== closed).map(({ accountId }) => accountId)),
    )
    expect(written.filter((row) => row.refreshed_at > now)).toEqual([
      { account_id: changed.accountId, use: changed.use, refreshed_at: now + 1 },
    ])
  })

  test('has one server at a time compute the peers, and another take over from one that died', async () => {
    const features = featuresWith({ type: 'detachedHouse', dimesion: 150, province: 'TN' }, 4)
    const accounts = [await newAccount(), await newAccount()]
    const use = { elapsedS: 1, measuredS: 1, totalWh: 1, appliances: {} }
    const homes = accounts
      .map(({ id, podKey }) => ({ accountId: id, podKey, features, use }))
      .sort((a, b) => (a.accountId < b.accountId ? -1 : 1))
    const besides: (number | undefined)[] = []
    const meanwhile = async function* (another: PeerHome[], at: EpochMs) {
      besides.push(await replacePeerHomes(db, another, { now, machineClock: () => at }))
      yield* homes.slice(0, 1)
    }
    expect(await replacePeerHomes(db, meanwhile([], now + 599_999), { now, machineClock: () => now })).toBe(1)
    expect(
      await replacePeerHomes(db, meanwhile(homes, now + 600_000), { now, machineClock: () => now }),
    ).toBeUndefined()
    expect(besides).toEqual([undefined, 2])
    const known = await db.kysely.selectFrom('peer_homes').select('account_id').orderBy('account_id').execute()
    expect(known.map((row) => row.account_id)).toEqual(homes.map(({ accountId }) => accountId))
    const failing = async function* (): AsyncGenerator<PeerHome> {
      yield* homes
      throw new Error('no days')
    }
    await expect(replacePeerHomes(db, failing(), { now, machineClock: () => now })).rejects.toThrow('no days')
    expect(await replacePeers(homes)).toBe(2)
  })

  test('says that the peers have changed when it ends on the way', async () => {
    const before = await peersVersion(db)
    const failing = (async function* (): AsyncGenerator<PeerHome> {
      yield* []
      throw new Error('no days')
    })()
    await expect(replacePeerHomes(db, failing, { now, machineClock: () => now })).rejects.toThrow('no days')
    expect(await peersVersion(db)).toBeGreaterThan(before)
  })

  test.skipIf(engine.name === 'pglite')('lets an account be deleted while the peers are computed anew', async () => {
    const features = featuresWith({ type: 'detachedHouse', dimesion: 150, province: 'BZ' }, 4)
    const [own, staying, leaving] = [await newAccount(), await newAccount(), await newAccount()]
    const homes = [staying, leaving].map(({ id, podKey }) => {
      return { accountId: id, podKey, features, use: { elapsedS: 1, measuredS: 1, totalWh: 1, appliances: {} } }
    })
    await replacePeers(homes)
    const used = homes.map((home) => ({ ...home, use: { ...home.use, totalWh: 2 } }))
    const { replaced } = await db.kysely.transaction().execute(async (transaction) => {
      await transaction.selectFrom('accounts').select('id').where('id', '=', leaving.id).forUpdate().execute()
      const running = replacePeers(used)
      for (let waiting = 0; waiting === 0; ) {
        const { rows } = await sql<{ waiting: number }>`select count(*) as waiting from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`.execute(transaction)
        waiting = rows[0]?.waiting ?? 0
      }
      // The deletion would wait for whoever holds the row, while that one waits for the account.
      await sql`select 1 from peer_homes where account_id = ${leaving.id}::uuid for update nowait`.execute(transaction)
      await transaction.deleteFrom('accounts').where('id', '=', leaving.id).execute()
      return { replaced: running }
    })
    await replaced
    expect(await similarHomes(db, own, { sizeBands: [3, 3], province: 'BZ' }, now)).toEqual([used[0]])
  })

  test('keeps a revoked client revoked', async () => {
    await newClient('short-lived')
    expect(await revokeClient(db, 'short-lived', now)).toBe(true)
    expect(await revokeClient(db, 'short-lived', now)).toBe(false)
    expect((await findClient(db, 'short-lived'))?.revokedAt).toBe(now)
    expect(await putClient(db, { id: 'short-lived', secretHash: 'y', companies: [], now })).toMatchObject({
      revokedAt: now,
    })
    expect(await createClient(db, { id: 'short-lived', secretHash: 'x', companies: [], now })).toBeUndefined()
    expect(await replaceSecret(db, 'short-lived', 'z')).toBeUndefined()
  })

  test('replaces the secret of one client alone', async () => {
    await newClient('renewed')
    expect(await replaceSecret(db, 'renewed', 'z')).toMatchObject({ secretHash: 'z', companies: ['ACME'] })
    expect(await replaceSecret(db, 'unknown', 'z')).toBeUndefined()
    expect((await findClient(db, 'retailer'))?.secretHash).toBe('hash')
  })

  test('counts the accounts of one client, closed ones included', async () => {
    const owner = await newClient('landlord')
    await newAccount(owner)
    await closeAccount(db, await newAccount(owner), day('2026-03-01'), now)
    expect([await countAccounts(db, owner), await countAccounts(db, 'unknown')]).toEqual([2, 0])
  })
})

test.each(engines)('a database of a newer Loadlens is told as that on $name', async (engine) => {
  const place = await engine.create()
  try {
    const db = await openDatabase(place)
    await sql`insert into kysely_migration values ('9999-later', '2027-01-01T00:00:00.000Z')`.execute(db.kysely)
    await closeDatabase(db)
    await expect(openDatabase(place)).rejects.toThrow(
      'This database was written by a newer Loadlens (it has 9999-later). Install that version again, or take a backup from before.',
    )
  } finally {
    await place.remove()
  }
})
