/** What a worker thread computes of a zone's greenness; the history that the project carries is read there. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { dayMs, type EpochMs, type TimeZone } from '../energy/civil-time.ts'
import { type GridEvent, type GridHour, type GridZone, gridFigures, gridSources } from '../energy/grid-hours.ts'
import { placeOf } from '../energy/grid-zones.ts'
// Not by the room's index: every worker thread reads this file, and none asks a source.
import { readGridCsv } from '../ingest/grid/grid-csv.ts'
import { defaultZone } from '../insight/greenness.ts'
import { issueGreenness } from '../insight/issue-greenness.ts'

export interface IssueTask {
  readonly zone: GridZone
  readonly timeZone: TimeZone
  readonly now: EpochMs
  /** Stored hours of the zone, in pieces. */
  readonly stored: readonly PackedGridHours[]
  /** Whether to leave out our own forecast. */
  readonly isQuick: boolean
}

type StoredHour = Omit<GridEvent, 'durationS' | 'zone'>

/** Hours as numbers alone, row after row: years of them go from thread to thread without holding either up. */
export type PackedGridHours = Float64Array<ArrayBuffer>

const kinds = ['actual', 'forecast'] as const
/** Start, kind, source, made, and the figures; NaN where a figure is missing. */
const rowLength = 4 + gridFigures.length

/** A stored past as long as this needs nothing beside itself: three years of usual days, and years to fit on [ms]. */
const enoughMs = 6 * 366 * dayMs

let embedded: readonly GridEvent[] | undefined

/** Everything that can be said now of a zone's hours. */
export function issueZone({ zone, stored, ...question }: IssueTask): GridHour[] {
  const hours = stored.flatMap((piece) => unpackGridHours(piece)).map((hour) => ({ ...hour, zone }))
  const firstAt = hours[0]?.startAt ?? question.now
  const needsMore = zone === defaultZone && question.now - firstAt < enoughMs
  const place = placeOf(zone)
  return issueGreenness({ ...question, place, stored: hours, embedded: needsMore ? embeddedHistory() : [] })
}

/** Italy 2015–2023; read once per thread. */
function embeddedHistory(): readonly GridEvent[] {
  embedded ??= readGridCsv(
    gunzipSync(readFileSync(new URL('../../data/grid/IT.csv.gz', import.meta.url))).toString('utf8'),
    defaultZone,
  ).hours
  return embedded
}

/** Packs hours of one zone. */
export function packGridHours(hours: readonly StoredHour[]): PackedGridHours {
  const packed = new Float64Array(hours.length * rowLength)
  for (const [index, hour] of hours.entries()) {
    const head = [hour.startAt, kinds.indexOf(hour.kind), gridSources.indexOf(hour.source), hour.madeAt]
    packed.set([...head, ...gridFigures.map((name) => hour[name] ?? Number.NaN)], index * rowLength)
  }
  return packed
}

function unpackGridHours(packed: PackedGridHours): StoredHour[] {
  return Array.from({ length: packed.length / rowLength }, (_, index) => {
    const at = (column: number) => packed[index * rowLength + column] ?? Number.NaN
    const figure = (name: (typeof gridFigures)[number]) => {
      const value = at(4 + gridFigures.indexOf(name))
      return Number.isNaN(value) ? null : value
    }
    return {
      startAt: at(0),
      kind: kinds[at(1)] ?? 'actual',
      source: gridSources[at(2)] ?? 'file',
      madeAt: at(3),
      renewableShare: figure('renewableShare'),
      renewableShareOfLoad: figure('renewableShareOfLoad'),
      solarMw: figure('solarMw'),
      windMw: figure('windMw'),
      otherRenewableMw: figure('otherRenewableMw'),
      generationMw: figure('generationMw'),
      loadMw: figure('loadMw'),
    }
  })
}
