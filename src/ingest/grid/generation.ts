/** From generation by kind to the figures of an event: sums, and the share that is renewable. */
import { type GridFigures, shareOfLoad } from '../../energy/grid-hours.ts'

/** What a kind of generation counts as. `none`: it is no generation (consumption, exchange, a share). */
export type GenerationPart = 'solar' | 'wind' | 'otherRenewable' | 'other' | 'none'

/** Mean power of one kind [MW]. */
export interface KindPower {
  readonly part: GenerationPart
  readonly powerMw: number
}

/** The figures of kinds that are all there is. */
export function figuresOfKinds(kinds: readonly KindPower[], loadMw: number | null): GridFigures {
  const sum = (...parts: readonly GenerationPart[]) =>
    kinds.filter(({ part }) => parts.includes(part)).reduce((total, { powerMw }) => total + powerMw, 0)
  const generationMw = sum('solar', 'wind', 'otherRenewable', 'other')
  const renewableMw = sum('solar', 'wind', 'otherRenewable')
  return {
    renewableShare: generationMw > 0 ? renewableMw / generationMw : null,
    renewableShareOfLoad: shareOfLoad(renewableMw, loadMw),
    solarMw: sum('solar'),
    windMw: sum('wind'),
    otherRenewableMw: sum('otherRenewable'),
    generationMw,
    loadMw,
  }
}
