/** Commands whose PostgreSQL server goes away while they open it, or is too old: one that speaks just enough of the protocol, and then drops. */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { runCommand } from '../support/command.ts'

let server: Server | undefined

afterEach(() => server?.close())

/** A message of the protocol: its type, its length, its body. */
function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.write(type)
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

const ready = message('Z', Buffer.from('I'))
const welcome = Buffer.concat([message('R', Buffer.alloc(4)), ready])
const columns = message('T', Buffer.concat([Buffer.from('\0\x01server_version_num\0'), Buffer.alloc(18)]))
const settings = Buffer.concat([columns, message('C', Buffer.from('SELECT 0\0')), ready])
const versionOf = (number: string) => {
  const row = message('D', Buffer.from(`\0\x01\0\0\0\x06${number}`))
  return Buffer.concat([columns, row, message('C', Buffer.from('SHOW\0')), ready])
}
const version = versionOf('160000')

/** Starts a server that answers each message of a connection by `answers`, in their order, and drops it where there is no more. */
async function serverUrl(answers: readonly Buffer[], drop: (socket: Socket) => void): Promise<string> {
  server = createServer((socket) => {
    const left = [...answers]
    socket.on('error', () => {})
    socket.on('data', () => {
      const answer = left.shift()
      if (answer !== undefined) socket.write(answer)
      if (answer === undefined || left.length === 0) drop(socket)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `postgres://somebody:secret@127.0.0.1:${(server.address() as AddressInfo).port}/loadlens`
}

const onNextMessage = (socket: Socket) => socket.on('data', () => socket.destroy())
const reset = (socket: Socket) => socket.on('data', () => socket.resetAndDestroy())

test.each([
  ['before it welcomes', [], (socket: Socket) => socket.destroy()],
  ['at the first query', [welcome], onNextMessage],
  ['at the second query', [welcome, settings], onNextMessage],
  ['after the second answer', [welcome, settings, version], (socket: Socket) => socket.end()],
  ['at the third query', [welcome, settings, version], onNextMessage],
  ['at the third query, by a reset', [welcome, settings, version], reset],
])('a server that drops %s is told in a sentence', async (_name, answers, drop) => {
  const { exitCode, stderr } = await runCommand(['client', 'list'], { DATABASE_URL: await serverUrl(answers, drop) })
  expect(stderr).toMatch(
    /^loadlens: The database server of DATABASE_URL cannot be used: .* Set DATABASE_URL to .*\.\n$/,
  )
  expect(stderr).not.toContain('secret')
  expect(exitCode).toBe(1)
})

test('a server that is too old is told with the version that it has', async () => {
  const url = await serverUrl([welcome, settings, versionOf('140012')], onNextMessage)
  const { exitCode, stderr } = await runCommand(['client', 'list'], { DATABASE_URL: url })
  expect(stderr).toMatch(/^loadlens: Loadlens needs PostgreSQL 15 or newer; this server is 14\. /)
  expect(exitCode).toBe(1)
})
