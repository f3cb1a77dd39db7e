/** The table of settings in the documentation has what the code reads. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { settingNames } from '../../src/app/setting-names.ts'

const docs = readFileSync(new URL('../../docs/settings.md', import.meta.url), 'utf8')
const app = new URL('../../src/app/', import.meta.url)

/** Names of settings in the code; `configuration.ts` and what it calls write each between quotes. */
function namesRead(): string[] {
  const files = readdirSync(app).filter((name) => /\.ts$/.test(name) && !/\.test\.ts$|^setting-names\.ts$/.test(name))
  const texts = files.map((name) => readFileSync(new URL(name, app), 'utf8'))
  const names = texts.flatMap((text) => [...text.matchAll(/'((?:LOADLENS|DATABASE)_[A-Z0-9_]+)'/g)])
  return [...new Set(names.map(([, name = '']) => name))]
}

test('docs/settings.md has every setting that is read, and no other', () => {
  const table = docs.split('\n## ')[0] ?? ''
  const cells = [...table.matchAll(/^\| (`[A-Z].*?) \|/gm)].map(([, cell = '']) => cell)
  const documented = cells.flatMap((cell) => cell.split(', ').map((name) => name.replaceAll('`', '')))
  expect(documented.toSorted()).toEqual(namesRead().toSorted())
})

test('every setting that is read is known as one, and no other', () => {
  expect([...settingNames].toSorted()).toEqual(namesRead().toSorted())
})
