/** `loadlens disaggregate` tells a file of minutes or quarter-hours apart, row for row, and costs nothing that stood where it writes. */
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { link as hardLink, mkdir, mkdtemp, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeOutput } from '../../src/app/output-file.ts'
import { printed, runCommand, startCommand, startProgram } from '../support/command.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loadlens-disaggregate-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

describe('disaggregate', () => {
  const minutes = gunzipSync(bytesOf('../../data/homes/home-2.csv.gz'))
    .toString()
    .split('\n')
    .slice(0, 7 * 1440 + 1)

  test('writes a column per appliance that adds up, row for row, and the runs', async () => {
    const [input, profile, output, usages] = ['in.csv', 'profile.json', 'out.csv', 'usages.csv'].map((name) =>
      join(folder, name),
    ) as [string, string, string, string]
    const [header = '', ...all] = minutes
    const rows = all.filter((_, index) => index < 2000 || index >= 2060)
    // A hole of two hours, and two cells that are no power of a home.
    const noPowers = new Map([
      [800, 'nan'],
      [801, '1e300'],
    ])
    const holed = rows.map((row, index) =>
      index >= 600 && index < 720
        ? row.replace(/,.*/, ',,,,')
        : row.replace(/,[^,]*/, (cell) => (noPowers.has(index) ? `,${noPowers.get(index)}` : cell)),
    )
    await writeFile(input, [header, ...holed, holed[100]].join('\n'))
    await writeFile(
      profile,
      JSON.stringify({
        appliances: ['washingMachine', 'dishwasher', 'waterHeater', 'fridge'].map((appliance) => ({
          appliance,
          quantity: 1,
        })),
      }),
    )
    const { exitCode, stdout } = await runCommand([
      'disaggregate',
      '--input',
      input,
      '--profile',
      profile,
      '--output',
      output,
      '--usages',
      usages,
      '--json',
    ])
    expect(exitCode).toBe(0)
    const powerless = holed.filter((row, index) => noPowers.has(index) || row.split(',')[1] === '').length
    const missing = powerless + 60 // and the rows taken out
    const summary = { rows: rows.length, repeatedRows: 1, unreadable: 2, missing, model: expect.any(String) }
    const { appliances, ...said } = JSON.parse(stdout)
    expect(said).toMatchObject(summary)
    expect(Object.keys(appliances).sort()).toEqual(['dishwasher', 'fridge', 'standby', 'washingMachine', 'waterHeater'])
    expect(appliances.waterHeater).toMatchObject({ isEstimated: false, runs: expect.any(Number) })
    const columnsWh = Object.values(appliances as Record<string, { energyWh: number }>).map(({ energyWh }) => energyWh)
    expect(columnsWh.reduce((sum, energyWh) => sum + energyWh, said.smallAppliancesWh)).toBeCloseTo(said.totalWh, -0.5)
    expect(appliances.waterHeater.confidence).toBeGreaterThan(0.5)
    const [head, ...written] = (await readFile(output, 'utf8')).trimEnd().split('\n')
    expect(head?.split(',').sort()).toEqual(
      ['utc', 'dishwasher', 'fridge', 'smallAppliances', 'standby', 'washingMachine', 'waterHeater'].sort(),
    )
    expect(written).toHaveLength(rows.length)
    for (const [index, line] of written.entries()) {
      const [utc, ...cells] = line.split(',')
      const [rawUtc, raw = ''] = holed[index]?.split(',') ?? []
      expect(utc).toBe(rawUtc)
      if (raw === '' || noPowers.has(index)) expect(cells.join('')).toBe('')
      else {
        expect(Math.abs(cells.reduce((sum, cell) => sum + Number(cell), 0) - Number(raw)), line).toBeLessThan(1e-6)
        expect(Math.min(...cells.map(Number))).toBeGreaterThanOrEqual(0)
      }
    }
    const runs = (await readFile(usages, 'utf8')).trimEnd().split('\n')
    expect(runs[0]).toBe('appliance,start,stop,energy_wh')
    expect(runs.length).toBeGreaterThan(3)
    expect(runs.filter((line) => line.startsWith('waterHeater,'))).toHaveLength(appliances.waterHeater.runs)
    // A compressor switches by itself: the server has no usages of it either.
    expect([appliances.fridge.runs, runs.filter((line) => line.startsWith('fridge,'))]).toEqual([null, []])
    expect(appliances.fridge.energyWh).toBeGreaterThan(1000)
  })

  test('writes a row per quarter-hour where those are given, and says what is not told apart and what is likely alone', async () => {
    const [input, profile, output] = ['quarters-in.csv', 'quarters.json', 'quarters-out.csv'].map((name) =>
      join(folder, name),
    ) as [string, string, string]
    const powersW = minutes.slice(1).map((line) => Number(line.split(',')[1]))
    const quarters = Array.from({ length: powersW.length / 15 }, (_, quarter) => {
      const utc = new Date(Date.UTC(2018, 0, 1) + quarter * 900_000).toISOString()
      return `${utc},${powersW
        .slice(quarter * 15, quarter * 15 + 15)
        .reduce((sum, powerW) => sum + powerW / 15, 0)
        .toFixed(1)}`
    })
    await writeFile(input, ['utc,aggregate_w', ...quarters].join('\n'))
    await writeFile(
      profile,
      JSON.stringify({ appliances: ['kettle', 'tv', 'waterHeater'].map((appliance) => ({ appliance, quantity: 1 })) }),
    )
    const { exitCode, stderr } = await runCommand(['disaggregate', '-i', input, '-p', profile, '-o', output])
    expect(exitCode).toBe(0)
    expect(stderr).toContain(`${quarters.length} quarter-hours by unet-`)
    expect(stderr).toMatch(/kettle {10,}\d+\.\d kWh {14}confidence 0\.\d+, a likely amount/)
    expect(stderr).toMatch(/waterHeater .* runs {3}confidence 0\.\d+$/m)
    expect(stderr).toMatch(/^ {2}smallAppliances +\d+\.\d kWh {2}what these leave of \d+\.\d kWh$/m)
    expect(stderr).toContain('Not told apart, their energy is in smallAppliances: tv.')
    const [, ...written] = (await readFile(output, 'utf8')).trimEnd().split('\n')
    expect(written).toHaveLength(quarters.length)
    for (const [index, line] of written.entries()) {
      const [, ...cells] = line.split(',')
      const givenW = Number(quarters[index]?.split(',')[1])
      expect(Math.abs(cells.reduce((sum, cell) => sum + Number(cell), 0) - givenW), line).toBeLessThan(1e-6)
    }
  })

  test('says of what it is not sure of at all that it is so, and nothing of a home that was not measured', async () => {
    const [input, profile, output] = ['unsure.csv', 'unsure.json', 'unsure-out.csv'].map((name) =>
      join(folder, name),
    ) as [string, string, string]
    const hoursW = minutes.slice(1).map((_, index, all) => all[index - (index % 60)]?.split(',')[1])
    await writeFile(
      profile,
      JSON.stringify({
        appliances: ['kettle', 'microwave', 'tv', 'freezer'].map((appliance) => ({ appliance, quantity: 1 })),
      }),
    )
    const rows = Array.from({ length: hoursW.length / 15 }, (_, quarter) => {
      const utc = new Date(Date.UTC(2018, 0, 1) + quarter * 900_000).toISOString()
      return `${utc},${hoursW[quarter * 15]}`
    })
    await writeFile(input, ['utc,aggregate_w', ...rows].join('\n'))
    expect((await runCommand(['disaggregate', '-i', input, '-o', output])).stderr).toContain('taken to have the usual')
    const { stderr } = await runCommand(['disaggregate', '-i', input, '-o', output, '-p', profile])
    expect(stderr).toMatch(/kettle .*confidence 0, .*, not to be relied on/)
    const [, told = ''] = stderr.split('Not told apart, their energy is in smallAppliances: ')
    const { stdout } = await runCommand(['disaggregate', '-i', input, '-o', output, '-p', profile, '--json'])
    const { appliances } = JSON.parse(stdout)
    for (const appliance of told.trim().replace('.', '').split(', '))
      expect(appliances[appliance]).toMatchObject({ energyWh: 0, confidence: 0 })
    await writeFile(input, ['utc,aggregate_w', ...rows.map((row) => row.replace(/,.*/, ','))].join('\n'))
    const nothing = await runCommand(['disaggregate', '-i', input, '-o', output, '--json'])
    expect(JSON.parse(nothing.stdout).appliances.standby).toMatchObject({ energyWh: null, confidence: null })
    expect(JSON.parse(nothing.stdout)).toMatchObject({ totalWh: null, smallAppliancesWh: null })
  })

  test('reads a profile that begins with a byte order mark', async () => {
    const [input, profile, output] = ['marked.csv', 'marked.json', 'marked-out.csv'].map((name) =>
      join(folder, name),
    ) as [string, string, string]
    await writeFile(input, minutes.slice(0, 1441).join('\n'))
    await writeFile(profile, '\uFEFF{"appliances": [{"appliance": "waterHeater", "quantity": 1}]}')
    const { exitCode, stdout } = await runCommand(['disaggregate', '-i', input, '-p', profile, '-o', output, '--json'])
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ defaulted: false, appliances: { waterHeater: {} } })
  })

  test('refuses a profile and an input that are none', async () => {
    const profile = join(folder, 'bad.json')
    await writeFile(profile, '{"appliances":[{"appliance":"toaster","quantity":1}]}')
    const args = ['disaggregate', '--input', join(folder, 'in.csv'), '--output', join(folder, 'none.csv'), '--profile']
    const bad = await runCommand([...args, profile])
    expect([bad.exitCode, bad.stderr]).toEqual([1, expect.stringContaining('/appliances/0/appliance is one of')])
    await writeFile(profile, '{}')
    const missing = await runCommand([
      'disaggregate',
      '--input',
      join(folder, 'no.csv'),
      '--output',
      join(folder, 'none.csv'),
      '--profile',
      profile,
    ])
    expect([missing.exitCode, missing.stderr]).toEqual([1, expect.stringContaining('cannot be read (ENOENT)')])
    const [one, other] = [join(folder, 'one.csv'), join(folder, 'other.csv')]
    await symlink(one, other)
    await symlink(other, one)
    const circle = await runCommand(['disaggregate', '-i', one, '-o', join(folder, 'none.csv')])
    expect([circle.exitCode, circle.stderr]).toEqual([1, expect.stringContaining('cannot be read (ELOOP)')])
    const empty = join(folder, 'empty.csv')
    await writeFile(empty, '')
    const given = async (input: string) =>
      (await runCommand(['disaggregate', '-i', input, '-o', join(folder, 'none.csv'), '-p', profile])).stderr
    expect(await given(folder)).toBe(`loadlens: ${folder} cannot be read (EISDIR).\n`)
    expect(await given(empty)).toContain(`${empty}: there is no line; the first must name the columns`)
    await writeFile(empty, 'utc,aggregate_w,aggregate_w\n2018-01-01T00:00Z,1,1\n')
    expect(await given(empty)).toContain('the header has aggregate_w more than once')
    await writeFile(empty, 'utc;aggregate_w\n2018-01-01T00:00Z;1,5\n')
    expect(await given(empty)).toContain('columns are parted by commas, and decimals by points')
    const unread = (cells: readonly string[]) =>
      ['utc,aggregate_w', ...cells.map((cell, minute) => `2018-01-01T00:0${minute}Z,${cell}`)].join('\n')
    await writeFile(empty, unread(['', '"55,2"', '"1.055,2"']))
    expect(await given(empty)).toMatch(
      /empty\.csv, line 3: no cell of aggregate_w is a power .*"55,2"; columns are parted by commas, and decimals by points/,
    )
    await writeFile(empty, unread(['nan', '1 kW']))
    expect(await given(empty)).toMatch(
      /line 2: no cell of aggregate_w is a power .* the first has "nan" \(aggregate_inv/,
    )
    await writeFile(empty, Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(9000, 7)]))
    expect(await given(empty)).toBe(`loadlens: ${empty}: it is a ZIP; unpack it first (body_not_utf8).\n`)
    await writeFile(empty, gzipSync(gzipSync('utc,aggregate_w\n2018-01-01T00:00Z,1\n')))
    expect(await given(empty)).toContain('it is gzip within gzip; unpack it first')
    expect(existsSync(join(folder, 'none.csv'))).toBe(false)
  })

  test('refuses rows further apart than a home is measured: a mistyped year, with its line', async () => {
    const [profile, input] = [join(folder, 'profile.json'), join(folder, 'mistyped.csv')]
    await writeFile(profile, '{}')
    await writeFile(input, 'utc,aggregate_w\n2018-01-01T00:00Z,1\n0218-01-01T00:01Z,1\n2018-01-01T00:02Z,1\n')
    const { exitCode, stderr } = await runCommand(['disaggregate', '-i', input, '-p', profile, '-o', `${input}.out`])
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringContaining('line 3: utc "0218-01-01T00:01Z" is more than 20 years'),
    ])
  })

  test('refuses hours, and an output that would overwrite another of its files', async () => {
    const [profile, input, output] = ['profile.json', 'hours.csv', 'none.csv'].map((name) => join(folder, name))
    await writeFile(profile ?? '', '{}')
    const hours = Array.from({ length: 200 }, (_, index) => new Date(index * 3_600_000).toISOString())
    await writeFile(input ?? '', ['utc,aggregate_w', ...hours.map((utc) => `${utc},100`)].join('\n'))
    const args = (to = '', usages = '') =>
      ['disaggregate', '-i', input, '-p', profile, '-o', to, '-u', usages].map((one) => one ?? '')
    const coarse = await runCommand(args(output, join(folder, 'runs.csv')))
    expect([coarse.exitCode, coarse.stderr]).toEqual([
      1,
      expect.stringContaining('are 3600 s apart; one a minute or a quarter-hour is needed'),
    ])
    for (const same of [input, profile]) {
      const { exitCode, stderr } = await runCommand(args(same, join(folder, 'runs.csv')))
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining('two of them are the same')])
    }
    expect((await runCommand(args(output, output))).exitCode).toBe(2)
    const unnamed = await runCommand(args('', join(folder, 'runs.csv')))
    expect([unnamed.exitCode, unnamed.stderr]).toEqual([
      2,
      expect.stringContaining("option '-o, --output <file>' has an empty name"),
    ])
    expect(existsSync(output ?? '')).toBe(false)
  })
})

