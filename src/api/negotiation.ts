/** Which media types a client admits (`Accept`, RFC 9110 §12.5.1). */
import { problem } from './problems.ts'
import type { Api } from './route.ts'

/** Whether one of the media types offered is admitted; no header admits all. */
export function accepts(header: string | undefined, offered: readonly string[]): boolean {
  if (header === undefined || header.trim() === '') return true
  const ranges = header.split(',').map(rangeOf)
  return offered.some((type) => qualityOf(type, ranges) > 0)
}

interface Range {
  readonly type: string
  readonly quality: number
}

function rangeOf(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase())
  const quality = parameters.find((parameter) => parameter.startsWith('q='))
  return { type, quality: quality === undefined ? 1 : Number(quality.slice(2)) || 0 }
}

/** The quality that the most specific matching range gives a type. */
function qualityOf(type: string, ranges: readonly Range[]): number {
  const names = [type, `${type.split('/')[0]}/*`, '*/*']
  for (const name of names) {
    const range = ranges.find((one) => one.type === name)
    if (range !== undefined) return range.quality
  }
  return 0
}

/** Refuses what could not be answered, before anything is read of it: by `Accept`, by `Content-Encoding`, while closing. */
export function refuseUnanswerable(app: Api): void {
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
  })
  app.addHook('onRequest', async (request) => {
    if (closing) throw problem('not_ready', undefined, { headers: { connection: 'close', 'retry-after': '1' } })
    const { config, schema } = request.routeOptions
    if (schema === undefined || schema.hide === true) return
    const { accept, 'content-encoding': encoding = 'identity' } = request.headers
    const offered = [...(config.produces ?? ['application/json']), 'application/problem+json']
    if (!accepts(accept, offered)) throw problem('not_acceptable')
    const codings = ['identity', ...(config.encodings ?? [])]
    if (!codings.includes(encoding.trim().toLowerCase()))
      throw problem('encoding_unsupported', `This address takes ${codings.join(', ')}.`)
  })
}
