/** Writing many homes at once is writing each of them: same outcomes, same readings, same stale days, on both stores. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Reading } from '../../src/energy/readings.ts'
import {
  type Account,
  type Database,
  deleteAccount,
  exportAccount,
  foldLiveReadings,
  pendingDays,
  writeLiveReadings,
} from '../../src/store/index.ts'
import { openTestDatabase, pgliteEngine, postgresqlEngine } from '../support/databases.ts'
import { newHome } from '../support/homes.ts'
import { writeReadings } from '../support/readings.ts'

const now = Date.parse('2026-03-10T12:00:00Z')
const postgresql = await postgresqlEngine()
afterAll(async () => await postgresql?.stop())

const reading: fc.Arbitrary<Reading> = fc.record({
  kind: fc.constantFrom('power', 'register'),
  channel: fc.constantFrom('import', 'export'),
  // Today, yesterday and a month ago, on few instants, so that readings meet.
  at: fc
    .tuple(fc.constantFrom(0, 0, 0, 1, 30), fc.integer({ min: 0, max: 8 }))
    .map(([days, step]) => now - days * 86_400_000 - step * 10_000),
  value: fc.option(fc.integer({ min: 0, max: 3 }), { nil: null }),
  spanS: fc.constantFrom(300, 600),
  quality: fc.constantFrom('measured', 'estimated', 'corrected'),
  source: fc.constant('device:json'),
})

describe.each([
  ['pglite', pgliteEngine()],
  ['postgresql', postgresql],
] as const)('on %s', (_name, engine) => {
  let db: Database
  let remove: () => Promise<void>

  beforeAll(async () => {
    if (engine === undefined) return
    ;({ db, remove } = await openTestDatabase(engine))
  })
  afterAll(async () => await remove?.())

  const writeLive = (readings: readonly { account: Account; readings: readonly Reading[] }[]) =>
    writeLiveReadings(db, {
      now,
      remembering: [],
      accounts: readings.map(({ account }) => account.id),
      batchOf: () => ({ readings, memories: new Map() }),
    })

  async function heldOf(account: Account): Promise<unknown[]> {
    const held: unknown[] = []
    for await (const piece of exportAccount(db, account)) if (piece.type === 'readings') held.push(...piece.readings)
    return held
  }

  test.skipIf(engine === undefined)(
    'many homes at once, and one home after the other, are the same',
    async () => {
      const batch = fc.tuple(fc.array(reading, { maxLength: 12 }), fc.array(reading, { maxLength: 12 }), fc.boolean())
      await fc.assert(
        fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 4 }), async (batches) => {
          const [one, other, liveOne, liveOther] = [
            await newHome(db, now),
            await newHome(db, now),
            await newHome(db, now),
            await newHome(db, now),
          ]
          for (const [first, second, isFolded] of batches) {
            const expected = [
              await writeReadings(db, one, first, { now }),
              await writeReadings(db, other, second, { now }),
            ]
            const live = [
              { account: liveOne, readings: first },
              { account: liveOther, readings: second },
            ]
            expect(await writeLive(live)).toEqual(expected)
            if (isFolded) await foldLiveReadings(db, liveOne, now)
          }
          expect(await heldOf(liveOne)).toEqual(await heldOf(one))
          expect(await heldOf(liveOther)).toEqual(await heldOf(other))
          expect(await pendingDays(db, liveOne, now + 10_000)).toBe(await pendingDays(db, one, now + 10_000))
        }),
        { numRuns: 25 },
      )
    },
    300_000,
  )

  test.skipIf(engine === undefined)('a home that is gone costs the others nothing', async () => {
    const [gone, there] = [await newHome(db, now), await newHome(db, now)]
    await deleteAccount(db, gone)
    const one: Reading = {
      kind: 'power',
      channel: 'import',
      at: now,
      value: 1,
      spanS: 300,
      quality: 'measured',
      source: 'device:json',
    }
    const outcomes = await writeLive([gone, there].map((account) => ({ account, readings: [one] })))
    expect(outcomes).toEqual(['gone', ['accepted']])
    expect(await heldOf(there)).toEqual([one])
  })

  test.skipIf(engine === undefined)('a thousand rows of a running day are folded and none is lost', async () => {
    const account = await newHome(db, now)
    const readings = Array.from({ length: 1_000 }, (_, index): Reading => {
      const at = now - 3_600_000 + index * 1000
      return {
        kind: 'power',
        channel: 'import',
        at,
        value: index,
        spanS: 300,
        quality: 'measured',
        source: 'device:json',
      }
    })
    for (let from = 0; from < readings.length; from += 50)
      await writeLive([{ account, readings: readings.slice(from, from + 50) }])
    await foldLiveReadings(db, account, now)
    expect(await heldOf(account)).toEqual(readings)
    expect(await writeLive([{ account, readings: readings.slice(0, 1) }])).toEqual([['duplicate']])
  })
})
