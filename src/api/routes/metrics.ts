/** `GET /metrics`: measurements for Prometheus. */
import { Type } from 'typebox'
import { problemResponses, type Route } from '../route.ts'

/** The route. */
export const metrics: Route = (app, { metrics: { registry } }) => {
  app.get(
    '/metrics',
    {
      config: { public: true, quiet: true, produces: ['text/plain'] },
      schema: {
        operationId: 'getMetrics',
        summary: 'Measurements of the server',
        description:
          'Prometheus text format: requests by route, readings by outcome, imports under way, live devices with their messages and connections, days that wait for analysis, memory and event loop. `docs/settings.md` lists all. Nothing of any home.',
        tags: ['Service'],
        security: [],
        response: {
          200: {
            description: 'The measurements.',
            content: {
              'text/plain': { schema: Type.String({ examples: ['loadlens_pending_days 0\n'] }) },
            },
          },
          ...problemResponses(),
        },
      },
    },
    async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()),
  )
}
