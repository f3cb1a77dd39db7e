/**
 * What each golden file says. In files of quarter-hours number n of a day is (100 + n) Wh, so that a value tells which
 * number it had; on 30 March 2025 and 29 March 2026 Italy's clock skips 02:00 to 03:00, on 26 October 2025 it shows it twice.
 */
import { describe, expect, test } from 'vitest'
import type { ImportOptions } from '../../src/ingest/index.ts'
import { cutInto, goldenFile, type ImportedFile, importFile, only } from '../support/import-file.ts'

async function read(path: string, options: Partial<ImportOptions> = {}): Promise<ImportedFile> {
  return await importFile([goldenFile(path)], options)
}

/** The value at an instant, `undefined` where there is none. */
function valueAt({ readings }: ImportedFile, at: string, channel = 'import'): number | null | undefined {
  return readings.findLast((one) => one.at === Date.parse(at) && one.channel === channel)?.value
}

function sumWh({ readings }: ImportedFile): number {
  return readings.reduce((sum, { value }) => sum + (value ?? 0), 0)
}

/** Σ (100 + n) for n = 1 … 96. */
const wholeDayWh = 96 * 100 + (96 * 97) / 2

const codes = ({ report }: ImportedFile) => report.rejected.map(({ line, code }) => [line, code])

