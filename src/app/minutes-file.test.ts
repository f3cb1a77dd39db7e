import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type MinutesFile, readMinutesFile } from './minutes-file.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loadlens-minutes-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** What a file of these rows gives. */
async function read(rows: readonly string[]): Promise<MinutesFile> {
  const path = join(folder, 'home.csv')
  await writeFile(path, ['utc,aggregate_w,kettle', ...rows].join('\n'))
  return await readMinutesFile(path, 'Europe/Rome', { further: true })
}

const startAt = Date.UTC(2025, 5, 1)
const rowAt = (second: number, cells = '100,0') => `${new Date(startAt + second * 1000).toISOString()},${cells}`

describe('a file of minutes', () => {
  test('a sub-meter that idles down to 50 W below 0 is at 0; further below, and a total below 0, nothing is measured', async () => {
    const cells = ['100,-0.3', '100,-50', '100,-50.1', '-0.3,0', '100,2000']
    const { rows, unreadable } = await read(cells.map((two, minute) => rowAt(minute * 60, two)))
    expect(rows.map(({ aggregateW, furtherW }) => [aggregateW, ...furtherW])).toEqual([
      [100, 0],
      [100, 0],
      [100, null],
      [null, 0],
      [100, 2000],
    ])
    expect(Object.fromEntries(unreadable)).toEqual({ kettle: 1, aggregate_w: 1 })
  })

  test('that lacks every second minute for a day and a half is one, and so is one whose rows stand in any order', async () => {
    const minutes = Array.from({ length: 6000 }, (_, minute) => minute)
    const thinned = await read(
      minutes.filter((minute) => minute > 2100 || minute % 2 === 0).map((minute) => rowAt(minute * 60)),
    )
    expect([thinned.otherSpacing, thinned.missing]).toEqual([null, 1050])
    const shuffled = await read(minutes.map((minute) => rowAt(((minute * 1009) % 6000) * 60)))
    expect([shuffled.otherSpacing, shuffled.missing]).toEqual([null, 0])
    const everySecond = await read(minutes.map((minute) => rowAt(((minute * 1009) % 6000) * 120)))
    expect(everySecond.otherSpacing).toBe('120 s apart; one a minute is needed')
  })

  test('of quarter-hours, where these are asked for, begins with the quarters of an hour, and is of one kind', async () => {
    const spacingOf = async (seconds: readonly number[]) => {
      const path = join(folder, 'quarters.csv')
      await writeFile(path, ['utc,aggregate_w', ...seconds.map((second) => rowAt(second, '100'))].join('\n'))
      const { slotS, otherSpacing, days } = await readMinutesFile(path, 'Europe/Rome', { quarters: true })
      return (
        otherSpacing ?? [
          slotS,
          days.reduce((sum, day) => sum + day.measured.reduce((slots, slot) => slots + slot, 0), 0),
        ]
      )
    }
    const every = (stepS: number, count: number, fromS = 0) =>
      Array.from({ length: count }, (_, index) => fromS + index * stepS)
    expect(await spacingOf(every(900, 200))).toEqual([900, 200])
    expect(await spacingOf(every(60, 200))).toEqual([60, 200])
    expect(await spacingOf(every(1200, 200))).toBe('1200 s apart; one a minute or a quarter-hour is needed')
    expect(await spacingOf(every(900, 200, 899))).toContain('899 s past the quarters of an hour')
    expect(await spacingOf(every(900, 200, 450))).toBe('450 s past the quarters of an hour; they must begin with these')
    for (const minutes of [100, 1000])
      expect(await spacingOf([...every(900, 192), ...every(60, minutes, 192 * 900)])).toContain('a file of its own')
  })

  test('takes a row that stands twice once and counts it; a minute of which two rows differ is refused with both lines', async () => {
    const minutes = Array.from({ length: 10 }, (_, minute) => rowAt(minute * 60, `${minute},`))
    const { rows, repeatedRows, missing, days } = await read([...minutes, minutes[3] ?? '', ...minutes])
    expect([rows.length, repeatedRows, missing]).toEqual([10, 11, 0])
    expect(days.flatMap((day) => [...day.powerW]).reduce((sum, powerW) => sum + powerW)).toBe(45)
    for (const other of [rowAt(180, '7,'), rowAt(180, '3,0'), rowAt(190, '3,')])
      await expect(read([...minutes, other])).rejects.toThrow(
        /home\.csv, lines 5 and 12: the minute of .* stands twice/,
      )
  })

  test('may begin its minutes a second early or late: none is lost, none stands twice, and a gap stays one', async () => {
    const jittered = Array.from({ length: 240 }, (_, minute) =>
      rowAt(minute * 60 + ((minute * 7) % 3) - 1, `${minute},1`),
    )
    const { rows, repeatedRows, sharedSlots, missing, days } = await read(jittered.toSpliced(100, 30))
    expect([rows.length, repeatedRows, sharedSlots, missing]).toEqual([210, 0, 0, 30])
    const powersW = days.flatMap(({ powerW, measured }) => [...powerW].filter((_, slot) => measured[slot] === 1))
    expect(powersW).toEqual(Array.from({ length: 240 }, (_, minute) => minute).toSpliced(100, 30))
    expect(rows[0]?.at).toBe(startAt)
    const late = jittered.map((_, minute) => rowAt(minute * 60 + 29 + ((minute * 7) % 3), '1,1'))
    expect(await read(late)).toMatchObject({ repeatedRows: 0, sharedSlots: 0, missing: 0 })
  })

  test('whose rows are half a second less than a minute apart has the mean where two lie in one, in every column', async () => {
    const powersW = Array.from({ length: 239 }, (_, row) => (row % 7 === 0 ? null : row))
    const quick = powersW.map((powerW, row) => rowAt(row * 59.5, `${powerW ?? ''},${2 * row}`))
    const { rows, repeatedRows, sharedSlots, missing, days } = await read([...quick, ...quick.slice(0, 130)])
    expect([rows.length, repeatedRows, sharedSlots]).toEqual([237, 130, 2])
    const shared = rows.filter(({ furtherW }) => (furtherW[0] ?? 0) % 2 === 1)
    expect(shared.map(({ aggregateW, furtherW }) => [aggregateW, ...furtherW])).toEqual(
      shared.map(({ furtherW: [kettleW = 0] }) => {
        const row = ((kettleW ?? 0) - 1) / 2
        const [oneW, otherW] = [powersW[row] ?? null, powersW[row + 1] ?? null]
        return [oneW === null || otherW === null ? (oneW ?? otherW) : row + 0.5, kettleW]
      }),
    )
    expect(shared).toHaveLength(2)
    expect(days.flatMap(({ measured }) => [...measured]).filter((one) => one === 1)).toHaveLength(237 - missing)
  })

  test('whose rows are seconds apart is told to have such, whatever they say of a minute', async () => {
    const sixOrEight = Array.from({ length: 500 }, (_, row) => rowAt(row * 7 + (row % 2), `${row},0`))
    expect((await read(sixOrEight)).otherSpacing).toBe('8 s apart; one a minute is needed')
  })

  test('whose gzip is cut off is refused with no word of rows that are kept', async () => {
    const path = join(folder, 'cut.csv.gz')
    const minutes = Array.from({ length: 5000 }, (_, minute) => rowAt(minute * 60, `${minute * minute},0`))
    const packed = gzipSync(['utc,aggregate_w,kettle', ...minutes].join('\n'))
    await writeFile(path, packed.subarray(0, packed.length / 2))
    await expect(readMinutesFile(path, 'Europe/Rome')).rejects.toThrow(
      /cut\.csv\.gz, line \d+: the gzip ends before its end \(gzip_truncated\)\.$/,
    )
  })
})
