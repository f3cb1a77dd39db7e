/** Takes one session apart, appliance after appliance, the surest first. */
import type { ApplianceKey } from '../energy/appliances.ts'
import type { Household } from '../energy/household.ts'
import { followCompressor, giveCompressor } from './compressor-track.ts'
import { findDishwashers } from './cycles/dishwasher.ts'
import { findKettles } from './cycles/kettle.ts'
import { findMicrowaves } from './cycles/microwave.ts'
import { takeWashes } from './cycles/washing-machine.ts'
import { giveStandby } from './floor.ts'
import type { HomeModel } from './home-model.ts'
import { type Ledger, noteRun, openLedger } from './ledger.ts'
import { type Scene, shapesOf } from './scene.ts'
import type { Session } from './session.ts'
import { takeHeats } from './taking.ts'

/** The account of a session. */
export function analyseSession(session: Session, model: HomeModel, household: Household): Ledger {
  const declared = [...household.appliances.keys()].filter((key): key is ApplianceKey => key !== 'smallAppliances')
  const ledger = openLedger(session, declared)
  giveStandby(ledger, model.standbyW)
  if (session.slotS !== 60) return ledger
  const has = (key: ApplianceKey): boolean => ledger.columns.has(key)
  takeRefrigeration(ledger, model, household)
  const scene: Scene = {
    ...shapesOf(session.powerW, session.measured, model.standbyW),
    model,
    ledger,
    taken: new Set(),
    claims: [],
  }
  if (has('waterHeater')) {
    for (const one of scene.heats) {
      if (one.heightW < 5000 || one.stop - one.start > 45) continue
      takeHeats(scene, 'waterHeater', [one])
      noteRun(ledger, 'waterHeater', one.start, one.stop)
    }
  }
  if (has('dishwasher')) findDishwashers(scene, 2)
  if (has('washingMachine')) takeWashes(scene)
  if (has('dishwasher')) findDishwashers(scene, 1)
  if (has('kettle')) findKettles(scene)
  if (has('microwave')) findMicrowaves(scene)
  return ledger
}

/** Fridge and freezer: the clearest compressor is the fridge's where there is one, the next the freezer's. */
function takeRefrigeration(ledger: Ledger, model: HomeModel, household: Household): void {
  const { powerW, measured } = ledger.session
  const owners = (['fridge', 'freezer'] as const).flatMap((appliance) =>
    new Array<'fridge' | 'freezer'>(Math.min(2, household.appliances.get(appliance) ?? 0)).fill(appliance),
  )
  for (const [index, compressor] of model.compressors.entries()) {
    const owner = owners[index]
    if (owner === undefined) break
    giveCompressor(ledger, owner, followCompressor(powerW, measured, model.standbyW, compressor), compressor)
  }
}
