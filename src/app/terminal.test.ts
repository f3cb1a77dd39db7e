import { afterEach, expect, test, vi } from 'vitest'
import { startProgress } from './terminal.ts'

const { isTTY } = process.stderr

afterEach(() => {
  process.stderr.isTTY = isTTY
  vi.restoreAllMocks()
})

test('a bar on a terminal leaves cursor and line wrap as they are: whatever ends it, nothing has to be put back', () => {
  const writes: string[] = []
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => writes.push(String(text)) > 0)
  process.stderr.isTTY = true
  const progress = startProgress('Loading', 3, 'days')
  progress.advance(1)
  const written = writes.join('')
  progress.stop()
  expect(written).toContain('Loading')
  expect(written).not.toContain('\u001b[?')
})
