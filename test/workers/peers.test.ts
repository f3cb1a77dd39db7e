/** When servers compute anew what homes are compared by. */
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest'
import { keepPeersFresh } from '../../src/app/peers.ts'
import { type Database, peersVersion, replacePeerHomes, saveOnboarding } from '../../src/store/index.ts'
import { openTestDatabase, pgliteEngine, type TestEngine } from '../support/databases.ts'
import { newHome } from '../support/homes.ts'

const now = Date.parse('2026-03-10T12:00:00Z')
const engine: TestEngine = pgliteEngine()
let db: Database
let remove: () => Promise<void>
let errors: unknown[]

afterAll(() => engine.stop())
beforeEach(async () => {
  errors = []
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  ;({ db, remove } = await openTestDatabase(engine))
  const house = { type: 'apartment', dimesion: 70, province: 'MI' } as const
  await saveOnboarding(db, await newHome(db, now), { house, residents: { adults: 2 } }, now)
})
afterEach(async () => {
  vi.useRealTimers()
  await remove()
})

const start = () =>
  keepPeersFresh(
    db,
    () => now,
    (error) => errors.push(error),
  )
const known = async () => await db.kysely.selectFrom('peer_homes').select('account_id').execute()
const claims = async () => await db.kysely.selectFrom('peer_refreshes').select('claim_id').execute()

/** Waits until they were computed so often, however busy the machine is. */
async function untilComputed(times: number): Promise<void> {
  while ((await peersVersion(db)) < times);
}

/** Keeps everybody else from the database. @returns lets them go on */
async function holdDatabase(): Promise<() => Promise<void>> {
  const [held, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const holding = db.kysely.transaction().execute(async () => {
    held.resolve()
    await released.promise
  })
  await held.promise
  return async () => {
    released.resolve()
    await holding
  }
}

test('no run begins while the last one goes on, and a server that stops waits for it', async () => {
  const letGo = await holdDatabase()
  const stop = start()
  vi.advanceTimersByTime(3 * 3_600_000)
  await letGo()
  await stop()
  expect(await claims()).toEqual([{ claim_id: null }])
  expect(await peersVersion(db)).toBeLessThanOrEqual(1)
  expect(errors).toEqual([])
})

test('of several servers one computes them each hour, whichever looks first', async () => {
  const stops = [start(), start()]
  await untilComputed(1)
  for (const stop of stops) await stop()
  const computed = await peersVersion(db)
  const at = Date.now()
  const look = (machineAt: number) => replacePeerHomes(db, [], { now, machineClock: () => machineAt, whenDue: true })
  expect(await look(at)).toBeUndefined()
  expect(await look(at + 3_600_000)).toBe(0)
  expect(await look(at + 3_600_000)).toBeUndefined()
  expect(await look(at + 7_200_000 - 1)).toBeUndefined()
  expect(await peersVersion(db)).toBe(computed + 1)
})

test('a clock that was ahead puts no run off for longer than an hour', async () => {
  const look = (machineAt: number, whenDue: boolean) =>
    replacePeerHomes(db, [], { now, machineClock: () => machineAt, whenDue })
  expect(await look(now + 3 * 365 * 86_400_000, false)).toBe(0)
  expect(await look(now, true)).toBe(0)
  expect(await look(now + 60_000, true)).toBeUndefined()
})

test('a server that stops leaves what it has not come to as it was, and the next one computes it', async () => {
  const stop = start()
  await untilComputed(1)
  await stop()
  const letGo = await holdDatabase()
  const stopped = start()()
  await letGo()
  await stopped
  // What it wrote before it stopped may be new.
  expect([await peersVersion(db), await claims(), errors]).toEqual([2, [{ claim_id: null }], []])
  expect(await known()).toHaveLength(1)
  const stopLast = start()
  await untilComputed(3)
  await stopLast()
})
