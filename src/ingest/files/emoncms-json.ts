/**
 * A feed of emoncms as its API gives it (`feed/data.json`): `[[1388666100000,357.9],[1388666110000,null],…]`, an instant and
 * a value each. Instants are Unix milliseconds, seconds (`timeformat=unix`) or texts with an offset (`timeformat=iso8601`);
 * those without a zone are rejected. The file says no unit: the sender names it. Shape: `feed/data` in the API's own
 * description, https://github.com/emoncms/emoncms (Modules/feed/feed_api_obj.php).
 */
import type { EpochMs } from '../../energy/civil-time.ts'
import type { FileFormat } from '../file-format.ts'
import { readInstantText } from '../instant.ts'
import { type ElementTaker, JsonArrayWalker } from '../json-array-walker.ts'
import type { ReadingRules } from '../reading-rules.ts'
import { type RowCollector, shown } from '../row-collector.ts'
import type { RowRejectionCode } from '../row-rejections.ts'
import { SeriesValues } from './series-values.ts'

export const emoncmsJson: FileFormat = {
  name: 'emoncms-json',
  source: 'file:emoncms',
  title: 'feed JSON of emoncms ([[1388666100000,357.9],…]); needs `unit`',
  carrier: 'json',
  needsUnit: true,
  recognises: (head) => /^\s*\[\s*\[\s*(?:\d{9,13}|"\d{4}-[^"]*")\s*,\s*(?:-?\d|null)/.test(head),
  parser: (rows, rules) => new JsonArrayWalker(new Feed(rows, rules), 1, pointBytesMax),
}

/** A point with room to spare [bytes]. */
const pointBytesMax = 1024
/** Seconds are below this until the year 5138, milliseconds above since 1973. */
const millisecondsFrom = 1e11

class Feed implements ElementTaker {
  readonly problem = undefined
  readonly #rows: RowCollector
  readonly #values: SeriesValues

  constructor(rows: RowCollector, rules: ReadingRules) {
    this.#rows = rows
    this.#values = new SeriesValues(rows, rules)
  }

  openList(): void {}

  element(point: unknown, tooLong: boolean): void {
    const place = () => (tooLong ? 'the point' : `the point ${shown(JSON.stringify(point))}`)
    if (tooLong) this.#rows.reject('row_too_long', place)
    else if (!Array.isArray(point) || point.length !== 2) this.#rows.reject('row_malformed', place)
    else {
      const at = instantOf(point[0])
      if (typeof at === 'string') this.#rows.reject(at, place)
      else this.#values.add(at, String(point[1]), 0, place)
    }
  }
}

function instantOf(time: unknown): EpochMs | RowRejectionCode {
  if (typeof time === 'string') return readInstantText(time)
  if (typeof time !== 'number' || !Number.isFinite(time)) return 'at_invalid'
  return Math.round(time < millisecondsFrom ? time * 1000 : time)
}
