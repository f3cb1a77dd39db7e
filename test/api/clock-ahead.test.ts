/** What a home's page says after a clock that was ahead: two servers, one after the other, on one embedded database. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { putFreshDatabase } from '../support/databases.ts'
import { register, startTestServer } from '../support/test-server.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loadlens-clock-'))
  await putFreshDatabase(join(folder, 'var'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const minutes = (start: string) => ({ kind: 'power_w', start, interval_s: 60, values: Array(60).fill(100) })

test('readings of a clock that was ahead neither end what is held nor count as measured or as a gap', async () => {
  const serverAt = (clockStart: string) =>
    startTestServer(clockStart, { LOADLENS_DATA_DIR: join(folder, 'var'), DATABASE_URL: '' })
  const ahead = await serverAt('2029-03-10T12:00:00Z')
  await register(ahead, 'home', 'IT001E00000001')
  await ahead.post('/accounts/home/readings', minutes('2029-03-10T10:00:00Z'))
  await ahead.analysed('home')
  const span = { from: '2029-03-10T10:00:00Z', to: '2029-03-10T10:59:00Z' }
  expect((await ahead.get('/accounts/home')).readings).toMatchObject({ ...span, coverage: 1 })
  await ahead.stop()
  const right = await serverAt('2026-03-10T12:00:00Z')
  expect((await right.get('/accounts/home')).readings).toMatchObject({ ...span, coverage: null })
  await right.post('/accounts/home/readings', minutes('2026-03-10T09:00:00Z'))
  await right.post('/accounts/home/readings', minutes('2026-03-10T10:30:00Z'))
  await right.analysed('home')
  const { from, to, count, coverage } = (await right.get('/accounts/home')).readings
  expect({ from, to, count }).toEqual({ from: '2026-03-10T09:00:00Z', to: '2026-03-10T11:29:00Z', count: 180 })
  // Two hours of two and a half.
  expect(coverage).toBeCloseTo(0.8, 3)
  await right.stop()
})
