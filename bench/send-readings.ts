/** The sender of `readings.ts`: a process that posts a year of minutes when it is told to, and says how long it took. */
export const minutes = 525_600

/** The forms in which the year is sent. */
export const formNames = ['CSV', 'NDJSON', 'dense JSON'] as const

export interface ReadingsJob {
  readonly url: string
  readonly authorization: string
  readonly form: (typeof formNames)[number]
}

export interface ReadingsSent {
  readonly durationS: number
}

const startAt = Date.UTC(2025, 0, 1)
const at = (minute: number) => new Date(startAt + minute * 60_000).toISOString()

function bodies(): Record<(typeof formNames)[number], { type: string; bytes: Uint8Array<ArrayBuffer> }> {
  const powers = Array.from({ length: minutes }, (_, minute) => 100 + ((minute * 7919) % 3000))
  const csv = `at,power_w\n${powers.map((powerW, minute) => `${at(minute)},${powerW}`).join('\n')}\n`
  const ndjson = powers.map((powerW, minute) => JSON.stringify({ at: at(minute), power_w: powerW })).join('\n')
  const dense = JSON.stringify({ kind: 'power_w', start: at(0), interval_s: 60, values: powers })
  const encoded = (text: string) => new TextEncoder().encode(text)
  return {
    CSV: { type: 'text/csv', bytes: encoded(csv) },
    NDJSON: { type: 'application/x-ndjson', bytes: encoded(ndjson) },
    'dense JSON': { type: 'application/json', bytes: encoded(dense) },
  }
}

if (process.send !== undefined) {
  const made = bodies()
  process.on('message', async ({ url, authorization, form }: ReadingsJob) => {
    const { type, bytes } = made[form]
    const startedAt = performance.now()
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization, 'content-type': type },
      body: bytes,
    })
    const text = await response.text()
    if (response.status !== 200) throw new Error(`${url}: ${response.status} ${text}`)
    const sent: ReadingsSent = { durationS: (performance.now() - startedAt) / 1000 }
    process.send?.(sent)
  })
}
