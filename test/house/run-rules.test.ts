/** The table of run rules in docs/evaluate.md is the one the code has. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { runRules } from '../../src/disaggregate/run-rules.ts'

test('docs/evaluate.md lists every run rule as it is', () => {
  const page = readFileSync(new URL('../../docs/evaluate.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| ([a-zA-Z, ()]+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$/gm)]
  const listed = rows.flatMap(([, names = '', ...numbers]) => {
    const [onW, pauseS, minWh, toleranceS] = numbers.map(Number)
    const keys = names.replace(/\(.*\)/, '').split(',')
    return keys.map((key) => [key.trim(), { onW, pauseS, minWh, toleranceS }] as const)
  })
  expect(Object.fromEntries(listed)).toEqual(runRules)
})
