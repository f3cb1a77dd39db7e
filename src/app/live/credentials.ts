/**
 * Whether a device's secret is right, without deriving a key each time: a secret that was right once is remembered by
 * its digest, because thousands of devices come back at once after a network fails. Guessing is slowed by address; a
 * remembered secret is right all the same, so that a device with a wrong one does not shut out those beside it.
 */
import { createHash } from 'node:crypto'

export interface CredentialCheck {
  readonly id: string
  readonly secret: string
  /** Where the device calls from. */
  readonly address: string
  /** The hash that is stored for the id, if there is one. */
  readonly hash: () => Promise<string | undefined>
}

type Verify = (secret: string, hash: string | undefined) => Promise<boolean>

/** Wrong secrets of one address before it has to wait. */
const wrongMax = 20
/** How long it waits [ms]. */
const waitMs = 60_000
const rememberedMax = 200_000

/** A check that remembers; `now` is the machine's clock. */
export function credentialChecks(
  verify: Verify,
  now: () => number = () => performance.now(),
): (check: CredentialCheck) => Promise<boolean> {
  const right = new Map<string, string>()
  const wrong = new Map<string, { count: number; since: number }>()
  const isWaiting = (address: string) => {
    const guesses = wrong.get(address)
    if (guesses === undefined) return false
    if (now() - guesses.since > waitMs) wrong.delete(address)
    return now() - guesses.since <= waitMs && guesses.count >= wrongMax
  }
  return async ({ id, secret, address, hash: storedHash }) => {
    const waits = isWaiting(address)
    if (waits && !right.has(id)) return false
    const hash = await storedHash()
    const digest = createHash('sha256').update(`${hash} ${secret}`).digest('base64')
    if (hash !== undefined && right.get(id) === digest) return true
    if (waits) return false
    const isRight = await verify(secret, hash)
    if (right.size >= rememberedMax) right.clear()
    if (wrong.size >= rememberedMax) wrong.clear()
    if (isRight) right.set(id, digest)
    else wrong.getOrInsertComputed(address, () => ({ count: 0, since: now() })).count++
    return isRight
  }
}
