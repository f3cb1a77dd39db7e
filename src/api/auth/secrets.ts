/** Client secrets: made random, stored only as a scrypt hash (RFC 7914), compared in constant time. */
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'

/** scrypt's cost: 16 MiB and some 30 ms a guess (OWASP's second choice for scrypt has the same memory). */
const cost = { n: 16_384, r: 8, p: 1 } as const
const saltBytes = 16
const keyBytes = 32

/** A new secret: 256 random bits, in characters that need no encoding anywhere. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** What is stored of a secret: `scrypt$N$r$p$salt$key`. */
export async function hashSecret(secret: string): Promise<string> {
  const salt = randomBytes(saltBytes)
  const key = await derive(secret, salt, keyBytes, cost)
  return ['scrypt', cost.n, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$')
}

/**
 * Whether a secret is the hashed one. `undefined` (no such client) takes the same time and is always false, so that
 * nobody learns from the clock which clients exist.
 */
export async function verifySecret(secret: string, hash: string | undefined): Promise<boolean> {
  const stored = parse(hash ?? (await decoyHash()))
  if (stored === undefined) throw new Error('A stored secret hash is not of the form scrypt$N$r$p$salt$key.')
  const key = await derive(secret, stored.salt, stored.key.length, stored.cost)
  return timingSafeEqual(key, stored.key) && hash !== undefined
}

interface Cost {
  readonly n: number
  readonly r: number
  readonly p: number
}

let decoy: Promise<string> | undefined

function decoyHash(): Promise<string> {
  decoy ??= hashSecret(newSecret())
  return decoy
}

function parse(hash: string): { cost: Cost; salt: Buffer; key: Buffer } | undefined {
  const match = hash.match(/^scrypt\$(\d+)\$(\d+)\$(\d+)\$([\w-]+)\$([\w-]+)$/)
  if (match === null) return undefined
  const [, n, r, p, salt = '', key = ''] = match
  return {
    cost: { n: Number(n), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, 'base64url'),
    key: Buffer.from(key, 'base64url'),
  }
}

function derive(secret: string, salt: Buffer, length: number, { n, r, p }: Cost): Promise<Buffer> {
  const options: ScryptOptions = { N: n, r, p, maxmem: 256 * n * r }
  return new Promise((resolve, reject) => {
    scrypt(secret.normalize('NFC'), salt, length, options, (error, key) => (error ? reject(error) : resolve(key)))
  })
}
