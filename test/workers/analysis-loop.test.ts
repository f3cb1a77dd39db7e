/** The analysis of stale days: in their order, as far as they are over, and whatever happens to one of them. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { analyseEverything } from '../../src/app/analysis-loop.ts'
import type { WorkerPool } from '../../src/app/workers/pool.ts'
import { analyse } from '../../src/app/workers/worker.ts'
import type { CivilDay, EpochMs } from '../../src/energy/civil-time.ts'
import type { Reading } from '../../src/energy/readings.ts'
import { unpackSeries } from '../../src/store/codec/index.ts'
import {
  type Account,
  type ClaimedStretch,
  claimStaleDays,
  closeAccount,
  closeDatabase,
  createClient,
  type Database,
  openDatabase,
  type PeerHome,
  pendingDays,
  readDayRows,
  registerAccount,
  replacePeerHomes,
} from '../../src/store/index.ts'
import { pgliteEngine, type TestDatabase } from '../support/databases.ts'
import { writeReadings } from '../support/readings.ts'

const now = Date.parse('2026-03-10T12:00:00Z')
const damaged = '2026-03-04' as CivilDay
let db: Database
let place: TestDatabase

beforeAll(async () => {
  place = await pgliteEngine().create()
  db = await openDatabase(place)
})
afterAll(async () => {
  if (db !== undefined) await closeDatabase(db)
  await place?.remove()
})

async function newHome(db: Database, accountNumber: string): Promise<Account> {
  const client = await createClient(db, { id: accountNumber, secretHash: 'hash', companies: ['ACME'], now })
  if (client === undefined) throw new Error('the client exists')
  const pod = `IT001E${accountNumber}`
  const registration = { pod, podKey: pod, accountNumber, companyCode: 'ACME', timeZone: 'Europe/Rome', now }
  const registered = await registerAccount(db, client.id, registration)
  if (registered.outcome !== 'created') throw new Error(registered.outcome)
  return registered.account
}

const measured = { channel: 'import', quality: 'measured', source: 'api' } as const

/** A home of which a quarter-hour of some days is known. */
async function homeOf(db: Database, accountNumber: string, days: readonly string[]): Promise<Account> {
  const account = await newHome(db, accountNumber)
  const noon = days.map((day): Reading => {
    return { ...measured, kind: 'energy', at: Date.parse(`${day}T12:00:00Z`), value: 25, spanS: 900 }
  })
  await writeReadings(db, account, noon, { now })
  return account
}

test('a day that cannot be analysed is tried again later, its neighbours and other homes are analysed now', async () => {
  const home = await homeOf(db, '00000001', ['2026-03-03', damaged, '2026-03-05'])
  const other = await homeOf(db, '00000002', ['2026-03-05', '2026-03-06'])
  let isDamaged = true
  const pool: Pick<WorkerPool, 'threads' | 'analyse'> = {
    threads: 1,
    analyse: async (task) => {
      if (isDamaged && task.days.slice(task.from, task.to).includes(damaged)) throw new Error('damaged')
      return await analyse({ ...task, fourOctober: false })
    },
  }
  const errors: string[] = []
  const context = { db, pool: pool as WorkerPool, onError: (error: unknown) => void errors.push(String(error)) }
  const daysOf = async (account: Account) => {
    const rows = await readDayRows(db, account, '2026-03-01' as CivilDay, '2026-03-10' as CivilDay)
    return rows.map(({ totals }) => totals.day)
  }
  expect(await analyseEverything({ ...context, clock: () => now })).toBe(4)
  expect(errors).toEqual([`Error: ${damaged} of account ${home.id} was not analysed: damaged`])
  expect(await daysOf(home)).toEqual(['2026-03-03', '2026-03-05'])
  expect(await daysOf(other)).toEqual(['2026-03-05', '2026-03-06'])
  expect(await pendingDays(db, home, now)).toBe(1)
  isDamaged = false
  expect(await analyseEverything({ ...context, clock: () => now + 59_000 })).toBe(0)
  expect(await analyseEverything({ ...context, clock: () => now + 60_000 })).toBe(1)
  expect(await daysOf(home)).toEqual(['2026-03-03', damaged, '2026-03-05'])
  expect(await pendingDays(db, home, now + 60_000)).toBe(0)
})

