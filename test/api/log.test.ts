/** The server's log: what a problem quotes finds its lines, and nothing in them is anybody's. */
import { expect, test } from 'vitest'
import { createLog } from '../../src/api/log.ts'
import { apiWithoutDatabase } from '../support/route-table.ts'

test.each([
  ['an answer', { method: 'GET', url: '/accounts/0001/nowhere' }, 404, ['answered']],
  [
    'a fault of the server',
    {
      method: 'POST',
      url: '/auth/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'grant_type=client_credentials&client_id=retailer&client_secret=0001',
    },
    500,
    ['a request failed', 'answered'],
  ],
] as const)(
  'the id of a request finds the lines of %s, and no line has an address or a secret',
  async (_, request, status, said) => {
    const lines: string[] = []
    const app = apiWithoutDatabase(createLog('info', { write: (line) => lines.push(line) }))
    const response = await app.inject(request)
    await app.close()
    const id = response.headers['x-request-id']
    expect([response.statusCode, typeof id]).toEqual([status, 'string'])
    const own = lines.filter((line) => line.includes(String(id)))
    expect(own.map((line) => JSON.parse(line))).toMatchObject(said.map((msg) => ({ msg, request_id: id })))
    expect(own.map((line) => line.split(String(id)).length - 1)).toEqual(said.map(() => 1))
    expect(lines.join('')).not.toContain('0001')
  },
)