describe('e-distribuzione', () => {
  test('an ordinary day has 96 quarters, the first at local midnight, each exactly as written', async () => {
    const file = await read('e-distribuzione/synthetic-ordinary-days.csv')
    expect(file.report).toMatchObject({ format: 'e-distribuzione', received: 192, accepted: 192 })
    expect(valueAt(file, '2024-08-31T22:00:00Z')).toBe(101)
    expect(valueAt(file, '2024-09-01T21:45:00Z')).toBe(196)
    expect(sumWh(file)).toBe(2 * wholeDayWh)
    expect(file.readings[0]).toMatchObject({ kind: 'energy', channel: 'import', spanS: 900, quality: 'measured' })
  })

  test('on the spring day zeros in the skipped hour mean nothing, and the rest stands by the wall clock', async () => {
    const file = await read('e-distribuzione/synthetic-clock-changes.csv')
    const spring = file.readings.filter(({ at }) => at < Date.parse('2025-06-01'))
    expect(spring).toHaveLength(92)
    expect(valueAt(file, '2025-03-30T00:45:00Z')).toBe(108)
    expect(valueAt(file, '2025-03-30T01:00:00Z')).toBe(113)
    expect(valueAt(file, '2025-03-30T21:45:00Z')).toBe(196)
  })

  test('a spring day with its last four empty counts the quarters that elapsed', async () => {
    const file = await read('e-distribuzione/synthetic-clock-changes.csv')
    const spring = file.readings.filter(({ at }) => at > Date.parse('2026-01-01'))
    expect(spring).toHaveLength(92)
    expect(valueAt(file, '2026-03-28T23:00:00Z')).toBe(101)
    expect(valueAt(file, '2026-03-29T01:00:00Z')).toBe(109)
    expect(valueAt(file, '2026-03-29T21:45:00Z')).toBe(192)
  })

  /** A file of one day of up to a hundred quarters in Wh; the spring day of 2026 where no other is named. */
  const dayOf = async (valuesWh: readonly (number | null)[], on = '29/03/2026') => {
    const [header] = goldenFile('e-distribuzione/synthetic-clock-changes.csv').toString().split('\n')
    const beyond = ['24:00-24:15', '24:15-24:30', '24:30-24:45', '24:45-25:00'].slice(0, valuesWh.slice(96).length)
    const cells = valuesWh.map((valueWh) => (valueWh === null ? '' : `${valueWh / 1000}`.replace('.', ',')))
    return await importFile([Buffer.from(`${[header, ...beyond].join(';')}\n${on};${cells.join(';')};\n`)])
  }
  const counted = (from: number, count: number) => Array.from({ length: count }, (_, index) => 100 + from + index)
  const zeros = [0, 0, 0, 0]
  const elapsedAt = (index: number) => Date.parse('2026-03-28T23:00:00Z') + index * 900_000

  test.each([
    [
      'whose night draws nothing and whose last four are empty',
      [...zeros, ...zeros, ...zeros, ...counted(13, 80)],
      [null, null, null, null],
    ],
    ['that ends in four zeros', counted(1, 92), zeros],
  ])('a spring day %s counts the quarters that elapsed', async (_, elapsedWh, tail) => {
    const file = await dayOf([...elapsedWh, ...tail])
    expect(file.report).toMatchObject({ received: 92, accepted: 92 })
    expect(file.readings.map(({ at, value }) => [at, value])).toEqual(
      elapsedWh.map((valueWh, index) => [elapsedAt(index), valueWh]),
    )
  })

  test('a spring day of zeros around the skipped hour stands by the wall clock where its last four are filled', async () => {
    const night = [...zeros, ...zeros]
    const file = await dayOf([...night, ...zeros, ...counted(13, 80), ...zeros])
    expect(file.readings.map(({ at, value }) => [at, value])).toEqual(
      [...night, ...counted(13, 80), ...zeros].map((valueWh, index) => [elapsedAt(index), valueWh]),
    )
  })

  test('a spring day by the wall clock may have a hundred numbers, the last of them zeros', async () => {
    const file = await dayOf([...counted(1, 8), ...zeros, ...counted(13, 84), ...zeros])
    expect(file.readings.map(({ at, value }) => [at, value])).toEqual(
      [...counted(1, 8), ...counted(13, 84)].map((valueWh, index) => [elapsedAt(index), valueWh]),
    )
  })

  test('on the autumn day the doubled hour cannot be told, and is rejected, never guessed', async () => {
    const file = await read('e-distribuzione/synthetic-clock-changes.csv')
    expect(codes(file)).toEqual(Array.from({ length: 4 }, () => [4, 'time_ambiguous']))
    expect(valueAt(file, '2025-10-25T23:45:00Z')).toBe(108)
    for (const at of ['2025-10-26T00:00:00Z', '2025-10-26T01:00:00Z']) expect(valueAt(file, at)).toBeUndefined()
    expect(valueAt(file, '2025-10-26T02:00:00Z')).toBe(113)
    expect(valueAt(file, '2025-10-26T22:45:00Z')).toBe(196)
  })

  test('an autumn day of a hundred quarters counts those that elapsed', async () => {
    const file = await dayOf(counted(1, 100), '26/10/2025')
    expect(file.report).toMatchObject({ received: 100, accepted: 100 })
    expect(file.readings.map(({ at, value }) => [at, value])).toEqual(
      counted(1, 100).map((valueWh, index) => [Date.parse('2025-10-25T22:00:00Z') + index * 900_000, valueWh]),
    )
  })

  test('a header of fewer quarters than a day has is refused', async () => {
    const file = await importFile([Buffer.from('Giorno;00:00-00:15;00:15-00:30\n01/09/2024;0,1;0,2\n')])
    expect([file.refusal, file.readings]).toEqual(['header_column_unknown', []])
  })

  test('bad cells, dates and short rows are named with their line; the rest is kept', async () => {
    const file = await read('e-distribuzione/synthetic-bad-cells.csv')
    expect(codes(file)).toEqual([
      [2, 'value_not_a_number'],
      [3, 'day_invalid'],
      [4, 'row_malformed'],
      [5, 'value_negative'],
      [5, 'energy_absurd'],
    ])
    expect(file.report).toMatchObject({ accepted: 95 + 93, rejected_count: 5 })
    expect(valueAt(file, '2024-09-02T22:15:00Z')).toBeUndefined()
  })
})

