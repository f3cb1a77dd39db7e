/** Where greenness comes from: the grid history in `data/grid`, from which usual hours are told. */
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { addDays, type Clock, dayInterval, localDayOf } from '../energy/civil-time.ts'
import { readGridHistory } from '../ingest/index.ts'
import { defaultZone, type GreennessAnswers, greennessAnswer } from '../insight/greenness.ts'
import { climatologyOf } from '../insight/greenness-climatology.ts'

const timeZone = 'Europe/Rome'
const attribution = [
  {
    source: 'ENTSO-E Transparency Platform',
    licence: 'Re-use with attribution',
    url: 'https://transparency.entsoe.eu',
  },
]

/** Reads the history of the project; answers for Italy as a whole. */
export async function openGreenness(clock: Clock): Promise<GreennessAnswers> {
  const packed = await readFile(new URL('../../data/grid/IT.csv.gz', import.meta.url))
  const history = readGridHistory((await promisify(gunzip)(packed)).toString('utf8'))
  const climatology = climatologyOf(history, timeZone, clock())
  return {
    async answer(zone) {
      if (zone.toUpperCase() !== defaultZone) return { refusal: 'zone_unknown', zone, knownZones: [defaultZone] }
      const now = clock()
      const today = localDayOf(now, timeZone)
      const fromAt = dayInterval(today, timeZone).fromAt
      const toAt = dayInterval(addDays(today, 1), timeZone).toAt
      const forecast = climatology.forecast(fromAt, toAt)
      return greennessAnswer({ now, timeZone, zone: defaultZone, hours: [], forecast, attribution })
    },
  }
}
