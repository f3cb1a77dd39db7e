/** Rows of CSV are read from bytes in a quick way; it says the same as the general reader, whatever stands in them. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutInto, importFile, only } from '../support/import-file.ts'

const digits = fc.integer({ min: 0, max: 99 }).map((number) => String(number).padStart(2, '0'))
const clock = fc.tuple(fc.constantFrom('00', '09', '23', '24', '2x'), digits, digits).map((parts) => parts.join(':'))
const instant = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .date({ min: new Date('1999-12-30'), max: new Date('2026-11-26'), noInvalidDate: true })
      .map((date) => date.toISOString()),
  },
  fc
    .date({ min: new Date('2026-01-01'), max: new Date('2026-01-03'), noInvalidDate: true })
    .map((date) => date.toISOString().replace(/\.\d+/, '')),
  fc
    .tuple(
      fc.constantFrom('2026-02-28', '2026-02-29', '2026-1-1'),
      clock,
      fc.constantFrom('Z', 'z', '+01:00', '.5Z', '.1234Z', ''),
    )
    .map(([day, time, zone]) => `${day}T${time}${zone}`),
)
const value = fc.oneof(
  { weight: 3, arbitrary: fc.double({ min: 0, max: 100_001, noNaN: true, noDefaultInfinity: true }).map(String) },
  fc.integer({ min: -2, max: 100_001 }).map(String),
  fc.constantFrom(
    '',
    'null',
    '00',
    '007',
    '0',
    '-0',
    '5.',
    '.5',
    '1e2',
    '0.1234567890123456',
    '12345678901234567',
    ' 5',
    '5 ',
    '1,5',
    'NaN',
    '100000',
    '100000.0',
  ),
)
const header = fc.constantFrom(
  ['at', 'power_w'],
  ['at', 'energy_wh'],
  ['at', 'register_wh'],
  ['at', 'power_w', 'energy_wh_export'],
)

test('a row reads the same whether its instant is quoted or not, and however its bytes are cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      header,
      fc.array(fc.tuple(instant, fc.array(value, { minLength: 2, maxLength: 2 }), fc.constantFrom('\n', '\r\n')), {
        minLength: 1,
        maxLength: 40,
      }),
      fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 8 }),
      async (names, rows, lengths) => {
        const text = (quote: string) =>
          `${names.join(',')}\n${rows.map(([at, values, end]) => `${quote}${at}${quote},${values.slice(0, names.length - 1).join(',')}${end}`).join('')}`
        const quoted = await importFile([Buffer.from(text('"'))], {}, only('csv'))
        const plain = Buffer.from(text(''))
        expect(await importFile([plain], {}, only('csv'))).toEqual(quoted)
        expect(await importFile(cutInto(plain, lengths), {}, only('csv'))).toEqual(quoted)
      },
    ),
    { numRuns: 300 },
  )
})
