import { expect, test } from 'vitest'
import { PointTally, reportedPointsMax } from './point-tally.ts'

const pods = Array.from({ length: reportedPointsMax }, (_, one) => `P${one}`)

test('as many PODs as a report names are all named with all their rows, those that were rejected first too', () => {
  const tally = new PointTally()
  for (const pod of pods) tally.add(pod, 'rejected')
  for (const pod of pods) for (let row = 0; row < 2; row++) tally.add(pod, 'accepted', 'one')
  const report = { account_number: 'one', accepted: 2, duplicates: 0, replaced: 0, rejected_count: 1 }
  expect(tally.reports()).toEqual(pods.map((pod) => ({ pod, ...report })))
})

test('a full report has no further POD, and every further account of those that it names', () => {
  const tally = new PointTally()
  for (const pod of pods) tally.add(pod, 'accepted', 'one')
  tally.add('another', 'accepted', 'one')
  tally.add('P0', 'replaced', 'two')
  const reports = tally.reports()
  expect(reports).toHaveLength(pods.length + 1)
  expect(reports[1]).toEqual({
    pod: 'P0',
    account_number: 'two',
    accepted: 0,
    duplicates: 0,
    replaced: 1,
    rejected_count: 0,
  })
})
