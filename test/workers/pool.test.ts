/** The worker threads: who waits behind whom. */
import { expect, test } from 'vitest'
import { startWorkerPool } from '../../src/app/workers/pool.ts'
import type { CivilDay, EpochMs, TimeZone } from '../../src/energy/civil-time.ts'
import { daysFrom } from '../../src/energy/civil-time.ts'
import { householdOf } from '../../src/energy/household.ts'

const timeZone = 'Europe/Rome' as TimeZone
const fromAt: EpochMs = Date.parse('2026-03-01T23:00:00Z')

test('an answer does not wait for the stretches that were to be analysed before it', async () => {
  const pool = await startWorkerPool(1, false)
  const days = daysFrom('2026-01-01' as CivilDay, '2026-04-01' as CivilDay)
  const readings = { fromAt: 0, toAt: 0, parts: [] }
  const home = { household: householdOf(null), timeZone, closedAt: null }
  const stretch = { ...home, days, from: 0, to: days.length, readings, now: fromAt }
  const interval = { fromAt, toAt: fromAt + 3_600_000 }
  const question = { accountNumber: '1', period: 'today', timeZone, columns: [], interval, slotS: 60 }
  const answer = () => pool.renderConsumption({ days: [], question })
  const shapes = () => pool.shapeRuns({ days: [], runs: [], appliance: 'dishwasher' })
  await answer()
  const done: string[] = []
  const told = (name: string) => () => void done.push(name)
  await Promise.all([
    ...Array.from({ length: 20 }, () => pool.analyse(stretch).then(told('stretch'))),
    answer().then(told('answer')),
    shapes().then(told('shapes')),
  ])
  expect(done.at(-1)).toBe('stretch')
  expect(done.filter((name) => name !== 'stretch')).toEqual(['answer', 'shapes'])
  await pool.close()
})
