/**
 * Whether a device's secret is right, without deriving a key each time: a secret that was right once is remembered by
 * its digest, because thousands of devices come back at once after a network fails. Guessing is slowed by address: an
 * attempt counts from before its key is derived until it was right, so that guesses sent side by side are no more, and
 * those beyond the limit wait until others are answered. A remembered secret is right all the same, so that a device with
 * a wrong one does not shut out those beside it.
 */
import { createHash } from 'node:crypto'
import { countedAddress } from '../../api/auth/limits.ts'

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
  const brake = guessBrake(now)
  return async ({ id, secret, address, hash: storedHash }) => {
    const counted = countedAddress(address)
    if (brake.mustWait(counted) && !right.has(id)) return false
    const hash = await storedHash()
    const digest = createHash('sha256').update(`${hash} ${secret}`).digest('base64')
    if (hash !== undefined && right.get(id) === digest) return true
    const isRight = await brake.attempt(counted, () => verify(secret, hash))
    if (right.size >= rememberedMax) right.clear()
    if (isRight) right.set(id, digest)
    return isRight
  }
}

/** The attempts of one address. */
interface Attempts {
  wrong: number
  /** When the first wrong one was answered. */
  since: number
  underWay: number
  /** Begins those that wait for others to be answered. */
  readonly inLine: (() => void)[]
}

interface GuessBrake {
  mustWait(address: string): boolean
  /** Asks whether a secret is right, in its turn; `false` unasked where the address has to wait. */
  attempt(address: string, isRight: () => Promise<boolean>): Promise<boolean>
}

/** Lets no more of an address be under way than may still be wrong. */
function guessBrake(now: () => number): GuessBrake {
  const byAddress = new Map<string, Attempts>()
  const wrongOf = (attempts: Attempts) => {
    if (now() - attempts.since > waitMs) attempts.wrong = 0
    return attempts.wrong
  }
  const leftOf = (attempts: Attempts) => wrongMax - wrongOf(attempts) - attempts.underWay
  const end = (address: string, attempts: Attempts) => {
    attempts.underWay--
    // With none under way nobody is left to begin the others: where none may be wrong any more they are refused.
    const left = leftOf(attempts)
    const begun = attempts.inLine.splice(
      0,
      left > 0 || attempts.underWay > 0 ? Math.max(0, left) : attempts.inLine.length,
    )
    for (const begin of begun) begin()
    const isOver = attempts.wrong + attempts.underWay + begun.length === 0
    if (isOver && byAddress.get(address) === attempts) byAddress.delete(address)
  }
  return {
    mustWait: (address) => {
      const attempts = byAddress.get(address)
      return attempts !== undefined && wrongOf(attempts) >= wrongMax
    },
    attempt: async (address, isRight) => {
      if (byAddress.size >= rememberedMax) byAddress.clear()
      const attempts = byAddress.getOrInsertComputed(address, () => ({ wrong: 0, since: 0, underWay: 0, inLine: [] }))
      while (leftOf(attempts) <= 0) {
        if (attempts.underWay === 0) return false
        await new Promise<void>((begin) => attempts.inLine.push(begin))
      }
      attempts.underWay++
      try {
        const wasRight = await isRight()
        if (!wasRight && attempts.wrong++ === 0) attempts.since = now()
        return wasRight
      } finally {
        end(address, attempts)
      }
    },
  }
}
