/** The house rules that a reader relies on: which room may import which, and that every room says so. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { describe, expect, test } from 'vitest'

const source = resolve(import.meta.dirname, '../../src')
const rooms = readdirSync(source, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))

describe('every room', () => {
  test('is one of the known rooms', () => {
    expect(rooms.toSorted()).toEqual(['api', 'app', 'disaggregate', 'energy', 'ingest', 'insight', 'rollup', 'store'])
  })

  test.each(rooms)('%s imports only the rooms its README allows', (room) => {
    const allowed = allowedImports(room)
    const imports = sourceFiles(join(source, room)).flatMap(importsOf)
    expect(imports.length).toBeGreaterThan(0)
    const offending = imports.filter(({ target }) => target !== room && !allowed.includes(target))
    expect(offending.map(({ file, target }) => `${file} imports ${target}`)).toEqual([])
  })
})

/** The rooms named in the README's line `May import: …`. */
function allowedImports(room: string): string[] {
  const readme = readFileSync(join(source, room, 'README.md'), 'utf8')
  const line = readme.match(/^May import:(.*)$/m)?.[1]
  if (line === undefined) throw new Error(`src/${room}/README.md has no line "May import: …"`)
  return [...line.matchAll(/`([a-z]+)`/g)].flatMap((match) => match[1] ?? [])
}

/** Sources of a room without its tests, which may look into other rooms. */
function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
}

/** The rooms that a file's relative imports point into (its own included). */
function importsOf(file: string): { file: string; target: string }[] {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g)].flatMap((match) => {
    const path = relative(source, resolve(dirname(file), match[1] ?? ''))
    return path.startsWith('..') ? [] : [{ file: relative(source, file), target: path.split(sep)[0] ?? '' }]
  })
}
