/** What the forecast of the grid promises: it beats "tomorrow is like today", and it knows nothing of the day it tells. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { CivilDay } from '../../src/energy/civil-time.ts'
import { readGridHistory } from '../../src/ingest/index.ts'
import { fitDayAhead, forecastDayAhead, GridPast } from '../../src/insight/greenness-forecast.ts'
import { backTest, skillOf } from '../../src/insight/greenness-skill.ts'
import { gridDaysOf } from '../../src/insight/grid-days.ts'
import { runCommand } from '../support/command.ts'

const file = new URL('../../data/grid/IT.csv.gz', import.meta.url)
const history = readGridHistory(gunzipSync(readFileSync(file)).toString())
const past = new GridPast(gridDaysOf(history, 'Europe/Rome'))
const day = (text: string) => text as CivilDay

test('on 2023 its error is at most 0.85 of persistence, and its best hours miss at most a quarter', () => {
  const skill = skillOf(backTest(past, day('2023-01-01'), day('2024-01-01'), 11))
  expect(skill.days).toBeGreaterThan(355)
  expect(skill.maeDayAhead).toBeLessThanOrEqual(0.85 * skill.maePersistence24h)
  expect(skill.regret).toBeLessThanOrEqual(0.25)
  expect(skill.regret).toBeLessThan(skill.regretPersistence)
})

test('a forecast does not change when the future does', () => {
  const issue = past.days.findIndex((one) => one.day === '2023-05-10')
  const issuedAt = Date.parse('2023-05-10T09:00:00Z')
  const other = history.map((hour) => (hour.startAt < issuedAt ? hour : { ...hour, renewableShare: 0.01 }))
  const changed = new GridPast(gridDaysOf(other, 'Europe/Rome'))
  const [one, two] = [past, changed].map((known) => {
    const model = fitDayAhead(known, issue, 11)
    return model && forecastDayAhead(known, model, issue)
  })
  expect(one).toBeDefined()
  expect(one?.every((share) => share !== null && share >= 0 && share <= 1)).toBe(true)
  expect(two).toEqual(one)
})

test('evaluate greenness says it as JSON, and refuses a history that is too short', async () => {
  const args = ['evaluate', 'greenness', '--history', file.pathname, '--json']
  const good = await runCommand([...args, '--from', '2023-03-01', '--to', '2023-03-15'])
  expect(JSON.parse(good.stdout)).toMatchObject({
    days: 14,
    mae_day_ahead: expect.any(Number),
    mae_persistence_24h: expect.any(Number),
    mae_climatology: expect.any(Number),
    regret: expect.any(Number),
    regret_persistence: expect.any(Number),
  })
  const short = await runCommand([...args, '--from', '2019-03-01', '--to', '2019-03-15'])
  expect([short.exitCode, short.stderr]).toEqual([1, expect.stringContaining('has no whole day')])
  const wrong = await runCommand([...args, '--from', 'May', '--to', '2019-03-15'])
  expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining('--from takes a date')])
})