describe('CSV of other houses', () => {
  const header = 'POD;DATA;ORA;FL_ORA_LEGALE;ATTIVA_PRELEVATA;ATTIVA_IMMESSA;TIPO_DATO'
  const quarter = (minute: number, drawn: string) => `IT001E12345678;20260501;00${minute}00;2;${drawn};0;E`
  const drawnWh = ({ readings }: ImportedFile) =>
    readings.filter(({ channel }) => channel === 'import').map(({ value }) => value)

  test.each([
    ['\r\n', '\n', '\n'],
    ['\n', '\r\n', '\r\n'],
    ['\n', '\r', '\r\n'],
  ])('keeps every row, however lines end: %j, then %j and %j', async (first, second, third) => {
    const text = [header, first, quarter(15, '0,1'), second, quarter(30, '0,2'), third, quarter(45, '0,3')].join('')
    for (const pieces of [[Buffer.from(text)], cutInto(Buffer.from(text), [1])]) {
      const file = await importFile(pieces)
      expect([file.report.received, drawnWh(file)]).toEqual([3, [100, 200, 300]])
    }
  })

  test.each(['6"00', '6"', '6""00'])('loses one row by a quote within a cell: %s', async (drawn) => {
    const rows = [header, quarter(15, '0,1'), quarter(30, drawn), quarter(45, '"0,3" ')]
    const file = await importFile([Buffer.from(rows.join('\n'))])
    expect([file.refusal, drawnWh(file)]).toEqual([undefined, [100, 300]])
    expect(codes(file)).toEqual([[3, 'value_not_a_number']])
  })

  test.each([
    ['"0,2', '0,3'],
    ['"0,2', '"0,3"'],
    ['"0,2', '0"3'],
    ['"0,2', '0,3"'],
    ['"0"2', '0,3'],
  ])(
    'is refused from the row on in which a quote opens a cell and does not end it, with its line: %s, then %s',
    async (open, then) => {
      const rows = [header, quarter(15, '0,1'), quarter(30, open), quarter(45, then)]
      const file = await importFile([Buffer.from(`${rows.join('\n')}\n`)])
      expect(file).toMatchObject({ refusal: 'csv_malformed', detail: expect.stringContaining('after line 2 ') })
      expect(drawnWh(file)).toEqual([100])
    },
  )
})

describe('Portale Consumi', () => {
  test('fills both PODs; rows of register readings hold no quarters', async () => {
    const file = await read('portale-consumi/synthetic-two-pods.csv')
    expect(file.report.pods).toEqual([
      { pod: 'IT001E12345678', accepted: 96 + 92 + 92, duplicates: 0, replaced: 0, rejected_count: 4 },
      { pod: 'IT001E87654321', accepted: 96, duplicates: 0, replaced: 0, rejected_count: 0 },
    ])
    expect(codes(file)).toEqual(Array.from({ length: 4 }, () => [5, 'time_ambiguous']))
  })

  test('a flow that rectifies makes corrected values', async () => {
    const { readings } = await read('portale-consumi/synthetic-two-pods.csv')
    const corrected = readings.filter(({ quality }) => quality === 'corrected')
    expect(corrected).toHaveLength(96)
    expect(corrected[0]).toMatchObject({ pod: 'IT001E87654321', value: 1101 })
  })
})

describe('Duereti and Unareti', () => {
  test('the offset of each row tells the doubled hour apart, and zeros of the skipped hour are none', async () => {
    const file = await read('pcf/synthetic-clock-changes.csv')
    expect(file.report).toMatchObject({ format: 'pcf', received: 11, accepted: 11 })
    expect(valueAt(file, '2026-04-30T22:15:00Z', 'export')).toBe(500)
    expect(file.readings.find(({ at }) => at === Date.parse('2026-04-30T22:30:00Z'))?.quality).toBe('estimated')
    expect(['00:30', '00:45', '01:00'].map((time) => valueAt(file, `2026-03-29T${time}:00Z`))).toEqual([26, 38, 27])
    expect(
      ['00:00', '00:45', '01:00', '01:45', '02:00'].map((time) => valueAt(file, `2025-10-26T${time}:00Z`)),
    ).toEqual([11, 14, 21, 24, 31])
  })

  test('what a row says of the skipped hour is rejected where it is not zero', async () => {
    const text = goldenFile('pcf/synthetic-clock-changes.csv').toString()
    const file = await importFile([Buffer.from(text.replace('20260329;021500;2;0,0', '20260329;021500;2;0,4'))])
    expect(codes(file)).toEqual([[9, 'time_skipped']])
    expect(file.readings).toEqual((await read('pcf/synthetic-clock-changes.csv')).readings)
  })

  test('a row that breaks off is rejected, and no other', async () => {
    const text = goldenFile('pcf/synthetic-clock-changes.csv').toString()
    const file = await importFile([Buffer.from(text.replace('003000;2;0,037;;;;;0,001;5,004;;S;', '003000;2'))])
    expect(codes(file)).toEqual([[4, 'row_malformed']])
    expect(file.report).toMatchObject({ received: 11, accepted: 10 })
  })
})

