/** A source of grid data on loopback: answers what a test tells it to, and remembers what it was asked. */
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One answer; a number is a status without a body, `'never'` keeps the asker waiting. */
export type SourceReply =
  | number
  | 'never'
  | { readonly status?: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> }

export interface AskedRequest {
  readonly method: string
  readonly url: URL
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface GridSourceServer {
  readonly url: string
  readonly asked: AskedRequest[]
  stop(): Promise<void>
}

/** Starts a source; `reply` says what it answers. */
export async function startGridSource(reply: (request: AskedRequest) => SourceReply): Promise<GridSourceServer> {
  const asked: AskedRequest[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const one = {
      method: request.method ?? '',
      url: new URL(request.url ?? '/', 'http://source'),
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    }
    asked.push(one)
    send(reply(one), response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    stop: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

function send(reply: SourceReply, response: ServerResponse): void {
  if (reply === 'never') return
  if (typeof reply === 'number') response.writeHead(reply).end()
  else response.writeHead(reply.status ?? 200, reply.headers).end(reply.body ?? '')
}

/** A payload of `test/golden/grid`. */
export function goldenGrid(name: string): string {
  return readFileSync(new URL(`../golden/grid/${name}`, import.meta.url), 'utf8')
}
