/** The address clients use: as configured, or the one listened on. */
import type { AddressInfo } from 'node:net'
import type { ApiSettings } from './deps.ts'
import type { Api } from './route.ts'

/** Answers with the address, once the server listens. */
export function baseUrlOf(app: Api, { publicUrl }: ApiSettings): () => string {
  return () => {
    if (publicUrl !== undefined) return publicUrl
    const address = app.server.address()
    return address === null || typeof address === 'string' ? 'http://127.0.0.1' : urlOf(address)
  }
}

/** What of the address stands before every path, where a proxy serves the API below one: `/energy`, or nothing. */
export function basePathOf({ publicUrl }: ApiSettings): string {
  return publicUrl === undefined ? '' : new URL(publicUrl).pathname.replace(/\/+$/, '')
}

/** The address of a listening server; one that listens everywhere is reached as `localhost`. */
export function urlOf({ address, family, port }: AddressInfo): string {
  if (address === '0.0.0.0' || address === '::') return `http://localhost:${port}`
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}