describe('SII', () => {
  test('a month of two PODs, with the meter constant, and estimates marked', async () => {
    const file = await read('sii/synthetic-pdo2g.xml')
    expect(file.report.pods).toEqual([
      { pod: 'IT001E12345678', accepted: 96 + 92 + 100, duplicates: 0, replaced: 0, rejected_count: 0 },
      { pod: 'IT001E87654321', accepted: 96, duplicates: 0, replaced: 0, rejected_count: 0 },
    ])
    const doubled = file.readings.filter(({ pod }) => pod === 'IT001E87654321')
    expect(doubled[0]).toMatchObject({ value: 202, quality: 'estimated', at: Date.parse('2025-08-31T22:00:00Z') })
    expect(new Set(doubled.map(({ quality }) => quality))).toEqual(new Set(['estimated']))
  })

  test('Dst 1 leaves out the skipped hour; Dst 2 and 3 together are the 100 quarters of the autumn day', async () => {
    const file = await read('sii/synthetic-pdo2g.xml')
    expect([valueAt(file, '2025-03-30T00:45:00Z'), valueAt(file, '2025-03-30T01:00:00Z')]).toEqual([108, 113])
    const autumn = file.readings.filter(({ at }) => at >= Date.parse('2025-10-25T22:00:00Z'))
    expect(autumn.map(({ at }) => at)).toEqual(
      Array.from({ length: 100 }, (_, index) => Date.parse('2025-10-25T22:00:00Z') + index * 900_000),
    )
    expect(autumn.slice(8, 16).map(({ value }) => value)).toEqual([109, 110, 111, 112, 109, 110, 111, 112])
  })

  test('parts that are numbered from one are understood too, and flows RFO are corrections', async () => {
    const file = await read('sii/synthetic-rfo2g-counted-from-one.xml')
    expect(file.report).toMatchObject({ received: 192, accepted: 192 })
    expect([valueAt(file, '2025-03-30T01:00:00Z'), valueAt(file, '2025-03-30T21:45:00Z')]).toEqual([109, 192])
    expect(valueAt(file, '2025-10-26T01:00:00Z')).toBe(101)
    expect(valueAt(file, '2025-10-26T22:45:00Z')).toBe(188)
    expect(new Set(file.readings.map(({ quality }) => quality))).toEqual(new Set(['corrected']))
  })

  test('a rest of the autumn day that is numbered from one is understood where its first quarters draw nothing', async () => {
    const text = goldenFile('sii/synthetic-rfo2g-counted-from-one.xml').toString()
    const file = await importFile([
      Buffer.from(text.replace(/ E[1-8]="[^"]*"/g, (one) => one.replace(/"[^"]*"/, '"0"'))),
    ])
    expect(file.report).toMatchObject({ received: 192, accepted: 192 })
    expect([valueAt(file, '2025-10-26T01:00:00Z'), valueAt(file, '2025-10-26T22:45:00Z')]).toEqual([0, 188])
  })
})

describe('the blocks of a measure flow', () => {
  type Month = Readonly<Partial<Record<'pod' | 'month' | 'factor' | 'kind', string | undefined>>>
  const estimated = { pod: 'IT001E12345678', month: '10/2026', factor: '40,00', kind: 'S' }

  /** A flow of the first two quarters of the first of each month: 139 and 100 Wh, before the meter's constant. */
  const flowOf = async (...months: Month[]) => {
    const tag = (name: string, text: string | undefined) => (text === undefined ? '' : `<${name}>${text}</${name}>`)
    const blocks = months.map(({ pod, month, factor, kind }) => {
      const quarters = '<Ea Dst="0" E1="0,139" E2="0,100">01</Ea>'
      return `<DatiPod>${tag('Pod', pod)}${tag('MeseAnno', month)}${tag('Ka', factor)}${tag('TipoDato', kind)}${quarters}</DatiPod>`
    })
    const file = await importFile([Buffer.from(`<FlussoMisure CodFlusso="PDO2G">${blocks.join('')}</FlussoMisure>`)])
    const said = file.readings.map(({ pod, value, quality }) => [pod, value, quality])
    return { said, rejected: file.report.rejected.map(({ code }) => code) }
  }
  const first = [
    [estimated.pod, 5560, 'estimated'],
    [estimated.pod, 4000, 'estimated'],
  ]
  const other = 'IT001E87654321'

  test.each([
    ['POD', { ...estimated, pod: undefined }, [], ['pod_missing']],
    ['month', { ...estimated, month: undefined }, [], ['day_invalid']],
    ['constant', { ...estimated, pod: other, factor: undefined }, [139, 100].map((wh) => [other, wh, 'estimated']), []],
    ['estimates', { ...estimated, pod: other, kind: undefined }, [5560, 4000].map((wh) => [other, wh, 'measured']), []],
  ])('each say of themselves: none has the %s of the one before', async (_what, next, said, rejected) => {
    expect(await flowOf(estimated, next)).toEqual({ said: [...first, ...said], rejected })
  })

  test.each(['0,00', 'x'])('whose meter has the constant %s hold no number', async (factor) => {
    const rejected = ['value_not_a_number', 'value_not_a_number']
    expect(await flowOf({ ...estimated, factor })).toEqual({ said: [], rejected })
  })
})

