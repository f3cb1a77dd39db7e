/**
 * JSON bodies, read strictly: UTF-8, well-formed, and no key twice in one object. `JSON.parse` keeps the last of two
 * equal keys in silence, so that a proxy and this server could read one body differently.
 */
import { problem } from './problems.ts'

/**
 * The value of a JSON body. `__proto__` becomes an ordinary own key, which schemas then refuse as unknown.
 * @throws {ApiProblem} `body_missing` or `body_malformed`.
 */
export function parseJsonBody(bytes: Uint8Array): unknown {
  if (bytes.length === 0) throw problem('body_missing')
  const text = decode(bytes)
  const value = parse(text)
  const repeated = repeatedKey(text)
  if (repeated !== undefined)
    throw problem('body_malformed', `The key ${JSON.stringify(repeated)} stands twice in one object.`)
  return value
}

/** The first key that stands twice in one object of a well-formed JSON text. */
function repeatedKey(json: string): string | undefined {
  const keysOfOpen: (Set<string> | null)[] = []
  let atKey = false
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],]/g)) {
    const keys = keysOfOpen.at(-1)
    if (token === '{' || token === '[') keysOfOpen.push(token === '{' ? new Set() : null)
    else if (token === '}' || token === ']') keysOfOpen.pop()
    else if (token !== ',' && atKey && keys) {
      const key = JSON.parse(token) as string
      if (keys.has(key)) return key
      keys.add(key)
    }
    atKey = token === '{' || token === ','
  }
  return undefined
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw problem('body_malformed', 'The body is not UTF-8.')
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const place =
      error instanceof Error ? (error.message.match(/at position \d+( \(line \d+ column \d+\))?/)?.[0] ?? '') : ''
    throw problem('body_malformed', `The body is not JSON${place === '' ? '' : ` (${place})`}.`)
  }
}
