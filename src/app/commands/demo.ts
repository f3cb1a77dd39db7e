/** `loadlens demo`: a real home with thirteen months of history, fifteen synthetic neighbours, and every endpoint. */
import { join } from 'node:path'
import { hashSecret, newSecret } from '../../api/auth/secrets.ts'
import type { EpochMs } from '../../energy/civil-time.ts'
import { pendingDaysOfAll, putClient } from '../../store/index.ts'
import { analyseEverything } from '../analysis-loop.ts'
import { machineClock } from '../clock.ts'
import { type Configuration, readConfiguration } from '../configuration.ts'
import {
  type DemoHome,
  historyDays,
  homeAccountNumber,
  loadHistory,
  registerHomes,
  runLive,
} from '../demo/load-homes.ts'
import { readRecording } from '../demo/recording.ts'
import { type Engine, requireFreeAddress, startEngine, startServer, stopEngine, untilStopped } from '../server.ts'
import { print, say, withProgress } from '../terminal.ts'

const clientId = 'demo'

/** Loads the demo and serves it until stopped. */
export async function demo({ json = false }: { readonly json?: boolean }): Promise<void> {
  const configuration = demoConfiguration()
  // Loading takes a while: a port that is taken is told before.
  await requireFreeAddress(configuration)
  const engine = await startEngine(configuration)
  try {
    const secret = newSecret()
    const { homes, writtenTo } = await loadDemo(engine, secret)
    const server = await startServer(engine)
    const onError = (error: unknown) => say(`A live minute could not be written: ${String(error)}`)
    const stopLive = runLive(engine.db, homes, engine.clock, { writtenTo, onStale: server.wake, onError })
    printAccess(server.address, secret, json)
    const stop = async () => {
      await stopLive()
      await server.stop()
    }
    await untilStopped(stop, () => say('Finishing what is under way …'))
  } finally {
    await stopEngine(engine)
  }
}

/** The settings that the demo takes: those of this machine. Databases, brokers, issuers, clients and limits are a server's. */
const settingsTaken = /^LOADLENS_(?:HOST|PORT|DATA_DIR|CLOCK_START|LOG_LEVEL|WORKERS)$/

/** The demo keeps to a folder of its own and is quiet: what it prints is for people. */
function demoConfiguration(): Configuration {
  const taken = Object.entries(process.env).filter(([name]) => settingsTaken.test(name))
  const configuration = readConfiguration({ LOADLENS_LOG_LEVEL: 'warn', ...Object.fromEntries(taken) })
  return { ...configuration, dataDir: join(configuration.dataDir, 'demo') }
}

async function loadDemo(engine: Engine, secret: string): Promise<{ homes: DemoHome[]; writtenTo: EpochMs }> {
  const { db, pool, clock } = engine
  say(
    'Loading one recorded home (REFIT, CC BY 4.0: 50 weeks of 2014, repeated every 350 days) and 15 synthetic neighbours.',
  )
  const secretHash = await hashSecret(secret)
  const client = await putClient(db, {
    id: clientId,
    companies: ['DEMO'],
    name: 'Demo',
    secretHash,
    now: machineClock(),
  })
  const recording = await readRecording(new URL('../../../data/homes/home-1.csv.gz', import.meta.url))
  const now = clock()
  const homes = await registerHomes(db, client.id, recording, now)
  await withProgress('Loading days  ', historyDays(homes, now), 'days', (advance) =>
    loadHistory(db, homes, now, advance),
  )
  const onError = (error: unknown) => say(`${String(error)} (a server tries again)`)
  await withProgress('Analysing days', await pendingDaysOfAll(db, now), 'days', (advance) =>
    analyseEverything({ db, pool, clock, onError }, advance),
  )
  return { homes, writtenTo: now }
}

const account = `/accounts/${homeAccountNumber}`
const paths = [
  account,
  `${account}/consumption?period=yesterday`,
  `${account}/consumption/distribution?period=last-week`,
  `${account}/consumption/realtime`,
  `${account}/consumption/latest`,
  `${account}/consumption/performance?period=last-week`,
  `${account}/consumption/habits?period=last-month`,
  `${account}/consumption/trend`,
  `${account}/consumption/yearly-distribution`,
  `${account}/consumption/compound`,
  `${account}/usages?period=yesterday`,
  `${account}/saving`,
  `${account}/greenness?appliance=dishwasher`,
  '/greenness',
]

function printAccess(baseUrl: string, secret: string, json: boolean): void {
  const access = { base_url: baseUrl, client_id: clientId, client_secret: secret, account_number: homeAccountNumber }
  print(json ? JSON.stringify(access) : accessText(baseUrl, secret))
}

function accessText(baseUrl: string, secret: string): string {
  return `
base URL       ${baseUrl}      (the API, rendered: ${baseUrl}/docs)
client_id      ${clientId}
client_secret  ${secret}

TOKEN=$(curl -s -u '${clientId}:${secret}' -d grant_type=client_credentials ${baseUrl}/auth/token | sed -E 's/.*"access_token":"([^"]+)".*/\\1/')
${paths.map((path) => `curl -s -H "Authorization: Bearer $TOKEN" '${baseUrl}${path}'`).join('\n')}

The home runs on live, minute by minute. The neighbours (accounts SYNTHETIC-01 … SYNTHETIC-15) are simulated.
Stop it with Ctrl+C.`
}