describe("e-distribuzione's app", () => {
  test('the received part: sample 1 at the initial instant, sample 96 at a quarter to midnight', async () => {
    const file = await read('e-distribuzione-app/as-received-in-part.json')
    expect([valueAt(file, '2026-07-31T22:00:00Z'), valueAt(file, '2026-08-01T21:45:00Z')]).toEqual([359, 20])
  })

  test('days of 92 and of 100 quarters lie without gap; energy of another kind is rejected', async () => {
    const file = await read('e-distribuzione-app/synthetic-clock-changes.json')
    expect(file.report).toMatchObject({ received: 193, accepted: 192, rejected: [{ code: 'series_unknown' }] })
    expect([valueAt(file, '2026-03-29T21:45:00Z'), valueAt(file, '2025-10-26T22:45:00Z')]).toEqual([192, 200])
  })

  test('samples are counted from 1: one of number 0 is rejected, not put before its day', async () => {
    const text = goldenFile('e-distribuzione-app/as-received-in-part.json').toString()
    const file = await importFile([Buffer.from(text.replace('"1"', '"0"'))])
    expect(codes(file)).toEqual([[undefined, 'row_malformed']])
    const [, ...others] = (await read('e-distribuzione-app/as-received-in-part.json')).readings
    expect(file.readings).toEqual(others)
  })
})

