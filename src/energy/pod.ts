/**
 * The POD (point of delivery), the meter's place in the grid.
 *
 * Accepted after upper-casing and removing spaces and hyphens: the official form `IT` + 3 digits + `E` + 8 digits + an
 * optional check character (Terna, "Codice identificativo del punto di prelievo"; the check character has no public
 * algorithm, so none is tested), and opaque codes of 18 to 20 characters, as the API description has them.
 */

/** A POD as the API echoes it, and the part that identifies the point. */
export interface Pod {
  readonly pod: string
  /** Two official PODs are one when their first 14 characters agree; other codes count whole. */
  readonly podKey: string
}

const official = /^IT\d{3}E\d{8}[0-9A-Z]?$/
const opaque = /^[A-Z]{2}[0-9A-Z]{3}[A-Z0-9]{13,15}$/

/** The normalised POD, or `undefined` when the text is none. Letters and digits are never corrected. */
export function normalisePod(text: string): Pod | undefined {
  const pod = text.toUpperCase().replace(/[\s-]/g, '')
  if (official.test(pod)) return { pod, podKey: pod.slice(0, 14) }
  return opaque.test(pod) ? { pod, podKey: pod } : undefined
}
