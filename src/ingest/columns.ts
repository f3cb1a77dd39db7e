/** The fields of a row of readings, by their names on the wire. */
import type { Channel, ReadingKind } from '../energy/readings.ts'

/** A field that carries a number of some kind. */
export interface ValueColumn {
  readonly name: string
  readonly kind: ReadingKind
  readonly channel: Channel
}

/** Power drawn. */
export const importedPower: ValueColumn = { name: 'power_w', kind: 'power', channel: 'import' }

/** Power injected. */
export const exportedPower: ValueColumn = { name: 'power_w_export', kind: 'power', channel: 'export' }

/** Energy drawn in an interval, as files of meters have it. */
export const importedEnergy: ValueColumn = { name: 'energy_wh', kind: 'energy', channel: 'import' }

/** Energy injected in an interval. */
export const exportedEnergy: ValueColumn = { name: 'energy_wh_export', kind: 'energy', channel: 'export' }

/** The fields that carry readings: W, Wh of an interval, Wh of a register; drawn, and (`_export`) injected. */
export const valueColumns: readonly ValueColumn[] = [
  importedPower,
  importedEnergy,
  { name: 'register_wh', kind: 'register', channel: 'import' },
  exportedPower,
  exportedEnergy,
  { name: 'register_wh_export', kind: 'register', channel: 'export' },
]

/** Fields that say how long the values of a row stand [s]. */
const spanColumnNames = ['interval_s', 'max_gap_s'] as const

const byName = new Map(valueColumns.map((column) => [column.name, column]))

/** The column of values with this exact name. */
export function valueColumnOf(name: string): ValueColumn | undefined {
  return byName.get(name)
}

/** Every field name that a row may have, in the order in which they are documented. */
export const fieldNames: readonly string[] = ['at', ...valueColumns.map(({ name }) => name), ...spanColumnNames]
