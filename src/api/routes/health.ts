/** `GET /health/live` and `GET /health/ready`: for whoever restarts a server, and for whoever sends it requests. */
import { pingDatabase } from '../../store/index.ts'
import { databaseAway } from '../refusals.ts'
import { envelope, problemResponses, type Route, success } from '../route.ts'
import { closed, oneOf } from '../schemas.ts'

/** A database that takes longer counts as away [ms]. */
const pingTimeoutMs = 2000

const state = (value: 'live' | 'ready') =>
  envelope(closed({ state: oneOf([value], { description: 'The state.' }) }), { state: value })

/** The routes. */
export const health: Route = (app, { db, log }) => {
  const shared = { tags: ['Service'], security: [] }
  app.get(
    '/health/live',
    {
      config: { public: true, quiet: true },
      schema: {
        ...shared,
        operationId: 'getLiveness',
        summary: 'Whether the process answers',
        description: 'Restart the server when this fails.',
        response: { 200: state('live'), ...problemResponses() },
      },
    },
    async () => success({ state: 'live' as const }),
  )
  app.get(
    '/health/ready',
    {
      config: { public: true, quiet: true },
      schema: {
        ...shared,
        operationId: 'getReadiness',
        summary: 'Whether requests can be answered',
        description: 'Send no requests while this fails: the server is closing or cannot reach its database.',
        response: {
          200: state('ready'),
          ...problemResponses(),
        },
      },
    },
    async () => {
      try {
        await within(pingTimeoutMs, pingDatabase(db))
      } catch (error) {
        log.warn({ error }, 'the database does not answer')
        throw databaseAway()
      }
      return success({ state: 'ready' as const })
    },
  )
}

async function within(durationMs: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${durationMs} ms`)), durationMs)
  })
  try {
    await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
