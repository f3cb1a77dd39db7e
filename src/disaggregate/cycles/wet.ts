/** Dishwasher and washing machine (first version). */

import type { ApplianceKey } from '../../energy/appliances.ts'
import type { HomeModel } from '../home-model.ts'
import { give, type Ledger, noteRun } from '../ledger.ts'
import { type Pulse, pulseEnergy, pulsePowerW } from '../pulses.ts'

export function findDishwasher(ledger: Ledger, pulses: readonly Pulse[], _model: HomeModel, used: Set<Pulse>): void {
  const heats = pulses.filter(
    (one) =>
      !used.has(one) && one.heightW > 1600 && one.heightW < 2800 && one.lengthSlots >= 1 && one.lengthSlots <= 35,
  )
  for (const first of heats) {
    if (used.has(first) || first.lengthSlots < 3) continue
    const group = [first]
    for (const next of heats) {
      if (next.start <= (group.at(-1)?.stop ?? 0) || used.has(next)) continue
      if (next.start - first.start > 120) break
      if (Math.abs(next.heightW / first.heightW - 1) < 0.06 && next.start - (group.at(-1)?.stop ?? 0) > 8)
        group.push(next)
    }
    const heat = group.reduce((sum, one) => sum + pulseEnergy(one), 0) / 60
    if (group.length < 2 || group.length > 4 || heat < 350 || heat > 2200) continue
    takeGroup(ledger, 'dishwasher', group, used)
  }
}

export function findWashingMachine(
  ledger: Ledger,
  pulses: readonly Pulse[],
  _model: HomeModel,
  used: Set<Pulse>,
): void {
  for (const one of pulses) {
    if (used.has(one) || one.heightW < 1700 || one.heightW > 2500 || one.lengthSlots < 4 || one.lengthSlots > 45)
      continue
    takeGroup(ledger, 'washingMachine', [one], used)
  }
}

function takeGroup(ledger: Ledger, appliance: ApplianceKey, group: readonly Pulse[], used: Set<Pulse>): void {
  for (const pulse of group) {
    used.add(pulse)
    for (let slot = pulse.start; slot < pulse.stop; slot++) give(ledger, appliance, slot, pulsePowerW(pulse, slot))
  }
  noteRun(ledger, appliance, group[0]?.start ?? 0, group.at(-1)?.stop ?? 0)
}
