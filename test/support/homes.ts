/** Homes straight in the store, for tests of what lies below the API. */
import type { EpochMs } from '../../src/energy/civil-time.ts'
import {
  type Account,
  type Database,
  type DeviceId,
  newDeviceId,
  putClient,
  registerAccount,
  registerDevice,
} from '../../src/store/index.ts'

let homes = 0

/** An account of the client `c`, with a number and a POD of its own. */
export async function newHome(db: Database, now: EpochMs): Promise<Account> {
  const client = await putClient(db, { id: 'c', companies: ['ACME'], secretHash: 'x', now })
  const pod = `IT001E${String(++homes).padStart(8, '0')}`
  const registration = { pod, podKey: pod, accountNumber: pod, companyCode: 'ACME', timeZone: 'Europe/Rome', now }
  const registered = await registerAccount(db, client.id, registration)
  if (registered.outcome === 'conflict') throw new Error(registered.reason)
  return registered.account
}

/** A meter of kind `json` of an account, under the topic `loadlens/` and its id. */
export async function newDevice(db: Database, account: Account, now: EpochMs, secretHash = 'x'): Promise<DeviceId> {
  const id = newDeviceId()
  const topic = `loadlens/${id}`
  const settings = { channels: ['main'], sign: 1, holdS: 300, clockToleranceS: 300 } as const
  const description = { ...settings, topic, kind: 'json', name: null }
  await registerDevice(db, account, { id, description, roots: [topic], secretHash, now })
  return id
}
