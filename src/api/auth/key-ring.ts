/**
 * The keys that sign tokens: RS256 pairs kept in the store, so that all servers of one store share them and tokens
 * outlive a restart. The newest signs, all verify. A ring notices when another process replaces its keys.
 */
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import type { Clock, EpochMs } from '../../energy/civil-time.ts'
import { addSigningKey, type Database, replaceSigningKeys, type SigningKey, signingKeys } from '../../store/index.ts'

/** The algorithm of the built-in issuer. */
export const signingAlgorithm = 'RS256'

/** A public key as the key set publishes it. */
export type PublicJwk = {
  readonly kty: 'RSA'
  readonly n: string
  readonly e: string
  readonly kid: string
  readonly alg: typeof signingAlgorithm
  readonly use: 'sig'
}

export interface SigningPair {
  readonly kid: string
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
  readonly publicJwk: PublicJwk
}

export interface KeyRing {
  /** All keys, newest first; at least one. */
  keys(): Promise<readonly SigningPair[]>
  /**
   * The key of that id; looks into the store again where it is unknown, since another server may have added it. Those known
   * before serve on where the store does not answer.
   */
  keyOf(kid: string): Promise<SigningPair | undefined>
}

/** How long a ring goes by what it read [ms]: keys that were replaced serve on for no longer, while the store answers. */
export const keysKnownForMs = 60_000
/** How often an unknown key id makes the ring look into the store [ms]: made-up ids must not keep it busy. */
const reloadEveryMs = 10_000

/** The ring of a store; makes the first key where there is none. */
export function openKeyRing(db: Database, machineClock: Clock): KeyRing {
  let loaded: readonly SigningPair[] | undefined
  let loadedAt = 0
  let loading: Promise<readonly SigningPair[]> | undefined
  const reload = async () => {
    try {
      loaded = await loadPairs(db, machineClock)
      loadedAt = machineClock()
      return loaded
    } finally {
      loading = undefined
    }
  }
  const load = () => {
    loading ??= reload()
    return loading
  }
  const keys = async () => {
    if (loaded === undefined) return await load()
    if (Math.abs(machineClock() - loadedAt) < keysKnownForMs) return loaded
    return await load().catch(() => loaded ?? [])
  }
  return {
    keys,
    keyOf: async (kid) => {
      const known = (await keys()).find((pair) => pair.kid === kid)
      if (known !== undefined || machineClock() - loadedAt < reloadEveryMs) return known
      return (await load()).find((pair) => pair.kid === kid)
    },
  }
}

/** Puts a new key in the place of all that a store has; tokens that those signed are refused. */
export async function replaceKeys(db: Database, now: EpochMs): Promise<void> {
  await replaceSigningKeys(db, await newKey(now))
}

async function loadPairs(db: Database, machineClock: Clock): Promise<SigningPair[]> {
  let stored = await signingKeys(db)
  if (stored.length === 0) {
    await addSigningKey(db, await newKey(machineClock()))
    stored = await signingKeys(db)
  }
  return await Promise.all(stored.map(({ kid, privateJwk }) => pairOf(kid, privateJwk as JWK)))
}

async function newKey(createdAt: EpochMs): Promise<SigningKey> {
  const { privateKey } = await generateKeyPair(signingAlgorithm, { modulusLength: 2048, extractable: true })
  const privateJwk = await exportJWK(privateKey)
  return { kid: await calculateJwkThumbprint(privateJwk), privateJwk: { ...privateJwk }, createdAt }
}

async function pairOf(kid: string, jwk: JWK): Promise<SigningPair> {
  const publicJwk: PublicJwk = { kty: 'RSA', n: jwk.n ?? '', e: jwk.e ?? '', kid, alg: signingAlgorithm, use: 'sig' }
  const [privateKey, publicKey] = await Promise.all([imported(jwk), imported(publicJwk)])
  return { kid, privateKey, publicKey, publicJwk }
}

async function imported(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, signingAlgorithm)
  if (key instanceof Uint8Array) throw new Error('A signing key of the store is not an RSA key.')
  return key
}
