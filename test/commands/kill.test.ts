/** Acknowledged means durable: a server that is killed in the middle of a stream has every acknowledged reading after. */
import { afterAll, expect, test } from 'vitest'
import { printed, startCommand } from '../support/command.ts'
import { pgliteEngine, postgresqlEngine, type TestDatabase } from '../support/databases.ts'
import { retailer, tokenOf } from '../support/test-server.ts'

const engines = [pgliteEngine(), await postgresqlEngine()].filter((engine) => engine !== undefined)
afterAll(async () => {
  for (const engine of engines) await engine.stop()
})

async function startServer({ dataDir, databaseUrl }: TestDatabase) {
  const child = startCommand(['serve'], {
    LOADLENS_DATA_DIR: dataDir,
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
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

test.each(engines.map((engine) => [engine.name, engine] as const))(
  'kill -9, ten times, loses nothing that was acknowledged and doubles nothing: %s',
  async (_name, engine) => {
    const database = await engine.create()
    const acknowledged = new Map<string, number>()
    let minute = 0
    for (let round = 0; round < 10; round++) {
      const { child, ask } = await startServer(database)
      const closed = new Promise((resolve) => child.once('close', resolve))
      const registration = { pod: 'IT001E00000001', account_number: 'home', company_code: 'ACME' }
      await (await ask('/accounts', { method: 'POST', body: JSON.stringify(registration) })).bytes()
      setTimeout(() => child.kill('SIGKILL'), 400 + round * 100)
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
    const { child, ask } = await startServer(database)
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
    await database.remove()
  },
  240_000,
)
