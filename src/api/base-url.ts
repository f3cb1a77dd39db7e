/** The addresses that clients and devices use: as configured, or those listened on. */
import type { AddressInfo } from 'node:net'
import { hostname } from 'node:os'
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
  if (isEverywhere(address)) return `http://localhost:${port}`
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}

/**
 * The host that devices are told for a server that listens on `host`: for one that listens everywhere that of the public
 * address, or else the machine's name.
 */
export function hostForDevices(host: string, publicUrl: string | undefined): string {
  if (!isEverywhere(host)) return host
  return publicUrl === undefined ? hostname() : new URL(publicUrl).hostname.replace(/^\[|\]$/g, '')
}

function isEverywhere(address: string): boolean {
  return address === '0.0.0.0' || address === '::'
}