describe('Green Button', () => {
  test('each block has the unit, power of ten and direction of its own reading type', async () => {
    const file = await read('green-button/synthetic-drawn-and-injected.xml')
    expect(valueAt(file, '2025-09-01T00:00:00Z')).toBe(450.123)
    expect(valueAt(file, '2025-09-01T00:00:00Z', 'export')).toBe(12)
    expect(file.readings.map(({ quality }) => quality)).toEqual(['measured', 'estimated', 'measured'])
    expect(file.report.rejected.map(({ code }) => code)).toEqual(['value_not_a_number', 'interval_invalid'])
  })

  test('a summary that stands after a reading type changes nothing of it', async () => {
    const text = goldenFile('green-button/synthetic-drawn-and-injected.xml').toString()
    const summary =
      '<entry><content><UsageSummary><currentBillingPeriodOverAllConsumption><powerOfTenMultiplier>3</powerOfTenMultiplier><uom>119</uom><value>5</value></currentBillingPeriodOverAllConsumption></UsageSummary></content></entry>'
    const types = text.split('</ReadingType>')
    expect(types).toHaveLength(3)
    const after = types.at(-1)?.indexOf('</entry>') ?? -1
    const last = `${types.at(-1)?.slice(0, after)}</entry>${summary}${types.at(-1)?.slice(after + '</entry>'.length)}`
    const file = await importFile([Buffer.from([...types.slice(0, -1), last].join('</ReadingType>'))])
    expect(file.readings).toEqual((await read('green-button/synthetic-drawn-and-injected.xml')).readings)
  })

  const golden = goldenFile('green-button/synthetic-drawn-and-injected.xml').toString()

  test.each([
    ['of a counter that runs on (accumulationBehaviour 1)', '<accumulationBehaviour>4<', '<accumulationBehaviour>1<'],
    ['of gas (commodity 7)', '<commodity>1<', '<commodity>7<'],
  ])('Wh %s are no energy of an interval', async (_what, as, instead) => {
    const file = await importFile([Buffer.from(golden.replace(as, instead))])
    expect(file.report.rejected.map(({ code }) => code)).toEqual([
      ...Array(3).fill('series_unknown'),
      'interval_invalid',
    ])
    expect(file.readings.map(({ channel, value }) => [channel, value])).toEqual([['export', 12]])
  })

  test.each([
    [7, 'corrected'],
    [8, 'estimated'],
    [12, 'estimated'],
    [0, 'measured'],
  ])('a value of quality %i is %s', async (quality, meaning) => {
    const file = await importFile([Buffer.from(golden.replace('<quality>8<', `<quality>${quality}<`))])
    expect(file.readings[1]).toMatchObject({ value: 451, quality: meaning })
  })

  test('an interval that says no duration has that of its reading type', async () => {
    const silent = golden.replaceAll('<timePeriod><duration>900</duration>', '<timePeriod>')
    expect(silent).not.toBe(golden)
    const file = await importFile([Buffer.from(silent)])
    expect(file.readings).toEqual((await read('green-button/synthetic-drawn-and-injected.xml')).readings)
  })

  test('gas beside electricity is rejected, never read as energy', async () => {
    const { report, readings } = await read('green-button/synthetic-gas-beside.xml')
    expect(readings).toMatchObject([{ kind: 'energy', value: 7, spanS: 3600 }])
    expect(report.rejected).toMatchObject([{ code: 'series_unknown', detail: expect.stringContaining('uom 119') }])
  })

  /** The file of the type drawn, with another direction, unit and first value, power of ten 0. */
  const withType = async (flowDirection: number, uom: number, value: number) => {
    const text = goldenFile('green-button/synthetic-drawn-and-injected.xml').toString()
    const other = text
      .replace('<flowDirection>1<', `<flowDirection>${flowDirection}<`)
      .replace('<powerOfTenMultiplier>-3<', '<powerOfTenMultiplier>0<')
      .replace('<uom>72<', `<uom>${uom}<`)
      .replace('<value>450123<', `<value>${value}<`)
      .replaceAll('<flowDirection>19<', '<flowDirection>20<')
    return await importFile([Buffer.from(other)])
  }

  test.each([
    [72, -300, 0, 300],
    [72, 300, 300, 0],
    [38, -300, 0, 300],
    [38, 300, 300, 0],
  ])('a balance (uom %i) of %i fills both channels: %i drawn, %i injected', async (uom, value, drawn, injected) => {
    const file = await withType(4, uom, value)
    expect(['import', 'export'].map((channel) => valueAt(file, '2025-09-01T00:00:00Z', channel))).toEqual([
      drawn,
      injected,
    ])
  })

  test.each([1, 0])('what is drawn (flow direction %i) and below 0 is rejected', async (flowDirection) => {
    const file = await withType(flowDirection, 72, -300)
    expect(file.report.rejected[0]).toMatchObject({ row: 1, code: 'value_negative' })
    expect(valueAt(file, '2025-09-01T00:00:00Z', 'export')).toBeUndefined()
  })

  test('values before their reading type are refused', async () => {
    const text = goldenFile('green-button/synthetic-drawn-and-injected.xml').toString()
    const types = text.match(/<entry>(?:(?!<\/entry>).)*<ReadingType(?:(?!<\/entry>).)*<\/entry>\n/gs) ?? []
    expect(types).toHaveLength(2)
    const last = types
      .reduce((rest, type) => rest.replace(type, ''), text)
      .replace('</feed>', `${types.join('')}</feed>`)
    expect((await importFile([Buffer.from(last)])).refusal).toBe('reading_type_missing')
  })
})

describe('Home Assistant', () => {
  test('a register in kWh becomes Wh; unavailable is not measured', async () => {
    const file = await read('home-assistant/synthetic-register.csv', { unit: 'kWh' })
    expect(file.report).toMatchObject({ received: 6, accepted: 6 })
    expect(file.readings[1]).toMatchObject({
      kind: 'register',
      value: 5_051_250,
      at: Date.parse('2025-09-01T09:00:01Z'),
    })
    expect(file.readings.at(-1)?.value).toBeNull()
  })

  test('the unit must be named, and the entity where there are several', async () => {
    expect((await read('home-assistant/synthetic-register.csv')).refusal).toBe('unit_missing')
    const two = 'home-assistant/synthetic-power-two-entities.csv'
    expect((await read(two, { unit: 'W' })).refusal).toBe('entity_missing')
  })

  test('an entity that the file does not have is refused, and the first ten that it has are named', async () => {
    const two = 'home-assistant/synthetic-power-two-entities.csv'
    const file = await read(two, { unit: 'W', entity: 'sensor.house_powr' })
    expect([file.refusal, file.detail, file.readings]).toEqual([
      'entity_missing',
      'the file has no "sensor.house_powr": it has "sensor.house_power", "sensor.outside"',
      [],
    ])
    const rows = Array.from({ length: 30 }, (_, index) => `s${index},1,2025-09-01T08:00:00Z\n`)
    const many = Buffer.from(`entity_id,state,last_changed\n${rows.join('')}`)
    const asked = await importFile([many], { unit: 'W', entity: 's' })
    expect(asked.detail).toMatch(/it has "s0", .*, "s9" …$/)
  })

  test.each([
    ['power', 'W', 'synthetic-power-two-entities.csv', 'sensor.house_power', [532.4, 80, null], ['value_negative']],
    [
      'a register',
      'kWh',
      'synthetic-register.csv',
      'sensor.meter_energy',
      [5_051_000, 5_051_250, 5_051_500, 5_051_750, 5_052_000, null],
      [],
    ],
  ] as const)('%s is of the channel that the sender names', async (_what, unit, name, entity, values, rejected) => {
    const file = await read(`home-assistant/${name}`, { unit, entity, channel: 'export' })
    expect(file.readings.map(({ channel, value }) => [channel, value])).toEqual(values.map((one) => ['export', one]))
    expect(file.report.rejected.map(({ code }) => code)).toEqual(rejected)
  })

  test('power below 0 is injected: nothing is drawn then, and both channels go on', async () => {
    const file = await read('home-assistant/synthetic-power-two-entities.csv', {
      unit: 'W',
      entity: 'sensor.house_power',
    })
    expect(file.readings.map(({ channel, value }) => [channel, value])).toEqual([
      ['import', 532.4],
      ['import', 0],
      ['export', 120],
      ['import', 80],
      ['export', 0],
      ['import', null],
      ['export', null],
    ])
  })
})

