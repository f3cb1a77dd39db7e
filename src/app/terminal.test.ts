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
