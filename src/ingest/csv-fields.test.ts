import { expect, test } from 'vitest'
import { CsvFields } from './csv-fields.ts'

test('a line ends where it ends, whatever stands behind it', () => {
  const line = '"2026-03-09T10:00:00Z","1.5e2"'
  const bytes = Buffer.from(`${line}"",x`)
  const fields = new CsvFields(2)
  expect(fields.split(bytes, 0, line.length)).toBe(true)
  expect([fields.count, fields.text(bytes, 0), fields.text(bytes, 1)]).toEqual([2, '2026-03-09T10:00:00Z', '1.5e2'])
})
