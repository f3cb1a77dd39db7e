import { expect, test } from 'vitest'
import { RowCollector, Waiting } from './row-collector.ts'

test('what waits has a segment more than rows at most, whatever points a body names', () => {
  const waiting = new Waiting()
  waiting.begin(undefined)
  const nameBoth = () => {
    for (let turn = 0; turn < 1000; turn++) waiting.beginPoint(turn % 2 === 0 ? 'IT001E12345678' : 'IT001E87654321')
  }
  nameBoth()
  expect(waiting.segments).toEqual([{ point: 'IT001E87654321', firstReading: 0, firstRow: 0 }])
  waiting.rows.push(1, 1, 0)
  nameBoth()
  expect(waiting.segments.map(({ firstRow }) => firstRow)).toEqual([0, 1])
})

test('rows go to the point that was named last before them, and bad rows count for theirs, where they name one', async () => {
  const rows = new RowCollector()
  const row = (pod: string, energyWh?: number) => {
    if (pod !== '?') rows.point(pod)
    if (pod === '?') return rows.rejectUnnamed('pod_invalid', () => pod)
    if (energyWh === undefined) return rows.reject('value_not_a_number', () => pod)
    rows.add({
      at: 0,
      kind: 'energy',
      channel: 'import',
      value: energyWh,
      spanS: 900,
      quality: 'measured',
      source: 'import',
    })
    rows.closeRow()
  }
  for (const [pod, energyWh] of [['a', 1], ['b'], ['a', 2], ['?'], ['b'], ['c'], ['b', 3]] as const) row(pod, energyWh)
  const written: unknown[] = []
  await rows.commit(async ({ value }, point) => {
    written.push([point, [...value]])
    return { outcomes: new Uint8Array(value.length) }
  })
  expect(written).toEqual([
    ['a', [1]],
    ['a', [2]],
    ['b', [3]],
  ])
  expect(rows.report().pods?.map(({ pod, accepted, rejected_count }) => [pod, accepted, rejected_count])).toEqual([
    ['b', 1, 2],
    ['c', 0, 1],
    ['a', 2, 0],
  ])
  expect(rows.report().rejected_count).toBe(4)
})