describe('a file that disaggregate writes', () => {
  /** More than a pipe holds: it cannot be written before the reader goes. */
  const daysMoreThanAPipe = 5
  const args = async (days = 1): Promise<string[]> => {
    const [profile, input] = [join(folder, 'profile.json'), join(folder, 'day.csv')]
    await writeFile(profile, '{}')
    const rows = Array.from({ length: days * 1440 }, (_, minute) => `${new Date(minute * 60_000).toISOString()},100`)
    await writeFile(input, ['utc,aggregate_w', ...rows].join('\n'))
    return ['disaggregate', '-i', input, '-p', profile]
  }

  test('stands where a link leads to, and never over the input', async () => {
    const command = await args()
    const [target, link, looped] = ['target.csv', 'link.csv', 'looped.csv'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ]
    await writeFile(target, 'old')
    await symlink(target, link)
    expect((await runCommand([...command, '-o', link])).exitCode).toBe(0)
    expect(await readlink(link)).toBe(target)
    expect(await readFile(target, 'utf8')).toMatch(/^utc,/)
    await symlink(join(folder, 'day.csv'), looped)
    const { exitCode, stderr } = await runCommand([...command, '-o', looped])
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('two of them are the same')])
    const hard = join(folder, 'hard.csv')
    await hardLink(join(folder, 'day.csv'), hard)
    const onHard = await runCommand([...command, '-o', hard])
    expect([onHard.exitCode, onHard.stderr]).toEqual([2, expect.stringContaining('two of them are the same')])
    expect(await readFile(hard, 'utf8')).toMatch(/^utc,aggregate_w\n/)
  })

  test('costs nothing that stood there where it cannot be written, and says so before the work', async () => {
    const command = await args()
    const [kept, nowhere] = [join(folder, 'kept.csv'), join(folder, 'no-folder', 'out.csv')]
    await writeFile(kept, 'old')
    const { exitCode, stderr } = await runCommand([...command, '-o', kept, '-u', nowhere])
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(`${nowhere} cannot be written (ENOENT)`)])
    expect(stderr).not.toMatch(/Days/)
    expect(await readFile(kept, 'utf8')).toBe('old')
    const onFolder = await runCommand([...command, '-o', folder])
    expect([onFolder.exitCode, onFolder.stderr]).toEqual([1, `loadlens: ${folder} cannot be written (EISDIR).\n`])
    const [folderOf, linked] = [join(folder, 'real'), join(folder, 'linked')]
    await mkdir(folderOf)
    await symlink(folderOf, linked)
    const twice = await runCommand([...command, '-o', join(linked, 'one.csv'), '-u', join(folderOf, 'one.csv')])
    expect([twice.exitCode, twice.stderr]).toEqual([2, expect.stringContaining('two of them are the same')])
  })

  test.skipIf(!existsSync('/dev/full'))('that is full is said to be, and a device stays where it is', async () => {
    const { exitCode, stderr } = await runCommand([...(await args()), '-o', '/dev/full'])
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('/dev/full cannot be written (ENOSPC)')])
    expect(existsSync('/dev/full')).toBe(true)
  })

  test('is taken away where it cannot be written whole', async () => {
    await expect(
      writeOutput(join(folder, 'half.csv'), async (stream) => {
        stream.write('half')
        throw new Error('the work failed')
      }),
    ).rejects.toThrow('the work failed')
    expect(existsSync(join(folder, 'half.csv'))).toBe(false)
  })

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('is taken back where %s stops it: a new one goes, an old one is empty', async (signal, exitCode) => {
    for (const name of ['new.csv', 'old.csv']) {
      const path = join(folder, name)
      if (name === 'old.csv') await writeFile(path, 'old')
      const writer = startProgram(fileURLToPath(new URL('../support/half-writer.ts', import.meta.url)), [path])
      await printed(writer, /half is written/)
      writer.kill(signal)
      expect(await new Promise((resolve) => writer.once('close', resolve))).toBe(exitCode)
    }
    expect(existsSync(join(folder, 'new.csv'))).toBe(false)
    expect(await readFile(join(folder, 'old.csv'), 'utf8')).toBe('')
  })

  test('is written as it comes where it is no plain file, and that is never taken away', async () => {
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    const read = readFile(pipe, 'utf8')
    expect((await runCommand([...(await args()), '-o', pipe])).exitCode).toBe(0)
    expect((await read).trimEnd().split('\n')).toHaveLength(1441)
    expect(existsSync(pipe)).toBe(true)
  })

  test('ends without a word where it is a pipe and nobody reads on', async () => {
    const pipe = join(folder, 'left-pipe')
    execFileSync('mkfifo', [pipe])
    const command = await args(daysMoreThanAPipe)
    const reader = spawn('head', ['-c', '1', pipe])
    const { exitCode, stderr } = await runCommand([...command, '-o', pipe])
    expect([exitCode, stderr]).toEqual([141, expect.not.stringMatching(/loadlens:|EPIPE/)])
    expect(reader.exitCode).toBe(0)
  })

  test.each(['-o', '-u'])('is standard output where %s is "-", and everything else goes to stderr', async (option) => {
    const other = option === '-u' ? ['-o', join(folder, 'beside.csv')] : []
    const { exitCode, stdout, stderr } = await runCommand([...(await args()), ...other, option, '-'])
    const [header, ...rows] = stdout.trimEnd().split('\n')
    expect(exitCode).toBe(0)
    if (option === '-u') expect(header).toBe('appliance,start,stop,energy_wh')
    else {
      expect([header, rows.length]).toEqual([expect.stringMatching(/^utc,.*smallAppliances/), 1440])
      expect(stderr).toContain('standard output: 1440 minutes by unet-')
    }
    expect(stderr).toMatch(/Days .*\n.*smallAppliances/s)
    expect(existsSync('-')).toBe(false)
  })

  test('ends without a word where it is standard output and nobody reads on', async () => {
    const command = startCommand([...(await args(daysMoreThanAPipe)), '-o', '-'])
    let said = ''
    command.stderr?.on('data', (bytes) => (said += bytes))
    command.stdout?.once('data', () => command.stdout?.destroy())
    expect(await new Promise((resolve) => command.once('close', resolve))).toBe(141)
    expect(said).not.toMatch(/loadlens:|EPIPE/)
  })

  test('is not standard output where a summary or another file goes there', async () => {
    for (const more of [['--json'], ['-u', '-']]) {
      const { exitCode, stdout, stderr } = await runCommand([...(await args()), '-o', '-', ...more])
      expect([exitCode, stdout]).toEqual([2, ''])
      expect(stderr).toMatch(/needs a file instead of "-"|two of them are the same/)
    }
  })
})

function bytesOf(path: string): Buffer {
  return readFileSync(new URL(path, import.meta.url))
}
