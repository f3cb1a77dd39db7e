/** Short pulses: kettle and microwave. */

import type { ApplianceKey } from '../../energy/appliances.ts'
import type { HomeModel } from '../home-model.ts'
import { give, type Ledger, noteRun } from '../ledger.ts'
import { type Pulse, pulsePowerW } from '../pulses.ts'

export function findKettle(ledger: Ledger, pulses: readonly Pulse[], model: HomeModel, used: Set<Pulse>): void {
  const kettleW = model.kettleW
  if (kettleW === undefined) return
  for (const pulse of pulses) {
    if (used.has(pulse)) continue
    const slots = pulse.stop - pulse.start
    if (slots > 8) continue
    const ratio = pulse.heightW / kettleW
    const fits = pulse.sure ? Math.abs(ratio - 1) < 0.1 : ratio < 1.1 && ratio > 0.45
    if (fits) takePulse(ledger, 'kettle', pulse, used)
  }
}

export function findMicrowave(ledger: Ledger, pulses: readonly Pulse[], model: HomeModel, used: Set<Pulse>): void {
  const microwaveW = model.microwaveW
  if (microwaveW === undefined) return
  for (const pulse of pulses) {
    if (used.has(pulse) || pulse.stop - pulse.start > 12) continue
    const ratio = pulse.heightW / microwaveW
    const fits = pulse.sure ? Math.abs(ratio - 1) < 0.1 : ratio < 1.1 && ratio > 0.4
    if (fits) takePulse(ledger, 'microwave', pulse, used)
  }
}

export function takePulse(ledger: Ledger, appliance: ApplianceKey, pulse: Pulse, used: Set<Pulse>): void {
  used.add(pulse)
  for (let slot = pulse.start; slot < pulse.stop; slot++) give(ledger, appliance, slot, pulsePowerW(pulse, slot))
  noteRun(ledger, appliance, pulse.start, pulse.stop)
}
