/** What the forecast of the grid promises: it beats "tomorrow is like today", and it knows nothing of the day it tells. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { CivilDay } from '../../src/energy/civil-time.ts'
import { placeOf } from '../../src/energy/grid-zones.ts'
import { readGridCsv } from '../../src/ingest/grid/index.ts'
import { fitAhead, forecastAhead } from '../../src/insight/greenness-forecast.ts'
import { backTest, skillOf } from '../../src/insight/greenness-skill.ts'
import { gridDaysOf } from '../../src/insight/grid-days.ts'
import { GridPast } from '../../src/insight/grid-past.ts'
import { issueGreenness } from '../../src/insight/issue-greenness.ts'
import { mixSkillOf, perfectForecasts } from '../../src/insight/mix-skill.ts'
import { runCommand } from '../support/command.ts'

const file = new URL('../../data/grid/IT.csv.gz', import.meta.url)
const where = { timeZone: 'Europe/Rome', place: placeOf('IT') }
const { hours: history } = readGridCsv(gunzipSync(readFileSync(file)).toString(), 'IT')
const past = new GridPast(gridDaysOf(history, where))
const day = (text: string) => text as CivilDay

test('on 2023 its error is at most 0.8 of persistence, and its best hours miss at most 0.15', () => {
  const skill = skillOf(
    [...backTest(past, day('2023-01-01'), day('2024-01-01'), 11)].filter((told) => told !== undefined),
  )
  expect(skill.days).toBeGreaterThan(355)
  expect(skill.maeDayAhead).toBeLessThanOrEqual(0.8 * skill.maePersistence24h)
  expect(skill.regret).toBeLessThanOrEqual(0.15)
  expect(skill.maeRestOfToday).toBeLessThanOrEqual(0.6 * (skill.maeRestOfTodayPersistence ?? 0))
  expect(skill.regret).toBeLessThan(skill.regretPersistence)
})

test('the substitute that is measured is the one that answers where nothing recent is stored', () => {
  const [told] = backTest(past, day('2023-04-25'), day('2023-04-26'), 11)
  const known = history.filter(({ startAt }) => startAt < Date.parse('2023-04-21T22:00:00Z'))
  const now = Date.parse('2023-04-25T10:00:00Z')
  const answered = issueGreenness({ ...where, now, stored: [], embedded: known })
  const ofDay = answered.slice(0, 24).map(({ kind, renewableShare }) => ({ kind, renewableShare }))
  expect(ofDay).toEqual(told?.usual.map((renewableShare) => ({ kind: 'substitute', renewableShare })))
})

test('what published forecasts are made a share with errs little by itself, and is not measured without them', () => {
  const span = { fromOn: day('2023-05-01'), toOn: day('2023-07-01'), timeZone: 'Europe/Rome' }
  const floor = mixSkillOf(history, perfectForecasts(history, []), span)
  expect(floor?.days).toBe(61)
  expect(floor?.mae).toBeLessThanOrEqual(0.045)
  expect(mixSkillOf(history, [], span)).toBeUndefined()
})

test('a forecast does not change when the future does', () => {
  const issue = past.days.findIndex((one) => one.day === '2023-05-10')
  const issuedAt = Date.parse('2023-05-10T09:00:00Z')
  const other = history.map((hour) =>
    hour.startAt < issuedAt ? hour : { ...hour, renewableShare: 0.01, windMw: 1, loadMw: 9 },
  )
  const changed = new GridPast(gridDaysOf(other, where))
  const [one, two] = [past, changed].map((known) => {
    const model = fitAhead(known, { day: issue, knownHours: 11 }, 1)
    return model && forecastAhead(known, model, issue)
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
    mae_rest_of_today: expect.any(Number),
    mae_persistence_24h: expect.any(Number),
    mae_climatology: expect.any(Number),
    mae_climatology_3_years_old: expect.any(Number),
    regret: expect.any(Number),
    regret_persistence: expect.any(Number),
  })
  const short = await runCommand([...args, '--from', '2015-03-01', '--to', '2015-03-15'])
  expect([short.exitCode, short.stderr]).toEqual([1, expect.stringContaining('has no whole day')])
  const wrong = await runCommand([...args, '--from', 'May', '--to', '2019-03-15'])
  expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining('--from takes a date')])
})
