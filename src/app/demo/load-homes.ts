/** Fills the demo's homes: thirteen months of one recorded home, seventy days of its synthetic neighbours, then live. */
import {
  addDays,
  addMonths,
  type CivilDay,
  dayInterval,
  daysFrom,
  type EpochMs,
  firstDayOf,
  italianTime,
  localDayOf,
  minuteMs,
  monthOf,
} from '../../energy/civil-time.ts'
import type { Onboarding } from '../../energy/household.ts'
import { normalisePod } from '../../energy/pod.ts'
import type { ReadingColumns } from '../../energy/reading-series.ts'
import { sourceNumber } from '../../energy/reading-sources.ts'
import { defaultHoldS } from '../../energy/readings.ts'
import {
  type Account,
  type ClientId,
  type Database,
  registerAccount,
  saveOnboarding,
  writeReadingColumns,
} from '../../store/index.ts'
import { neighbourDays, neighbourDayW, neighboursOf } from './neighbours.ts'
import { type Recording, recordedPowerW, shiftWeeksFor } from './recording.ts'

const companyCode = 'DEMO'
const neighbourSeed = 20_261
/** Complete calendar months of history before the current one. */
const historyMonths = 13
/** Days written in one transaction. */
const batchDays = 60

/** The account number of the recorded home. */
export const homeAccountNumber = '1234567890'

/** What the recorded home says of itself: its own appliances, in a house like its neighbours'. */
const homeOnboarding: Onboarding = {
  house: { type: 'semiDetachedHouse', dimesion: 110, province: 'MI' },
  residents: { adults: 2, children: 2 },
  appliances: (['fridge', 'washingMachine', 'dishwasher', 'microwave', 'kettle', 'tv', 'lighting'] as const).map(
    (appliance) => ({ appliance, quantity: 1 }),
  ),
}

/** One home of the demo, and where its minutes come from. */
export interface DemoHome {
  readonly account: Account
  /** First local day of its history. */
  readonly fromOn: CivilDay
  /** Mean power of the minute that contains an instant [W]; `null` in a hole of the recording. */
  powerW(at: EpochMs): number | null
}

/** Registers the homes under a client; safe to repeat. */
export async function registerHomes(
  db: Database,
  clientId: ClientId,
  recording: Recording,
  now: EpochMs,
): Promise<DemoHome[]> {
  const today = localDayOf(now, italianTime)
  const shiftWeeks = shiftWeeksFor(now)
  const register = (number: string, pod: string, onboarding: Onboarding) =>
    registered(db, clientId, { number, pod, onboarding, now })
  const homes: DemoHome[] = [
    {
      account: await register(homeAccountNumber, 'IT001E12345678', homeOnboarding),
      fromOn: firstDayOf(addMonths(monthOf(today), -historyMonths)),
      powerW: (at) => recordedPowerW(recording, at, shiftWeeks),
    },
  ]
  for (const neighbour of neighboursOf(neighbourSeed)) {
    const account = await register(neighbour.accountNumber, neighbour.pod, neighbour.onboarding)
    const dayW = remembered((day) => neighbourDayW(neighbour, day, italianTime))
    homes.push({ account, fromOn: addDays(today, -neighbourDays), powerW: (at) => minuteOf(dayW, at) })
  }
  return homes
}

/** Days of history that `loadHistory` writes. */
export function historyDays(homes: readonly DemoHome[], now: EpochMs): number {
  return homes.reduce((sum, { fromOn }) => sum + daysFrom(fromOn, addDays(localDayOf(now, italianTime), 1)).length, 0)
}

/** Writes the history of the homes up to now; what is there already stays as it is. */
export async function loadHistory(
  db: Database,
  homes: readonly DemoHome[],
  now: EpochMs,
  advance: (days: number) => void,
): Promise<void> {
  for (const home of homes) {
    const days = daysFrom(home.fromOn, addDays(localDayOf(now, italianTime), 1))
    for (let first = 0; first < days.length; first += batchDays) {
      const batch = days.slice(first, first + batchDays)
      const [fromOn, lastOn] = [batch[0], batch.at(-1)]
      if (fromOn === undefined || lastOn === undefined) break
      const toAt = Math.min(dayInterval(lastOn, italianTime).toAt, now + 1)
      await writeMinutes(db, home, dayInterval(fromOn, italianTime).fromAt, toAt, now)
      advance(batch.length)
    }
  }
}

