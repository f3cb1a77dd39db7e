/**
 * History as Home Assistant's API gives it (`GET /api/history/period/<from>?filter_entity_id=…`): an array per entity, of
 * its states: `[[{"entity_id": "sensor.house_power", "state": "532.4", "attributes": {"unit_of_measurement": "W"},
 * "last_changed": "2025-09-01T08:00:00+00:00", …}, …], …]`. With `minimal_response` only the first and the last state of an
 * entity name it. The unit is the file's where it has one, the sender's where not (`no_attributes`); a file whose unit is
 * another than the sender's is refused. Shape: https://developers.home-assistant.io/docs/api/rest ("history").
 */
import type { BodyProblem, BodyRefusalCode } from '../body-refusals.ts'
import type { FileFormat } from '../file-format.ts'
import { readInstantText } from '../instant.ts'
import { type ElementTaker, JsonArrayWalker } from '../json-array-walker.ts'
import { type Fields, isFields } from '../json-fields.ts'
import { type ReadingRules, type ReadingUnit, readingUnits } from '../reading-rules.ts'
import { type RowCollector, shown } from '../row-collector.ts'
import { EntityChoice } from './entity-choice.ts'
import { SeriesValues } from './series-values.ts'

export const homeAssistantJson: FileFormat = {
  name: 'home-assistant-json',
  source: 'file:home-assistant',
  title: 'history JSON of Home Assistant (/api/history/period)',
  carrier: 'json',
  hasEntities: true,
  recognises: (head) => /^\s*\[\s*\[\s*\{\s*"(?:entity_id|state|attributes|last_changed|last_updated)"\s*:/.test(head),
  parser: (rows, rules) => new JsonArrayWalker(new History(rows, rules), 2, stateBytesMax),
}

/** A state with all its attributes [bytes]. */
const stateBytesMax = 64 * 1024

class History implements ElementTaker {
  #problem: BodyProblem | undefined
  readonly #rows: RowCollector
  readonly #rules: ReadingRules
  readonly #entities: EntityChoice
  /** The entity of the array under way; empty until it is named. */
  #current = ''
  #unit: ReadingUnit | undefined
  readonly #values = new Map<ReadingUnit, SeriesValues>()

  constructor(rows: RowCollector, rules: ReadingRules) {
    this.#rows = rows
    this.#rules = rules
    this.#entities = new EntityChoice(rules)
  }

  get problem(): BodyProblem | undefined {
    return this.#problem ?? this.#entities.problem
  }

  openList(): void {
    this.#current = ''
  }

  element(element: unknown, tooLong: boolean): void {
    if (tooLong || !isFields(element)) {
      this.#rows.reject(tooLong ? 'row_too_long' : 'row_malformed', () => 'the state')
      return
    }
    const { entity_id: entity } = element
    if (typeof entity === 'string') this.#current = entity
    if (this.#entities.isRead(this.#current)) this.#state(element)
  }

  end(): void {
    this.#entities.end()
  }

  #state({ state, attributes, last_changed: changed, last_updated: updated }: Fields): void {
    const unit = this.#unitOf(attributes)
    // Before the first value nobody knows what is not measured: neither do we.
    if (unit === undefined && this.problem === undefined && isMissing(state)) return
    if (unit === undefined) this.#refuse('unit_missing', 'the file does not say the unit of its values: name it (unit)')
    if (unit === undefined || this.problem !== undefined) return
    const time = changed ?? updated
    const place = () => `state ${shown(String(state))} at ${shown(String(time))}`
    const at = typeof time === 'string' ? readInstantText(time) : 'at_invalid'
    if (typeof at === 'string') this.#rows.reject(at, place)
    else if (typeof state !== 'string') this.#rows.reject('value_not_a_number', place)
    else this.#valuesIn(unit).add(at, state, 0, place)
  }

  /** The unit that the state names, else that of the one before, else the sender's; refuses one that is not read. */
  #unitOf(attributes: unknown): ReadingUnit | undefined {
    const told = isFields(attributes) ? attributes.unit_of_measurement : undefined
    const asked = this.#rules.unit
    if (told === undefined) return this.#unit ?? asked
    const unit = readingUnits.find((one) => one === told)
    if (unit === undefined)
      this.#refuse('unit_missing', `the values are in ${shown(String(told))}: ${readingUnits.join(', ')} are read`)
    else if (asked !== undefined && asked !== unit)
      this.#refuse('unit_missing', `the values are in ${unit}, not in ${asked}`)
    this.#unit = unit
    return unit
  }

  /** A sensor's unit may change on the way. */
  #valuesIn(unit: ReadingUnit): SeriesValues {
    return this.#values.getOrInsertComputed(unit, () => new SeriesValues(this.#rows, { ...this.#rules, unit }))
  }

  #refuse(refusal: BodyRefusalCode, detail: string): void {
    this.#problem ??= { refusal, detail }
  }
}

function isMissing(state: unknown): boolean {
  return state === 'unknown' || state === 'unavailable'
}
