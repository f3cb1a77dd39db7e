/** `loadlens evaluate homes` as a user runs it: methods side by side, both resolutions, pages of curves, bad files. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Evaluation, ScoreOfHome } from '../../src/app/evaluation/evaluate-homes.ts'
import { runCommand } from '../support/command.ts'

let folder: string
let homes: string
const lines = gunzipSync(readFileSync(new URL('../../data/homes/home-2.csv.gz', import.meta.url)))
  .toString()
  .split('\n')
const header = lines[0] ?? ''
const week = (first: number) => `${[header, ...lines.slice(1 + first * 10_080, 1 + (first + 1) * 10_080)].join('\n')}\n`

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loadlens-evaluate-'))
  homes = join(folder, 'homes')
  await mkdir(homes)
  await writeFile(join(homes, 'home-a.csv'), week(0))
  await writeFile(join(homes, 'home-b.csv'), week(1))
  await writeFile(join(homes, 'of-another-kind.csv'), 'local_paris,aggregate_w\n2006-12-16T17:24,4216\n')
  await writeFile(
    join(homes, 'hourly.csv'),
    'utc,aggregate_w,oven\n2012-04-01T07:00Z,1608,0\n2012-04-01T08:00Z,1276,5\n',
  )
})

afterAll(() => rm(folder, { recursive: true, force: true }))

interface Answer {
  readonly model: string
  readonly resolutionS: number
  readonly scores: readonly ScoreOfHome[]
  readonly means: readonly { readonly appliance: string; readonly homes: number; readonly runF1: number | null }[]
  readonly baselines: readonly { readonly model: string; readonly scores: readonly ScoreOfHome[] }[]
  readonly leftOut: readonly { readonly file: string; readonly reason: string }[]
}

async function evaluated(...args: string[]): Promise<Answer> {
  const { exitCode, stdout, stderr } = await runCommand(['evaluate', 'homes', '--homes', homes, '--json', ...args])
  if (exitCode !== 0) throw new Error(stderr)
  return JSON.parse(stdout) as Answer
}

describe('evaluate homes', () => {
  test('scores the baselines on the same homes and appliances', async () => {
    const { scores, baselines, means } = await evaluated('--baselines')
    const keysOf = (own: readonly ScoreOfHome[]) => own.map(({ home, appliance }) => `${home} ${appliance}`)
    expect(baselines.map(({ model }) => model)).toEqual(['combinatorial-1', 'factorial-hmm-1'])
    for (const baseline of baselines) expect(keysOf(baseline.scores)).toEqual(keysOf(scores))
    for (const { maeW, sae, teca } of baselines.flatMap((one) => one.scores))
      for (const value of [maeW, sae ?? 0, teca ?? 0]) expect(Number.isFinite(value)).toBe(true)
    expect(means.find(({ appliance }) => appliance === 'waterHeater')?.homes).toBe(2)
  })

  test('says which homes the networks learned from, and where nothing says it', async () => {
    const learned = join(folder, 'learned')
    await mkdir(learned)
    for (const name of ['home-2.csv', 'home-b.csv']) await writeFile(join(learned, name), week(0))
    const models = join(folder, 'copied-models')
    await mkdir(models)
    await copyFile(new URL('../../data/models/minute.onnx', import.meta.url), join(models, 'minute.onnx'))
    const shipped = await runCommand(['evaluate', 'homes', '--homes', learned, '--json'])
    expect(JSON.parse(shipped.stdout)).toMatchObject({ trainedOn: ['home-2'] })
    expect(shipped.stderr).toContain('learned from home-2: unless files of such names are of other homes,')
    const others = await runCommand(['evaluate', 'homes', '--homes', learned, '--json', '--model-dir', models])
    expect(JSON.parse(others.stdout)).toMatchObject({ trainedOn: null })
    // What a file says of one of two networks is said, and that it says nothing of the other; a network that is not asked may be anything.
    await writeFile(join(models, 'trained-on.json'), '{"quarter.onnx": ["home-2"]}')
    await copyFile(new URL('../../data/models/quarter.onnx', import.meta.url), join(models, 'quarter.onnx'))
    const ofOne = await runCommand(['evaluate', 'homes', '--homes', learned, '--json', '--model-dir', models])
    expect(JSON.parse(ofOne.stdout)).toMatchObject({ trainedOn: null })
    expect(ofOne.stderr).toContain('Nothing says what minute.onnx learned from (trained-on.json).')
    expect(ofOne.stderr).toContain('learned from home-2: unless')
    await writeFile(join(models, 'minute.onnx'), 'not a network')
    const args = ['evaluate', 'homes', '--homes', learned, '--json', '--model-dir', models, '--resolution', '900']
    expect(JSON.parse((await runCommand(args)).stdout)).toMatchObject({ trainedOn: ['home-2'] })
  })

  test('says of homes mixed from half of the devices whether the networks learned from that half', async () => {
    const mixed = join(folder, 'mixed')
    await mkdir(mixed)
    for (const name of ['mixed-even-1.csv', 'mixed-odd-1.csv', 'mixed-odd-2.csv'])
      await writeFile(join(mixed, name), week(0))
    const models = join(folder, 'models-of-odd')
    await mkdir(models)
    await copyFile(new URL('../../data/models/minute.onnx', import.meta.url), join(models, 'minute.onnx'))
    await writeFile(join(models, 'trained-on.json'), '{"minute.onnx": ["home-2", "odd devices"]}')
    const args = ['evaluate', 'homes', '--homes', mixed, '--model-dir', models, '--json']
    const { stdout, stderr } = await runCommand(args)
    expect(JSON.parse(stdout)).toMatchObject({ trainedOn: ['mixed-odd-1', 'mixed-odd-2'] })
    expect(stderr).toContain('learned from odd devices:')
  })

  test('names a broken home that should have taught the baselines, though others are scored', async () => {
    const some = join(folder, 'one-broken')
    await mkdir(some)
    await writeFile(join(some, 'good.csv'), week(0))
    await writeFile(join(some, 'bad.csv'), `${week(0)}\nno instant,1,1,1`)
    const args = ['evaluate', 'homes', '--homes', some, '--only', 'good', '--baselines', '--json']
    const { exitCode, stdout } = await runCommand(args)
    expect(exitCode).toBe(1)
    const { scores, leftOut } = JSON.parse(stdout) as Answer
    expect(new Set(scores.map(({ home }) => home))).toEqual(new Set(['good']))
    expect(leftOut.map(({ file }) => file)).toEqual([join(some, 'bad.csv')])
  })

  test('says which of the homes that were asked for cannot be scored, and nothing of the others', async () => {
    const some = join(folder, 'asked-for')
    await mkdir(some)
    await writeFile(join(some, 'good.csv'), week(0))
    for (const name of ['bad.csv', 'worse.csv']) await writeFile(join(some, name), 'utc,aggregate_w\nno instant,1')
    for (const more of [[], ['--baselines']]) {
      const { exitCode, stderr } = await runCommand(['evaluate', 'homes', '--homes', some, '--only', 'bad', ...more])
      expect([exitCode, stderr]).toEqual([1, expect.stringContaining(`loadlens: bad of ${some} cannot be scored.`)])
      expect(stderr).toContain(`${join(some, 'bad.csv')}: line 2: utc "no instant"`)
      expect(stderr).not.toContain('worse')
    }
  })

  test('knows minutes as quarter-hours: the same energy, the same true runs', async () => {
    const [minutes, quarters] = [await evaluated(), await evaluated('--resolution', '900')]
    expect([minutes.resolutionS, quarters.resolutionS]).toEqual([60, 900])
    expect(quarters.scores.map(({ trueRuns }) => trueRuns)).toEqual(minutes.scores.map(({ trueRuns }) => trueRuns))
    for (const [index, { maeOfNothingW }] of quarters.scores.entries())
      expect(maeOfNothingW).toBeCloseTo(minutes.scores[index]?.maeOfNothingW ?? 0, 0)
  })

  test('scores the homes named alone, against baselines that the others taught', async () => {
    const { scores, baselines } = await evaluated('--baselines', '--only', 'home-b')
    const all = await evaluated('--baselines')
    expect(new Set(scores.map(({ home }) => home))).toEqual(new Set(['home-b']))
    expect(baselines[0]?.scores).toEqual(all.baselines[0]?.scores.filter(({ home }) => home === 'home-b'))
  })

  test('what never ran and was never found has no F1, and what never ran has no say in the means', async () => {
    const idle = join(folder, 'idle')
    await mkdir(idle)
    const rows = lines.slice(1, 1441).map((line) => `${line.split(',').slice(0, 2).join(',')},1,0`)
    await writeFile(join(idle, 'home-a.csv'), `utc,aggregate_w,electricVehicle,lighting\n${rows.join('\n')}\n`)
    const { scores, means } = await evaluated('--homes', idle)
    expect(scores.map(({ trueRuns, foundRuns, runF1, onOffF1 }) => [trueRuns, foundRuns, runF1, onOffF1])).toEqual([
      [0, 0, null, null],
      [0, null, null, null],
    ])
    expect(means).toEqual([])
  })

  test('names a sub-meter whose appliance used next to nothing of what is usual in weeks', async () => {
    const recorded = fileURLToPath(new URL('../../data/homes', import.meta.url))
    const args = ['evaluate', 'homes', '--homes', recorded, '--only', 'home-2', '--resolution', '900']
    const { stdout } = await runCommand([...args, '--json'])
    const { doubtful } = JSON.parse(stdout) as Evaluation
    expect(doubtful).toEqual([{ home: 'home-2', appliance: 'dishwasher', shareOfUsual: expect.closeTo(0.022, 3) }])
    expect((await runCommand(args)).stderr).toMatch(
      /home-2: the sub-meter of dishwasher shows 0\.0\d+ of the energy that such an appliance usually uses in that time, while its runs are found in the total/,
    )
  })

  test('names a sub-meter on another device, and none of an appliance that is rarely used', async () => {
    const used = join(folder, 'used')
    await mkdir(used)
    const [head = '', ...rows] = gunzipSync(readFileSync(new URL('../../data/homes/home-1.csv.gz', import.meta.url)))
      .toString()
      .split('\n')
      .slice(0, 28 * 1440 + 1)
    const field = head.split(',').indexOf('dishwasher')
    const told = rows.map((row) => row.split(','))
    const firstAt = told.findIndex((cells) => Number(cells[field]) > 1000)
    const inFirstRun = (minute: number) => Math.abs(minute - firstAt) < 180
    const rare = told.map((cells, minute) =>
      inFirstRun(minute)
        ? cells
        : cells.with(1, `${Math.max(0, Number(cells[1]) - Number(cells[field]))}`).with(field, '0'),
    )
    const elsewhere = told.map((cells) => cells.with(field, '2'))
    for (const [name, home] of Object.entries({ rare, elsewhere }))
      await writeFile(join(used, `${name}.csv`), [head, ...home.map((cells) => cells.join(','))].join('\n'))
    const { stdout } = await runCommand(['evaluate', 'homes', '--homes', used, '--json'])
    const { doubtful, scores } = JSON.parse(stdout) as Evaluation & Answer
    expect(scores.find(({ home, appliance }) => `${home} ${appliance}` === 'rare dishwasher')?.trueRuns).toBe(1)
    expect(doubtful).toEqual([{ home: 'elsewhere', appliance: 'dishwasher', shareOfUsual: 0 }])
  })

  test('tells no runs where the method tells none, and none are made up from its column', async () => {
    const recorded = fileURLToPath(new URL('../../data/homes', import.meta.url))
    const { scores } = await evaluated('--homes', recorded, '--only', 'home-1', '--resolution', '900')
    const kettle = scores.find(({ appliance }) => appliance === 'kettle')
    expect(kettle?.trueRuns).toBeGreaterThan(500)
    expect([kettle?.foundRuns, kettle?.runF1, kettle?.runsPerWeekError]).toEqual([null, null, null])
  })

  test('minutes of a coarser meter are scored as quarter-hours, with the networks that ship and those of a folder alike', async () => {
    const coarse = join(folder, 'coarse')
    await mkdir(coarse)
    const [head = '', ...rows] = gunzipSync(readFileSync(new URL('../../data/homes/home-1.csv.gz', import.meta.url)))
      .toString()
      .split('\n')
      .slice(0, 5 * 1440 + 1)
    const powersW = rows.map((row) => Number(row.split(',')[1]))
    const held = rows.map((row, index) => {
      const quarter = powersW.slice(index - (index % 15), index - (index % 15) + 15)
      return row.replace(/,[^,]*/, `,${quarter.reduce((sum, powerW) => sum + powerW / 15, 0).toFixed(1)}`)
    })
    await writeFile(join(coarse, 'home-1.csv'), [head, ...held].join('\n'))
    const shipped = await evaluated('--homes', coarse)
    const kettle = shipped.scores.find(({ appliance }) => appliance === 'kettle')
    expect([kettle?.foundRuns, kettle?.runF1, kettle?.runsPerWeekError]).toEqual([null, null, null])
    expect(kettle?.trueRuns).toBeGreaterThan(5)
    expect(shipped.scores.find(({ appliance }) => appliance === 'dishwasher')?.foundRuns).toBeGreaterThan(0)
    const models = fileURLToPath(new URL('../../data/models', import.meta.url))
    expect((await evaluated('--homes', coarse, '--model-dir', models)).scores).toEqual(shipped.scores)
  })

  test('leaves out files of another kind, and says why', async () => {
    const { leftOut, scores } = await evaluated()
    expect(new Set(scores.map(({ home }) => home))).toEqual(new Set(['home-a', 'home-b']))
    expect(leftOut.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('3600 s apart'),
      expect.stringContaining('utc_missing'),
    ])
  })

  test('names columns that are no appliance, cells that are no power, and rows that stand twice', async () => {
    const odd = join(folder, 'odd')
    await mkdir(odd)
    const rows = lines.slice(1, 1441).map((line, index) => {
      const [utc, aggregateW] = line.split(',')
      return `${utc},${index < 2 ? 'nan' : aggregateW},${index < 3 ? '1 kW' : 0},off,0`
    })
    const text = ['utc,aggregate_w,kettle,fan,standby', ...rows, ...rows.slice(5, 8)].join('\n')
    await writeFile(join(odd, 'home-a.csv'), text)
    const args = ['evaluate', 'homes', '--homes', odd]
    expect(JSON.parse((await runCommand([...args, '--json'])).stdout)).toMatchObject({
      unused: [{ home: 'home-a', columns: ['fan', 'standby'], cells: { aggregate_w: 2, kettle: 3 }, repeatedRows: 3 }],
    })
    const { stderr } = await runCommand(args)
    expect(stderr).toContain('home-a: columns that are no appliance: fan, standby')
    expect(stderr).toContain('2 of aggregate_w, 3 of kettle')
    expect(stderr).toContain('home-a: rows that repeat another and count once: 3')
    const others = await runCommand(['evaluate', 'homes', '--homes', homes, '--only', 'home-a', '--json'])
    expect(JSON.parse(others.stdout)).toMatchObject({ unused: [] })
  })

  test('names them of homes that are left out too, with or without a home that is scored', async () => {
    const dark = join(folder, 'dark')
    await mkdir(dark)
    const rows = lines.slice(1, 1441).map((line) => `${line.split(',').slice(0, 2).join(',')},x,off`)
    await writeFile(join(dark, 'home-x.csv'), `utc,aggregate_w,kettle,fan\n${rows.join('\n')}\n`)
    const args = ['evaluate', 'homes', '--homes', dark]
    const alone = await runCommand(args)
    expect(alone.exitCode).toBe(1)
    expect(alone.stderr).toContain('1440 of kettle')
    await writeFile(join(dark, 'home-a.csv'), week(0))
    const unused = [{ home: 'home-x', columns: ['fan'], cells: { kettle: 1440 } }]
    expect(JSON.parse((await runCommand([...args, '--json'])).stdout)).toMatchObject({ unused })
    const beside = await runCommand([...args, '--only', 'home-a', '--baselines'])
    expect(beside.stderr).toContain('home-x: columns that are no appliance: fan')
  })

  test('names a sub-meter that shows more than the meter of its home', async () => {
    const doubtful = join(folder, 'doubtful')
    await mkdir(doubtful)
    const day = lines.slice(1, 1441).map((line) => line.split(','))
    const rows = day.map(
      ([utc, aggregateW]) => `${utc},${Number(aggregateW) / 1000},${aggregateW},${Number(aggregateW) / 2000}`,
    )
    await writeFile(join(doubtful, 'in-kw.csv'), `utc,aggregate_w,kettle,oven\n${rows.join('\n')}\n`)
    const rowsOf0 = day.map(([utc, aggregateW]) => `${utc},0,${aggregateW},0`)
    await writeFile(join(doubtful, 'of-0.csv'), `utc,aggregate_w,kettle,oven\n${rowsOf0.join('\n')}\n`)
    const args = ['evaluate', 'homes', '--homes', doubtful]
    const { doubtful: told } = JSON.parse((await runCommand([...args, '--json'])).stdout) as Evaluation
    expect(told).toEqual([
      { home: 'in-kw', appliance: 'kettle', shareOfMeter: expect.closeTo(1000, 3) },
      { home: 'of-0', appliance: 'kettle', shareOfMeter: null },
    ])
    const { stderr } = await runCommand(args)
    expect(stderr).toContain('in-kw: kettle was measured at 1000 times the energy of the whole')
    expect(stderr).toContain('of-0: kettle was measured, and in those minutes the whole home shows nothing')
    const others = await runCommand(['evaluate', 'homes', '--homes', homes, '--only', 'home-a', '--json'])
    expect(JSON.parse(others.stdout)).toMatchObject({ doubtful: [] })
  })

  test('refuses two files of one home, and folders that only look like homes are none', async () => {
    const twice = join(folder, 'twice')
    await mkdir(join(twice, 'home-d.csv'), { recursive: true })
    const refused = async () => (await runCommand(['evaluate', 'homes', '--homes', twice])).stderr
    expect(await refused()).toContain('has no .csv or .csv.gz files')
    for (const name of ['home-a.CSV', 'home-a.csv.gz']) await writeFile(join(twice, name), week(0))
    expect(await refused()).toContain("home-a.CSV and home-a.csv.gz: 2 files of one home's name")
  })

  test('scores what it can and fails when a file is broken', async () => {
    const broken = join(folder, 'broken')
    await mkdir(broken)
    await copyFile(join(homes, 'home-a.csv'), join(broken, 'home-a.csv'))
    await writeFile(join(broken, 'home-b.csv'), `${week(1)}yesterday,1,2,3,4\n`)
    const { exitCode, stdout, stderr } = await runCommand(['evaluate', 'homes', '--homes', broken])
    expect([exitCode, stdout]).toEqual([1, expect.stringContaining('home-a')])
    expect(stderr).toContain('home-b.csv: line 10082')
    expect(stderr).toContain('1 file is broken and was not scored.')
  })

  test('writes a page of curves per home that needs nothing beside itself', async () => {
    const plots = join(folder, 'plots')
    await evaluated('--plots', plots)
    const page = await readFile(join(plots, 'home-a.html'), 'utf8')
    expect(page).not.toMatch(/\/\* (content|uplot\.\w+) \*\//)
    expect(page).not.toMatch(/(src|href)=/)
    const content = page.match(/<script type="application\/json" id="content">(.*)<\/script>/)?.[1] ?? ''
    const { appliances } = JSON.parse(content) as {
      appliances: { appliance: string; days: { rank: string; truthW: (number | null)[]; errorShare: number }[] }[]
    }
    const shower = appliances.find(({ appliance }) => appliance === 'waterHeater')
    expect(shower?.days.map(({ rank }) => rank)).toEqual(['good', 'median', 'bad'])
    const errors = shower?.days.map(({ errorShare }) => errorShare) ?? []
    expect(errors).toEqual([...errors].sort((a, b) => a - b))
    expect(shower?.days[0]?.truthW).toHaveLength(1440)
  })

  test('a page that cannot be written costs no scores and no other page', async () => {
    const plots = join(folder, 'taken')
    await mkdir(join(plots, 'home-a.html'), { recursive: true })
    const { exitCode, stdout, stderr } = await runCommand(['evaluate', 'homes', '--homes', homes, '--plots', plots])
    expect([exitCode, stdout]).toEqual([1, expect.stringMatching(/home-a.*home-b/s)])
    expect(stderr).toMatch(/curves: \S+home-b\.html\n.*cannot be written: \S+home-a\.html \(EISDIR\)\./s)
  })

  test('a page that cannot be written to its end is taken away', async () => {
    const plots = join(folder, 'cut-short')
    const cli = fileURLToPath(new URL('../../src/app/cli.ts', import.meta.url))
    const command = [process.execPath, cli, 'evaluate', 'homes', '--homes', homes, '--only', 'home-a', '--plots', plots]
    // Files of 20 KiB at most: a page is larger.
    const { status, stderr } = spawnSync('bash', ['-c', 'ulimit -f 20; exec "$@"', 'bash', ...command])
    expect([status, `${stderr}`]).toEqual([1, expect.stringMatching(/cannot be written: \S+home-a\.html \(EFBIG\)\./)])
    expect(existsSync(join(plots, 'home-a.html'))).toBe(false)
  })

  test('draws nothing where nothing was measured', async () => {
    const holed = join(folder, 'holed')
    await mkdir(holed)
    const rows = lines
      .slice(1, 10_081)
      .map((line, index) =>
        index % 1440 >= 600 && index % 1440 < 660 ? line.replace(/(?<=^[^,]*,[^,]*).*/, ',,,') : line,
      )
    await writeFile(join(holed, 'home-a.csv'), [header, ...rows].join('\n'))
    await evaluated('--homes', holed, '--plots', holed)
    const page = await readFile(join(holed, 'home-a.html'), 'utf8')
    const { appliances } = JSON.parse(page.match(/id="content">(.*)<\/script>/)?.[1] ?? '') as {
      appliances: { days: { truthW: (number | null)[]; estimateW: (number | null)[] }[] }[]
    }
    const holesOf = (curveW: readonly (number | null)[]) => curveW.map((watts) => watts === null)
    const days = appliances.flatMap((one) => one.days)
    expect(days.length).toBeGreaterThan(5)
    for (const { truthW, estimateW } of days) {
      expect(holesOf(estimateW)).toEqual(holesOf(truthW))
      expect(estimateW.filter((watts) => watts === null).length).toBeGreaterThanOrEqual(60)
    }
  })

  test.each([
    [['--resolution', '30'], 2, 'Allowed choices are 60, 900'],
    [['--time-zone', 'Mars/Olympus'], 2, 'no IANA time zone'],
    [['--model-dir', '/nowhere'], 1, 'has no minute.onnx'],
    [['--only', 'home-9'], 1, 'has no home home-9; it has home-a, home-b'],
    [['--homes', '/nowhere'], 1, 'not a folder that can be read'],
    [['--plots', '/dev/null/plots'], 1, 'cannot be written'],
    [['--plots', '/dev/null'], 1, '/dev/null is a file; --plots names a folder'],
    [['--plots', ''], 2, "option '--plots <folder>' has an empty name"],
    [['--homes', ''], 2, "option '--homes <folder>' has an empty name"],
    [['nonsense'], 2, "unknown command or argument 'nonsense'"],
  ])('refuses %j with a sentence', async (args, exitCode, sentence) => {
    const result = await runCommand(['evaluate', 'homes', '--homes', homes, ...args])
    expect([result.exitCode, result.stderr, result.stdout]).toEqual([exitCode, expect.stringContaining(sentence), ''])
  })

  test('refuses a model that is none, naming the file', async () => {
    const models = join(folder, 'models')
    await mkdir(models)
    await writeFile(join(models, 'quarter.onnx'), 'not a network')
    const args = ['evaluate', 'homes', '--homes', homes, '--resolution', '900', '--model-dir', models]
    const { exitCode, stderr } = await runCommand(args)
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('quarter.onnx is no network')])
  })

  test.each([
    [
      'the network of minutes',
      new URL('../../data/models/minute.onnx', import.meta.url),
      'it takes minutes, not quarters',
    ],
    ['another network', new URL('../golden/networks/tiny.onnx', import.meta.url), 'a network for something else'],
  ])('refuses %s as that of quarter-hours', async (_name, model, sentence) => {
    const models = await mkdtemp(join(folder, 'models-'))
    await copyFile(model, join(models, 'quarter.onnx'))
    const args = ['evaluate', 'homes', '--homes', homes, '--resolution', '900', '--model-dir', models]
    const { exitCode, stderr } = await runCommand(args)
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(sentence)])
  })
})
