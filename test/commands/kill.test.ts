/** Acknowledged means durable: a server that is killed in the middle of a stream has every acknowledged reading after. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { printed, startCommand } from '../support/command.ts'
import { retailer, tokenOf } from '../support/test-server.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loadlens-kill-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

async function startServer() {
  const child = startCommand(['serve'], {
    LOADLENS_DATA_DIR: folder,
    LOADLENS_PORT: '0',
    LOADLENS_CLOCK_START: '2026-03-10T12:00:00Z',
    LOADLENS_CLIENTS: `${retailer.id}:${retailer.secret}:ACME`,
  })
  const [baseUrl = ''] = await printed(child, /http:\/\/127\.0\.0\.1:\d+/)
  const authorization = `Bearer ${await tokenOf(baseUrl, retailer)}`
  const ask = (path: string, init: { method?: string; body?: string; type?: string } = {}) =>
    fetch(`${baseUrl}${path}`, {
      method: init.method ?? 'GET',
      headers: {
        authorization,
        ...(init.body === undefined ? {} : { 'content-type': init.type ?? 'application/json' }),
      },
      ...(init.body === undefined ? {} : { body: init.body }),
    })
  return { child, ask }
}

test('kill -9, five times, loses nothing that was acknowledged and doubles nothing', async () => {
  const acknowledged = new Map<string, number>()
  let minute = 0
  for (let round = 0; round < 5; round++) {
    const { child, ask } = await startServer()
    const closed = new Promise((resolve) => child.once('close', resolve))
    const registration = { pod: 'IT001E00000001', account_number: 'home', company_code: 'ACME' }
    await (await ask('/accounts', { method: 'POST', body: JSON.stringify(registration) })).bytes()
    setTimeout(() => child.kill('SIGKILL'), 400 + round * 150)
    for (;;) {
      const rows = Array.from(
        { length: 50 },
        () => [new Date(Date.UTC(2026, 1, 1) + minute++ * 60_000).toISOString().replace('.000', ''), minute] as const,
      )
      const body = `at,power_w\n${rows.map((row) => row.join(',')).join('\n')}\n`
      try {
        const answer = await ask('/accounts/home/readings', { method: 'POST', body, type: 'text/csv' })
        const { data } = (await answer.json()) as { data: { accepted: number } }
        expect(data.accepted).toBe(50)
      } catch (error) {
        if (error instanceof TypeError) break
        throw error
      }
      for (const [at, powerW] of rows) acknowledged.set(at, powerW)
    }
    await closed
  }
  const { child, ask } = await startServer()
  const closed = new Promise((resolve) => child.once('close', resolve))
  const lines = (await (await ask('/accounts/home/export')).text())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  const held = lines
    .filter(({ type }) => type === 'reading')
    .map(({ at, power_w }) => [at, power_w] as [string, number])
  expect(new Set(held.map(([at]) => at)).size).toBe(held.length)
  const heldOf = new Map(held)
  expect([...acknowledged].filter(([at, powerW]) => heldOf.get(at) !== powerW)).toEqual([])
  expect(acknowledged.size).toBeGreaterThan(500)
  child.kill('SIGTERM')
  expect(await closed).toBe(0)
}, 120_000)
