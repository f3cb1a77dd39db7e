/** `GET /metrics`: measurements for Prometheus. */
import { Type } from 'typebox'
import type { Metrics } from '../metrics.ts'
import { type Api, problemResponses } from '../route.ts'

/** The route. */
export function metricsRoute(app: Api, { registry }: Metrics): void {
  app.get(
    '/metrics',
    {
      config: { public: true, quiet: true, produces: ['text/plain'] },
      schema: {
        operationId: 'getMetrics',
        summary: 'Measurements of the server',
        description:
          'Prometheus text format: requests by route, readings by outcome, days that wait for analysis, memory and event loop. Nothing of any home.',
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
