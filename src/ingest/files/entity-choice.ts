/** Which entity of a file is read: the one that the sender names, else the only one that the file has. */
import type { BodyProblem } from '../body-refusals.ts'
import type { ReadingRules } from '../reading-rules.ts'
import { shown } from '../row-collector.ts'

/** How many of the other entities a refusal names. */
const namedMax = 10

export class EntityChoice {
  problem: BodyProblem | undefined
  readonly #asked: string | undefined
  #read: string | undefined
  readonly #others = new Set<string>()

  constructor({ entity }: ReadingRules) {
    this.#asked = entity
  }

  /** Whether the values of an entity are read; refuses a second one where nobody says which. */
  isRead(entity: string): boolean {
    const wanted = this.#asked ?? this.#read ?? entity
    if (entity === wanted) this.#read = entity
    else if (this.#asked === undefined)
      this.#refuse(`the file has ${shown(wanted)} and ${shown(entity)}: name the one to read (entity)`)
    else if (this.#others.size < namedMax) this.#others.add(shown(entity))
    return entity === wanted
  }

  /** The file has ended; refuses one that has other entities than the one named. */
  end(): void {
    if (this.#asked === undefined || this.#read !== undefined || this.#others.size === 0) return
    const more = this.#others.size === namedMax ? ' …' : ''
    this.#refuse(`the file has no ${shown(this.#asked)}: it has ${[...this.#others].join(', ')}${more}`)
  }

  #refuse(detail: string): void {
    this.problem ??= { refusal: 'entity_missing', detail }
  }
}