/** Writes the minutes of one home that begin in `fromAt` … `toAt`. */
async function writeMinutes(db: Database, home: DemoHome, fromAt: EpochMs, toAt: EpochMs, now: EpochMs): Promise<void> {
  const columns = minuteColumns(home, fromAt, toAt)
  if (columns.at.length > 0)
    await writeReadingColumns(db, home.account, { channel: 'import', kind: 'power', columns }, { now })
}

/** A hole starts with one reading that says "not measured", so that the power before it does not hold on. */
function minuteColumns(home: DemoHome, fromAt: EpochMs, toAt: EpochMs): ReadingColumns {
  const instants: EpochMs[] = []
  const powers: (number | null)[] = []
  let before: number | null = 0
  for (let at = Math.ceil(fromAt / minuteMs) * minuteMs; at < toAt; at += minuteMs) {
    const powerW = home.powerW(at)
    if (powerW !== null || before !== null) {
      instants.push(at)
      powers.push(powerW)
    }
    before = powerW
  }
  return {
    at: Float64Array.from(instants),
    value: Float64Array.from(powers, (powerW) => powerW ?? 0),
    present: Uint8Array.from(powers, (powerW) => (powerW === null ? 0 : 1)),
    spanS: new Float64Array(instants.length).fill(defaultHoldS),
    quality: new Uint8Array(instants.length),
    source: new Uint8Array(instants.length).fill(sourceNumber('demo')),
  }
}

interface DemoRegistration {
  readonly number: string
  readonly pod: string
  readonly onboarding: Onboarding
  readonly now: EpochMs
}

async function registered(db: Database, clientId: ClientId, one: DemoRegistration): Promise<Account> {
  const pod = normalisePod(one.pod)
  if (pod === undefined) throw new Error(`${one.pod} is no POD`)
  const registration = { ...pod, accountNumber: one.number, companyCode, timeZone: italianTime, now: one.now }
  const outcome = await registerAccount(db, clientId, registration)
  if (outcome.outcome === 'conflict') throw new Error(`The demo's account ${one.number} cannot be registered.`)
  return outcome.outcome === 'created'
    ? await saveOnboarding(db, outcome.account, one.onboarding, one.now)
    : outcome.account
}

/** A simulated day is asked for minute by minute. */
function remembered(simulate: (day: CivilDay) => Float64Array): (day: CivilDay) => Float64Array {
  let day: CivilDay | undefined
  let powerW = new Float64Array()
  return (asked) => {
    if (asked !== day) powerW = simulate(asked) as Float64Array<ArrayBuffer>
    day = asked
    return powerW
  }
}

function minuteOf(dayW: (day: CivilDay) => Float64Array, at: EpochMs): number | null {
  const day = localDayOf(at, italianTime)
  return dayW(day)[Math.floor((at - dayInterval(day, italianTime).fromAt) / minuteMs)] ?? null
}

interface LiveOptions {
  /** Where the history ends. */
  readonly writtenTo: EpochMs
  readonly onStale: () => void
  readonly onError: (error: unknown) => void
}

/** Sends the homes' minutes that have passed since their history, then those that come. @returns stops it */
export function runLive(
  db: Database,
  homes: readonly DemoHome[],
  clock: () => EpochMs,
  { onStale, onError, ...history }: LiveOptions,
): () => Promise<void> {
  let { writtenTo } = history
  const send = async () => {
    const now = clock()
    if (Math.floor(now / minuteMs) === Math.floor(writtenTo / minuteMs)) return
    for (const home of homes) await writeMinutes(db, home, writtenTo, now + 1, now)
    writtenTo = now
    onStale()
  }
  let running = send().catch(onError)
  const timer = setInterval(() => {
    running = running.then(send).catch(onError)
  }, 1000)
  return async () => {
    clearInterval(timer)
    await running
  }
}
