/**
 * Pages of curves: one HTML file per home, which needs nothing beside itself (the chart library is inside, the numbers
 * too), with the true and the estimated power of each appliance on a good, a median and a bad day.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import type { DayDisaggregation } from '../../disaggregate/index.ts'
import { chartPage } from '../chart-page.ts'
import { writeOutput } from '../output-file.ts'
import { CommandRefusal, say } from '../terminal.ts'
import { daysToShow } from './days-to-show.ts'
import { columnOf } from './score-home.ts'
import type { SubMeteredHome } from './sub-metered-home.ts'

export interface Plots {
  /** Writes the page of a home; one that cannot be written costs no scores, and no half of it stays. */
  readonly add: (home: SubMeteredHome, results: readonly DayDisaggregation[]) => Promise<void>
  /** Says what was written. @returns what was not, in a sentence */
  readonly close: () => string | undefined
}

/** Opens a folder for pages. @throws {CommandRefusal} where it cannot be written */
export async function openPlots(folder: string, model: string): Promise<Plots> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    if (codeOf(error) === 'EEXIST') throw new CommandRefusal(`${folder} is a file; --plots names a folder.`)
    throw new CommandRefusal(`${folder} cannot be written (${codeOf(error)}).`)
  })
  const filled = await chartPage(new URL('./plots.html', import.meta.url))
  const written: string[] = []
  const unwritten: string[] = []
  return {
    add: async (home, results) => {
      const path = join(folder, `${home.name}.html`)
      await writeOutput(path, async (stream) => {
        stream.end(filled(contentOf(home, results, model)))
        await finished(stream)
      }).then(
        () => written.push(path),
        (error: unknown) => unwritten.push(`${path} (${codeOf(error)})`),
      )
    },
    close: () => {
      if (written.length > 0) say(`curves: ${written.join(', ')}`)
      return unwritten.length === 0 ? undefined : `Pages that cannot be written: ${unwritten.join(', ')}.`
    },
  }
}

/** What a page shows; its script reads this. */
function contentOf(home: SubMeteredHome, results: readonly DayDisaggregation[], model: string) {
  return {
    home: home.name,
    model,
    timeZone: home.timeZone,
    slotS: home.slotS,
    appliances: home.subMeters.map((meter) => ({
      appliance: meter.appliance,
      days: daysToShow(home, meter, columnOf(meter.appliance, home, results)).map((shown) => ({
        rank: shown.rank,
        day: shown.day.day,
        startAt: shown.day.startAt,
        truthWh: Math.round(shown.truthWh),
        estimateWh: Math.round(shown.estimateWh),
        errorShare: shown.errorShare,
        meterW: Array.from(shown.day.powerW, (watts, slot) => (shown.day.measured[slot] === 1 ? rounded(watts) : null)),
        truthW: shown.truthW.map(rounded),
        estimateW: shown.estimateW.map(rounded),
      })),
    })),
  }
}

function rounded(watts: number | null): number | null {
  return watts === null ? null : Math.round(watts * 10) / 10
}

/** The system's code of a failure. @throws the failure where it has none: a bug */
function codeOf(error: unknown): string {
  const code = (error as { code?: unknown }).code
  if (typeof code !== 'string') throw error
  return code
}
