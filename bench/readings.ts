/**
 * Readings per second that the server acknowledges as durable, over HTTP on loopback: a year of minutes in each form, on
 * both stores. The sender is a process of its own on the same machine; between bodies everything is analysed.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type Engine, startEngine, startServer, stopEngine } from '../src/app/server.ts'
import { pgliteEngine, postgresqlEngine, type TestEngine } from '../test/support/databases.ts'
import { benchConfiguration } from './configuration.ts'
import { formNames, minutes, type ReadingsJob, type ReadingsSent } from './send-readings.ts'

/** Each form goes to so many accounts; the median counts. */
const rounds = 3

export async function benchReadings(): Promise<void> {
  for (const engine of [pgliteEngine(), await postgresqlEngine({ syncs: true })]) {
    if (engine === undefined) continue
    try {
      await benchEngine(engine)
    } finally {
      await engine.stop()
    }
  }
}

async function benchEngine(engine: TestEngine): Promise<void> {
  const place = await engine.create()
  const running = await startEngine(
    benchConfiguration(place, {
      LOADLENS_CLOCK_START: '2026-01-02T00:00:00Z',
      LOADLENS_CLIENTS: 'bench:a-secret-of-no-worth:BENCH',
    }),
  )
  const sender = fork(fileURLToPath(new URL('send-readings.ts', import.meta.url)))
  try {
    await benchForms(running, sender)
  } finally {
    sender.disconnect()
    await stopEngine(running)
    await place.remove()
  }
}

async function benchForms(engine: Engine, sender: ChildProcess): Promise<void> {
  const server = await startServer(engine)
  process.stdout.write(`\na year of minutes over HTTP, on ${engine.db.engine} (median of ${rounds})\n`)
  try {
    const authorization = await authorizationOf(server.address)
    const seconds = new Map<string, number[]>(formNames.map((name) => [name, []]))
    const cpuSeconds = new Map<string, number[]>(formNames.map((name) => [name, []]))
    for (let account = 0; account < rounds * formNames.length; account++) {
      const form = formNames[account % formNames.length] ?? 'CSV'
      const path = `/accounts/${await registered(server.address, authorization, account)}`
      const job: ReadingsJob = { url: `${server.address}${path}/readings`, authorization, form }
      const usedBefore = process.cpuUsage()
      sender.send(job)
      const [{ durationS }] = (await once(sender, 'message')) as [ReadingsSent]
      const { user, system } = process.cpuUsage(usedBefore)
      seconds.get(form)?.push(durationS)
      cpuSeconds.get(form)?.push((user + system) / 1e6)
      await untilAnalysed(`${server.address}${path}`, authorization)
    }
    for (const name of formNames) {
      const durationS = medianOf(seconds.get(name) ?? [])
      const usedS = medianOf(cpuSeconds.get(name) ?? [])
      const rate = Math.round(minutes / durationS)
      process.stdout.write(
        `  ${name.padEnd(12)} ${rate} readings/s, durable (${durationS.toFixed(2)} s, of which the server computed ${usedS.toFixed(2)} s)\n`,
      )
    }
  } finally {
    await server.stop()
  }
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN
}

async function authorizationOf(baseUrl: string): Promise<string> {
  const body = new URLSearchParams({ client_id: 'bench', client_secret: 'a-secret-of-no-worth' })
  const response = await fetch(`${baseUrl}/auth/token`, { method: 'POST', body })
  return `Bearer ${((await response.json()) as { access_token: string }).access_token}`
}

async function registered(baseUrl: string, authorization: string, account: number): Promise<string> {
  const number = `bench-${account}`
  const pod = `IT001E${String(account).padStart(8, '0')}`
  const response = await fetch(`${baseUrl}/accounts`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ pod, account_number: number, company_code: 'BENCH' }),
  })
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`)
  return number
}

async function untilAnalysed(url: string, authorization: string): Promise<void> {
  for (;;) {
    const response = await fetch(url, { headers: { authorization } })
    const { data } = (await response.json()) as { data: { pending_days: number } }
    if (data.pending_days === 0) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
