/** Takes one session apart, appliance after appliance, the surest first. */
import type { ApplianceKey } from '../energy/appliances.ts'
import type { Household } from '../energy/household.ts'
import { findKettle, findMicrowave, takePulse } from './cycles/short.ts'
import { findDishwasher, findWashingMachine } from './cycles/wet.ts'
import { type HomeModel, leastPulseW } from './home-model.ts'
import { give, type Ledger, openLedger } from './ledger.ts'
import { findPulses, type Pulse } from './pulses.ts'
import { trackRefrigeration } from './refrigeration.ts'
import type { Session } from './session.ts'

/** The account of a session. */
export function analyseSession(session: Session, model: HomeModel, household: Household): Ledger {
  const declared = [...household.appliances.keys()].filter((key): key is ApplianceKey => key !== 'smallAppliances')
  const ledger = openLedger(session, declared)
  for (let slot = 0; slot < session.powerW.length; slot++) give(ledger, 'standby', slot, model.standbyW)
  if (session.slotS !== 60) return ledger
  const has = (key: ApplianceKey): boolean => ledger.columns.has(key)
  const pulses = findPulses(session.powerW, session.measured, leastPulseW, model.standbyW)
  const used = new Set<Pulse>()
  if (model.refrigeration !== undefined && has('fridge')) {
    for (const one of trackRefrigeration(ledger, pulses, model.refrigeration)) used.add(one)
  }
  if (has('waterHeater')) {
    for (const one of pulses)
      if (one.heightW > 5000 && one.lengthSlots < 45) takePulse(ledger, 'waterHeater', one, used)
  }
  if (has('dishwasher')) findDishwasher(ledger, pulses, model, used)
  if (has('washingMachine')) findWashingMachine(ledger, pulses, model, used)
  if (has('kettle')) findKettle(ledger, pulses, model, used)
  if (has('microwave')) findMicrowave(ledger, pulses, model, used)
  return ledger
}
