/** What the flows of the SII (Sistema Informativo Integrato) say of the values in them. */
import type { Quality } from '../../energy/readings.ts'

/**
 * The quality of a value.
 * @param kind `TipoDato`: `E` effective, `S` estimated
 * @param flow the code of the flow: those that begin with R rectify what an earlier one said (RFO, RFO2G, RNO2G …)
 */
export function flowQuality(kind: string, flow: string): Quality {
  if (kind.trim().toUpperCase() === 'S') return 'estimated'
  return /^R/i.test(flow.trim()) ? 'corrected' : 'measured'
}