describe('emoncms', () => {
  test('seconds and values; separators of thousands and times without zone are rejected', async () => {
    const file = await read('emoncms/synthetic-power.csv', { unit: 'W' })
    expect(file.readings[0]).toMatchObject({ at: Date.parse('2014-01-02T12:35:00Z'), kind: 'power', spanS: 300 })
    expect(file.readings.map(({ value }) => value)).toEqual([357.9, 238.6, 863.67, 1763.1, null])
    expect(codes(file)).toEqual([
      [4, 'value_not_a_number'],
      [6, 'at_without_zone'],
    ])
  })
})

test.each([
  ['W', [0.15, 2.5]],
  ['kW', [150, 2500]],
] as const)('a number with an exponent is of the unit %s as well', async (unit, values) => {
  const file = await importFile([Buffer.from('1388666100,1.5e-1\n1388666110,2.5E0\n')], { unit })
  expect(file.readings.map(({ value }) => value)).toEqual(values)
})

describe('history of Home Assistant as JSON', () => {
  const two = 'home-assistant-json/synthetic-two-entities.json'

  test('the file says the unit; the entity must be named where there are several', async () => {
    const file = await read(two, { entity: 'sensor.house_power' })
    expect(file.readings.map(({ channel, value, kind }) => [kind, channel, value])).toEqual([
      ['power', 'import', 532.4],
      ['power', 'import', 0],
      ['power', 'export', 120],
      ['power', 'import', null],
      ['power', 'export', null],
    ])
    expect(file.readings[0]?.at).toBe(Date.parse('2025-09-01T08:00:00.123Z'))
    expect(codes(file)).toEqual([[undefined, 'value_not_a_number']])
    expect((await read(two)).refusal).toBe('entity_missing')
  })

  test('an entity that the file does not have is refused, and those that it has are named; a file of none is not', async () => {
    const file = await read(two, { entity: 'sensor.house_powr' })
    expect([file.refusal, file.detail, file.readings]).toEqual([
      'entity_missing',
      'the file has no "sensor.house_powr": it has "sensor.house_power", "sensor.outside"',
      [],
    ])
    expect(
      (await importFile([Buffer.from('[[]]')], { entity: 's' }, only('home-assistant-json'))).refusal,
    ).toBeUndefined()
  })

  test('a state that only says when it was updated was measured then', async () => {
    const text = goldenFile(two).toString()
    const updated = text.replaceAll(/"last_changed": "[^"]*",/g, '')
    expect(updated).not.toContain('last_changed')
    const file = await importFile([Buffer.from(updated)], { entity: 'sensor.house_power' })
    expect(file.readings).toEqual((await read(two, { entity: 'sensor.house_power' })).readings)
  })

  test('a minimal response names entity and unit once', async () => {
    const file = await read('home-assistant-json/synthetic-minimal-register.json')
    expect(file.readings.map(({ kind, value }) => [kind, value])).toEqual([
      ['register', 5_051_250],
      ['register', 5_051_500],
      ['register', null],
      ['register', 5_052_000],
    ])
  })

  test('a unit that is none of energy or power is refused, and so is one that the sender contradicts', async () => {
    expect((await read(two, { entity: 'sensor.outside' })).refusal).toBe('unit_missing')
    expect((await read(two, { entity: 'sensor.house_power', unit: 'kW' })).refusal).toBe('unit_missing')
  })

  test('where the file has no unit the sender names it, and a unit that changes counts from there on', async () => {
    const state = (second: number, value: string, attributes: object) =>
      ({ entity_id: 's', state: value, attributes, last_changed: `2025-09-01T08:00:0${second}+00:00` }) as const
    const body = (...states: object[]) => Buffer.from(JSON.stringify([states]))
    const without = body(state(0, 'unavailable', {}), state(1, '5', {}))
    expect((await importFile([without])).refusal).toBe('unit_missing')
    expect((await importFile([without], { unit: 'kW' })).readings.map(({ value }) => value)).toEqual([null, 5000])
    const units = [{ unit_of_measurement: 'W' }, { unit_of_measurement: 'kW' }, {}]
    const changing = body(...units.map((unit, second) => state(second, '2', unit)))
    expect((await importFile([changing])).readings.map(({ value }) => value)).toEqual([2, 2000, 2000])
  })
})

