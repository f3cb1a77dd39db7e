/** What stands at an address: tells an unknown address (404) from a known one that lacks the method (405, OPTIONS). */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { refuseTokenMethod, tokenPath } from './auth/token-endpoint.ts'
import { problem } from './problems.ts'
import { sendProblem } from './refusals.ts'
import type { Api } from './route.ts'

/** One address of the API with its methods. */
interface Address {
  readonly pattern: RegExp
  readonly methods: Set<string>
}

/** Collects the addresses of all routes registered after it and answers where none of them matches. */
export function answerUnrouted(app: Api): void {
  const addresses = new Map<string, Address>()
  app.addHook('onRoute', ({ url, method }) => {
    const address = addresses.get(url) ?? { pattern: patternOf(url), methods: new Set() }
    for (const one of [method].flat()) address.methods.add(one)
    addresses.set(url, address)
  })
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? ''
    const methods = [...addresses.values()].find(({ pattern }) => pattern.test(path))?.methods
    // A folder's address has its method, and not every file.
    return methods === undefined || methods.has(request.method)
      ? sendProblem(reply, problem('route_not_found'))
      : answerMethod(request, reply, methods)
  })
}

/** `OPTIONS` says what there is (no CORS: the API is for back ends); other methods are refused with the same list. */
function answerMethod(request: FastifyRequest, reply: FastifyReply, methods: ReadonlySet<string>): FastifyReply {
  const allow = [...methods, 'OPTIONS'].join(', ')
  if (request.method === 'OPTIONS') return reply.code(204).header('allow', allow).send()
  if (request.url.split('?')[0] === tokenPath) return refuseTokenMethod(request, reply)
  const detail = `This address takes ${allow}.`
  return sendProblem(reply, problem('method_not_allowed', detail, { headers: { allow } }))
}

function patternOf(url: string): RegExp {
  const segments = url.split('/').map((segment) => {
    if (segment === '*') return '.*'
    return segment.startsWith(':') ? '[^/]+' : segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  })
  return new RegExp(`^${segments.join('/')}$`)
}
