/** An index file is the door of a room or of a part of it: it has the names that others take there, and no more. */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const textOf = (file: string) => readFileSync(join(root, file), 'utf8')

/** The names that are imported, with the file that each comes from. */
const taken = new Set(
  globSync('{src,test,bench}/**/*.ts', { cwd: root }).flatMap((file) =>
    [...textOf(file).matchAll(/^(?:im|ex)port (?:type )?\{([^}]*)\} from '(\.[^']+)'/gm)].flatMap(
      ([, names = '', target = '']) =>
        names.match(/\w+/g)?.map((name) => `${join(dirname(file), target)} ${name}`) ?? [],
    ),
  ),
)

test.each(globSync('src/**/index.ts', { cwd: root }))('every name of %s is imported from it', (door) => {
  const text = textOf(door)
  const listed = [...text.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, names = '']) => names.split(','))
  const declared = [...text.matchAll(/^export (?:async )?\w+\*? (\w+)/gm)].map(([, name]) => name)
  const names = [...listed, ...declared].flatMap((name) => name?.match(/\w+(?=\s*$)/)?.[0] ?? [])
  expect(names).not.toEqual([])
  expect(text).not.toMatch(/^export (?:\*|default)/m)
  expect(names.filter((name) => !taken.has(`${door} ${name}`))).toEqual([])
})
