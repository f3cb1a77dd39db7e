import { expect, test } from 'vitest'
import { readInstant, readInstantText } from './instant.ts'

test('an instant ends where it ends, whatever stands behind it', () => {
  const bytes = Buffer.from('2026-03-09T10:00:30Z')
  const minuteEnd = '2026-03-09T10:00'.length
  expect(readInstant(bytes, 0, minuteEnd, 0)).toBe(Date.UTC(2026, 2, 9, 10))
  expect(readInstant(bytes, 0, minuteEnd)).toBe('at_without_zone')
})

test('what was read before leaves nothing behind', () => {
  expect(readInstantText('2026-03-09T10:00:30Z')).toBe(Date.UTC(2026, 2, 9, 10, 0, 30))
  expect(readInstantText('2026-03-09T10:00')).toBe('at_without_zone')
})
