/** Devices by topic: what is remembered is bounded, and what is looked up is as well. */
import { expect, test } from 'vitest'
import { topicIndex } from './index.ts'

test('a topic longer than any that a device is registered with is found, and not remembered', () => {
  const index = topicIndex([['meter', ['root/#']]])
  const [short, long] = [`root/${'x'.repeat(251)}`, `root/${'x'.repeat(252)}`]
  expect([index.of(short), index.of(long)]).toEqual([['meter'], ['meter']])
  expect(index.of(short)).toBe(index.of(short))
  expect(index.of(long)).not.toBe(index.of(long))
})

test('a device is found under all of its root, however long, and nowhere else', () => {
  const root = `root/${'x'.repeat(300)}`
  const index = topicIndex([['meter', [`${root}/#`]]])
  for (const topic of [root, `${root}/1`, `${root}/1/2`]) expect(index.of(topic)).toEqual(['meter'])
  for (const topic of ['root', `${root}x`, `${root}x/1`, `x${root}/1`]) expect(index.of(topic)).toEqual([])
})
