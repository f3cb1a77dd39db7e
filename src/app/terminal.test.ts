import { afterEach, expect, test, vi } from 'vitest'
import { withProgress } from './terminal.ts'

const { isTTY } = process.stderr

afterEach(() => {
  process.stderr.isTTY = isTTY
  vi.restoreAllMocks()
})

test('a bar on a terminal leaves cursor and line wrap as they are: whatever ends it, nothing has to be put back', async () => {
  const writes: string[] = []
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => writes.push(String(text)) > 0)
  process.stderr.isTTY = true
  const written = await withProgress('Loading', 3, 'days', async (advance) => {
    advance(1)
    return writes.join('')
  })
  expect(written).toContain('Loading')
  expect(written).not.toContain('\u001b[?')
})

test('a bar fits a terminal of 80 columns, and says how long it takes once something is done', async () => {
  const lines: string[] = []
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => lines.push(...String(text).split('\n')) > 0)
  process.stderr.isTTY = true
  const label = 'home-1, a baseline of long name'
  await withProgress(label, 1491, 'days', async (advance) => {
    expect(lines.join('')).toContain('  0%     0/1491 days')
    advance(1491)
  })
  expect(lines.filter((line) => line.startsWith(label) && line.length <= 80)).not.toEqual([])
  expect(lines.filter((line) => line.length > 80)).toEqual([])
  expect(lines.join('')).toContain('100%  1491/1491 days')
  expect(lines.join('')).not.toContain('0s left')
})