test('after midnight, yesterday is analysed as often as today, and once more when the hours that it sees are over', async () => {
  const account = await newHome(db, '00000003')
  const power = (time: string): Reading => {
    return { ...measured, kind: 'power', at: Date.parse(`2026-03-${time}Z`), value: 80, spanS: 120 }
  }
  const pool: Pick<WorkerPool, 'threads' | 'analyse'> = {
    threads: 1,
    analyse: async (task) => await analyse({ ...task, fourOctober: false }),
  }
  const analysed = async (at: EpochMs): Promise<number> =>
    await analyseEverything({
      db,
      pool: pool as WorkerPool,
      clock: () => at,
      onError: (error) => expect(error).toBe(''),
    })
  // Midnight in Rome is 23:00 UTC.
  const at = Date.parse('2026-03-09T23:05:01Z')
  await writeReadings(db, account, [power('09T22:30:00'), power('09T23:04:00')], { now: at })
  expect(await analysed(at)).toBe(2)
  await writeReadings(db, account, [power('09T23:05:02')], { now: at + 1000 })
  expect(await analysed(at + 4000)).toBe(0)
  expect(await analysed(at + 5000)).toBe(2)
  // The slot of 23:05 closes, then that of 23:06; then all is known.
  expect(await analysed(at + 59_000)).toBe(2)
  expect(await analysed(at + 119_000)).toBe(2)
  expect(await analysed(at + 600_000)).toBe(0)
  const night = Date.parse('2026-03-10T01:59:30Z')
  await writeReadings(db, account, [power('10T01:59:29')], { now: night })
  expect(await analysed(night)).toBe(2)
  expect(await analysed(night + 29_000)).toBe(0)
  expect(await analysed(night + 31_000)).toBe(2)
  // From three o'clock in Rome on, yesterday sees no more.
  expect(await analysed(night + 120_000)).toBe(1)
})

test('days are analysed with all that is known of the week before them and of the day after, and with what reaches in from beyond', async () => {
  const home = await newHome(db, '00000013')
  const noons = Array.from({ length: 9 }, (_, day) => Date.parse('2026-02-20T12:00Z') + day * 86_400_000)
  // A day and 75 minutes before the week: a register may have fallen, and come back.
  const [early, late] = [Date.parse('2026-02-11T21:45Z'), Date.parse('2026-03-01T00:00Z')]
  const energy = (at: EpochMs, value = 25): Reading => ({ ...measured, kind: 'energy', at, value, spanS: 900 })
  const seen: (readonly [first: string | undefined, last: string | undefined, at: readonly EpochMs[]])[] = []
  const pool: Pick<WorkerPool, 'threads' | 'analyse'> = {
    threads: 1,
    analyse: async (task) => {
      seen.push([task.days[task.from], task.days[task.to - 1], [...unpackSeries(task.readings).energy.at]])
      return await analyse({ ...task, fourOctober: false })
    },
  }
  const context = {
    db,
    pool: pool as WorkerPool,
    clock: () => now,
    onError: (error: unknown) => expect(error).toBe(''),
  }
  await writeReadings(
    db,
    home,
    [early, ...noons, late].map((at) => energy(at)),
    { now },
  )
  await analyseEverything(context)
  seen.length = 0
  // The first of the days is corrected: it and the seven that look at it are due again.
  await writeReadings(db, home, [energy(noons[0] ?? 0, 30)], { now })
  await analyseEverything(context)
  expect(seen).toEqual([['2026-02-20', '2026-02-27', [early, ...noons, late]]])
})

test('after the end of a supply a power that was read before it holds no longer', async () => {
  const home = await newHome(db, '00000014')
  const ending = await closeAccount(db, home, '2026-03-04' as CivilDay, now)
  if (ending === undefined) throw new Error('it was not closed')
  // At 23:30 in Rome, for an hour.
  const at = Date.parse('2026-03-03T22:30Z')
  await writeReadings(db, ending, [{ ...measured, kind: 'power', at, value: 80, spanS: 3600 }], { now })
  const context = { db, pool: poolOf(() => {}), clock: () => now, onError: (error: unknown) => expect(error).toBe('') }
  await analyseEverything(context)
  const rows = await readDayRows(db, home, '2026-03-01' as CivilDay, '2026-03-10' as CivilDay)
  expect(rows.map(({ totals }) => [totals.day, totals.measuredS]).filter(([, measuredS]) => measuredS !== 0)).toEqual([
    ['2026-03-03', 1800],
  ])
})

const wholeClaim = { maxDays: 500, maxStretchDays: 35, claimForS: 120 }

function daysOfStretches(stretches: readonly ClaimedStretch[]): CivilDay[] {
  return stretches.flatMap(({ days }) => days).sort()
}

/** A pool of one thread that is told of each stretch before its analysis. */
function poolOf(onStretch: () => void): WorkerPool {
  const pool: Pick<WorkerPool, 'threads' | 'analyse'> = {
    threads: 1,
    analyse: async (task) => {
      onStretch()
      return await analyse({ ...task, fourOctober: false })
    },
  }
  return pool as WorkerPool
}

test('days that another process has claimed are waited for, and analysed when its claim has run out', async () => {
  const home = await homeOf(db, '00000004', ['2026-03-03'])
  await claimStaleDays(db, { ...wholeClaim, now })
  let at = now
  const held: number[] = []
  const onHeld = (days: number) => {
    held.push(days)
    at = now + 120_000
  }
  const context = { db, pool: poolOf(() => {}), clock: () => at, onError: (error: unknown) => expect(error).toBe('') }
  expect(await analyseEverything(context, undefined, { onHeld })).toBe(1)
  expect(held).toEqual([1])
  expect(await pendingDays(db, home, at)).toBe(0)
})

