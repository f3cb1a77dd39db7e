import { afterEach, expect, test, vi } from 'vitest'
import { withProgress } from './terminal.ts'

const { isTTY, columns } = process.stderr

afterEach(() => {
  process.stderr.isTTY = isTTY
  process.stderr.columns = columns
  vi.useRealTimers()
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

test.each(['Days', 'a home whose file has a name of more than sixty characters, unet with baselines'])(
  'a bar fits a terminal of 80 columns with its counts, and says how long it takes once something is done: %s',
  async (label) => {
    vi.useFakeTimers()
    const lines: string[] = []
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => lines.push(...String(text).split('\n')) > 0)
    process.stderr.isTTY = true
    process.stderr.columns = 80
    await withProgress(label, 1491, 'days', async (advance) => {
      expect(lines.join('')).toContain('  0%     0/1491 days')
      expect(lines.join('')).not.toContain('left')
      vi.advanceTimersByTime(10_000)
      advance(500)
      vi.advanceTimersByTime(10_000)
      advance(500)
      vi.advanceTimersByTime(1000)
    })
    expect(lines.filter((line) => /^(Days|a home).*67% {2}1000\/1491 days {2}\w+ left$/.test(line))).not.toEqual([])
  },
)
