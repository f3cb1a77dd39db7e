/** The embedded database has nobody who vacuums: what is written again and again must not take space without end. */
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Database, saveGridIssue, writeLiveReadings } from '../../src/store/index.ts'
import { openTestDatabase, pgliteEngine } from '../support/databases.ts'
import { newDevice, newHome } from '../support/homes.ts'

const now = Date.parse('2026-03-10T12:00:00Z')
let db: Database
let remove: () => Promise<void>

beforeAll(async () => {
  ;({ db, remove } = await openTestDatabase(pgliteEngine()))
})
afterAll(async () => await remove?.())

/** Half a MiB of text, another one for each seed, that compresses to some kB: much to write, little to keep. */
function textOf(seed: number): string {
  let state = seed
  let text = ''
  while (text.length < 2048) {
    state = (state * 48_271) % 2_147_483_647
    text += state.toString(36)
  }
  return text.slice(0, 2048).repeat(256)
}

async function sizeOf(table: string): Promise<number> {
  const size = sql<{ size: number }>`select pg_total_relation_size(${table}::regclass) as size`
  return (await size.execute(db.kysely)).rows[0]?.size ?? Number.NaN
}

test('issues of the grid and memories of devices that replace each other take the space of those before', async () => {
  const id = await newDevice(db, await newHome(db, now), now)
  const write = async (from: number, to: number) => {
    for (let seed = from; seed < to; seed++) {
      const text = textOf(seed)
      const hour = { startAt: now, renewableShare: 0, kind: 'actual', madeAt: now, source: null, restsOn: [] } as const
      await saveGridIssue(db, { zone: 'IT', issuedAt: now, hours: [{ ...hour, model: text }] })
      const batch = { readings: [], memories: new Map([[id, { text }]]) }
      await writeLiveReadings(db, { remembering: [], accounts: [], batchOf: () => batch, now })
    }
    return [await sizeOf('grid_issues'), await sizeOf('devices')]
  }
  const [issues = 0, devices = 0] = await write(1, 81)
  const [issuesLater, devicesLater] = await write(81, 241)
  expect(issuesLater).toBeLessThan(1.5 * issues)
  expect(devicesLater).toBeLessThan(1.5 * devices)
})
