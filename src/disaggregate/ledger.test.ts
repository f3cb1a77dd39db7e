import { expect, test } from 'vitest'
import { noteRun, openLedger } from './ledger.ts'

function runsNoted(appliance: 'washerDryer' | 'washingMachine', unmeasured: readonly number[] = []) {
  const [powerW, measured] = [new Float64Array(1440).fill(100), new Uint8Array(1440).fill(1)]
  for (const slot of unmeasured) measured[slot] = 0
  const ledger = openLedger({ startAt: 0, slotS: 60, powerW, measured, midnight: 1440 }, [appliance])
  for (const [head, start, stop] of [
    ['washingMachine', 100, 190],
    ['tumbleDryer', 200, 260],
    ['washingMachine', 250, 270],
    ['tumbleDryer', 300, 400],
  ] as const)
    noteRun(ledger, { appliance, head, start, stop, energyWh: stop - start })
  return ledger.runs.map(({ start, stop, energyWh }) => [start, stop, energyWh])
}

test('a washer-dryer that dries what it has washed has run once, two washes are two', () => {
  expect(runsNoted('washerDryer')).toEqual([
    [100, 270, 170],
    [300, 400, 100],
  ])
  expect(runsNoted('washingMachine')).toHaveLength(4)
  // Half an hour between, of which a quarter of an hour was not measured.
  const lost = Array.from({ length: 15 }, (_, place) => 275 + place)
  expect(runsNoted('washerDryer', lost)).toEqual([[100, 400, 270]])
})