describe('a feed of emoncms as JSON', () => {
  test('milliseconds, seconds and instants as text; times without zone are rejected', async () => {
    const file = await read('emoncms-json/synthetic-power.json', { unit: 'W' })
    expect(file.readings.map(({ channel, value }) => [channel, value])).toEqual([
      ['import', 357.9],
      ['import', 238.6],
      ['import', null],
      ['import', 0],
      ['export', 863.67],
      ['import', 71.5],
      ['export', 0],
    ])
    expect(file.readings.at(-1)?.at).toBe(Date.parse('2014-01-02T12:36:00Z'))
    expect(codes(file)).toEqual([
      [undefined, 'value_not_a_number'],
      [undefined, 'row_malformed'],
    ])
    const text = await read('emoncms-json/synthetic-register-iso8601.json', { unit: 'kWh' })
    expect(text.readings.map(({ at, value }) => [new Date(at).toISOString(), value])).toEqual([
      ['2014-01-02T12:35:00.000Z', 1_204_500],
      ['2014-01-02T13:35:00.000Z', 1_204_750],
    ])
    expect(codes(text)).toEqual([[undefined, 'at_without_zone']])
  })

  test('needs its unit, and is not held in memory whatever its length', async () => {
    expect((await read('emoncms-json/synthetic-power.json')).refusal).toBe('unit_missing')
    const long = Buffer.from(`[[1388666100000,1],["${'x'.repeat(100_000)}",2],[1388666110000,3]]`)
    const file = await importFile([long], { unit: 'W' })
    expect(file.readings.map(({ value }) => value)).toEqual([1, 3])
    expect(codes(file)).toEqual([[undefined, 'row_too_long']])
  })
})

describe('Shelly', () => {
  test('the first generation: ten minutes a row, drawn and injected; a last line cut in transfer is rejected', async () => {
    const file = await read('shelly/synthetic-first-generation.csv')
    expect(valueAt(file, '2026-09-03T12:10:00Z')).toBe(0)
    expect(valueAt(file, '2026-09-03T12:10:00Z', 'export')).toBe(300)
    expect(file.readings[0]?.spanS).toBe(600)
    expect(codes(file)).toEqual([[6, 'row_malformed']])
  })

  test('later generations: a minute a row, phases summed', async () => {
    const file = await read('shelly/synthetic-three-phases.csv')
    expect(file.readings.map(({ channel, value, spanS }) => [channel, value, spanS])).toEqual([
      ['import', 1.875, 60],
      ['export', 0, 60],
      ['import', 0.375, 60],
      ['export', 2, 60],
    ])
    expect(codes(file)).toEqual([[4, 'value_not_a_number']])
  })

  test.each(['1.788436800e9', '', '1788436800000'])(
    'a time that is no whole Unix second is rejected: %j',
    async (time) => {
      const text = goldenFile('shelly/synthetic-three-phases.csv').toString()
      const file = await importFile([Buffer.from(text.replace('1788436800', time))])
      expect(codes(file)).toEqual([
        [2, 'at_invalid'],
        [4, 'value_not_a_number'],
      ])
    },
  )
})
