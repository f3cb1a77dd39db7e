/**
 * The recording behind the demo: 50 weeks of one real home (home-1 of `data/homes`, REFIT, CC BY 4.0), moved in time by
 * whole weeks and repeated every 350 days, as far back and forward as needed. Its holes stay holes.
 */
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { dayMs, type EpochMs, meanYearDays, minuteMs, weekMs } from '../../energy/civil-time.ts'

/** First instant of the recorded weeks, a Saturday. */
export const recordingFromAt: EpochMs = Date.parse('2014-02-15T00:00:00Z')
/** Length of the recording: 50 whole weeks, so that weekdays stay weekdays when it repeats. */
export const recordingDays = 350

/** One home's mean power per minute. */
export interface Recording {
  /** W per minute from `recordingFromAt`; `null` where nothing was measured. */
  readonly powerW: readonly (number | null)[]
}

/**
 * Reads the recorded weeks from a minute CSV (`utc,aggregate_w,…`, gzip).
 * @throws where a line is not of that form: the file is part of the project, so this is a bug.
 */
export async function readRecording(path: URL): Promise<Recording> {
  const text = (await promisify(gunzip)(await readFile(path))).toString('utf8')
  const powerW = new Array<number | null>((recordingDays * dayMs) / minuteMs).fill(null)
  let lineStart = text.indexOf('\n') + 1
  while (lineStart < text.length) {
    const lineEnd = text.indexOf('\n', lineStart)
    const [instant = '', watts = ''] = text.slice(lineStart, lineEnd < 0 ? undefined : lineEnd).split(',', 2)
    lineStart = lineEnd < 0 ? text.length : lineEnd + 1
    const minute = (Date.parse(instant) - recordingFromAt) / minuteMs
    if (!Number.isInteger(minute)) throw new Error(`not a minute of the recording: ${instant}`)
    if (minute >= 0 && minute < powerW.length && watts !== '') powerW[minute] = Number(watts)
  }
  return { powerW }
}

/** By how many whole weeks the recording moves so that it shows the season of `now`. */
export function shiftWeeksFor(now: EpochMs): number {
  const middleAt = recordingFromAt + (recordingDays / 2) * dayMs
  const years = Math.round((now - middleAt) / (meanYearDays * dayMs))
  return Math.round((years * meanYearDays * dayMs) / weekMs)
}

/** Mean power [W] of the minute that contains `at`, or `null` where the recording has a hole. */
export function recordedPowerW(recording: Recording, at: EpochMs, shiftWeeks: number): number | null {
  const minute = Math.floor((at - recordingFromAt - shiftWeeks * weekMs) / minuteMs)
  const length = recording.powerW.length
  return recording.powerW[((minute % length) + length) % length] ?? null
}
