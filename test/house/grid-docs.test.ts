/** The table of refused hours in the documentation is the one in the code. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { gridSources } from '../../src/energy/grid-hours.ts'
import { hourRejections } from '../../src/ingest/grid/index.ts'

const docs = readFileSync(new URL('../../docs/greenness.md', import.meta.url), 'utf8')

/** First cells of the table rows under a heading. */
function rowsUnder(heading: string): string[] {
  const section = docs.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
  return [...section.matchAll(/^\| `([a-z_-]+)` \|/gm)].flatMap((match) => match[1] ?? [])
}

test('docs/greenness.md names every reason for refusing an hour, and no other', () => {
  expect(rowsUnder('What is refused').sort()).toEqual(Object.keys(hourRejections).sort())
})

test('docs/greenness.md names every source, in the order in which they count', () => {
  expect(rowsUnder('Sources')).toEqual([...gridSources])
})