test('a running day that was not due yet is not waited for, though another process has claimed it since', async () => {
  const home = await newHome(db, '00000007')
  const powerAt = (at: EpochMs): Reading => ({ ...measured, kind: 'power', at, value: 80, spanS: 120 })
  await writeReadings(db, home, [powerAt(now - 120_000)], { now })
  const context = { db, pool: poolOf(() => {}), clock: () => now, onError: (error: unknown) => expect(error).toBe('') }
  expect(await analyseEverything(context)).toBe(1)
  await writeReadings(db, home, [powerAt(now - 60_000)], { now })
  expect(daysOfStretches(await claimStaleDays(db, { ...wholeClaim, now: now + 5000 }))).toEqual(['2026-03-10'])
  expect(await analyseEverything(context, undefined, { onHeld: () => expect.unreachable() })).toBe(0)
  expect(await pendingDays(db, home, now)).toBe(1)
})

test('who is stopped finishes the stretches under way and gives the other days back, due as before', async () => {
  const days = Array.from({ length: 6 }, (_, index) => `2026-02-${String(2 * index + 1).padStart(2, '0')}`)
  const home = await homeOf(db, '00000005', days)
  const stopping = new AbortController()
  const context = {
    db,
    pool: poolOf(() => stopping.abort()),
    clock: () => now,
    onError: (error: unknown) => expect(error).toBe(''),
  }
  const analysed = await analyseEverything(context, undefined, { signal: stopping.signal })
  expect(analysed).toBeGreaterThan(0)
  expect(analysed).toBeLessThan(days.length)
  expect(await pendingDays(db, home, now)).toBe(days.length - analysed)
  const others = { ...context, pool: poolOf(() => {}) }
  expect(await analyseEverything(others)).toBe(days.length - analysed)
})

test('days that a killed process had claimed in the embedded database are free when it is opened again', async () => {
  await homeOf(db, '00000006', ['2026-03-03'])
  const claimed = await claimStaleDays(db, { ...wholeClaim, now })
  expect(daysOfStretches(claimed)).toEqual(['2026-03-03'])
  await closeDatabase(db)
  db = await openDatabase(place)
  expect(daysOfStretches(await claimStaleDays(db, { ...wholeClaim, now }))).toEqual(['2026-03-03'])
})

test('so are the peers that it was computing', async () => {
  const turn = { now, machineClock: () => now }
  const killed = {
    async *[Symbol.asyncIterator](): AsyncGenerator<PeerHome> {
      await closeDatabase(db)
      yield* []
    },
  }
  await expect(replacePeerHomes(db, killed, turn)).rejects.toThrow()
  db = await openDatabase(place)
  expect(await replacePeerHomes(db, [], { ...turn, whenDue: true })).toBe(0)
})

test('a failure that cannot even be noted is heard of when what goes on beside it has ended', async () => {
  const own = await pgliteEngine().create()
  const db = await openDatabase(own)
  const homes = [await homeOf(db, '00000011', ['2026-03-03']), await homeOf(db, '00000012', ['2026-03-05'])]
  const [failing] = homes
  let ended = 0
  const failure = Promise.withResolvers<void>()
  const pool: Pick<WorkerPool, 'threads' | 'analyse'> = {
    threads: 1,
    analyse: async (task) => {
      if (task.days[task.from] === '2026-03-03') throw new Error('damaged')
      await failure.promise
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
      ended++
      return await analyse({ ...task, fourOctober: false })
    },
  }
  const onError = () => {
    failure.resolve()
    throw new Error('the database is away')
  }
  const everything = analyseEverything({ db, pool: pool as WorkerPool, onError, clock: () => now })
  await expect(everything).rejects.toThrow('the database is away')
  expect(ended).toBe(1)
  for (const home of homes) expect(await pendingDays(db, home, now)).toBe(home === failing ? 1 : 0)
  await closeDatabase(db)
  await own.remove()
})

test('4 October is a holiday of the bands where a server is told so', async () => {
  const monday = '2027-10-04' as CivilDay
  const later = Date.parse('2027-10-05T12:00:00Z')
  for (const [number, fourOctober, band] of [
    ['00000015', true, 'f3'],
    ['00000016', false, 'f1'],
  ] as const) {
    const home = await newHome(db, number)
    const at = Date.parse('2027-10-04T12:00:00Z')
    await writeReadings(db, home, [{ ...measured, kind: 'energy', at, value: 25, spanS: 900 }], { now: later })
    const pool: Pick<WorkerPool, 'threads' | 'analyse'> = {
      threads: 1,
      analyse: async (task) => await analyse({ ...task, fourOctober }),
    }
    const onError = (error: unknown) => expect(error).toBe('')
    await analyseEverything({ db, pool: pool as WorkerPool, clock: () => later, onError })
    const [row] = await readDayRows(db, home, monday, '2027-10-05' as CivilDay)
    expect(row?.totals.bandWh).toEqual({ f1: 0, f2: 0, f3: 0, [band]: 25 })
  }
})
