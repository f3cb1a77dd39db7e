import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { minuteMs } from '../../energy/civil-time.ts'
import { readSubMeteredHome } from './sub-metered-home.ts'

test('a home with two fridges has the cycles of each, also where they overlap, and the power of both', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'loadlens-two-fridges-'))
  try {
    const midnight = Date.parse('2025-03-03T00:00Z')
    const rows = Array.from({ length: 1440 }, (_, minute) => {
      const [one, other] = [minute % 60 < 20 ? 100 : 0, minute % 60 >= 10 && minute % 60 < 30 ? 80 : 0]
      return `${new Date(midnight + minute * minuteMs).toISOString()},${200 + one + other},${one},${other}`
    })
    const file = join(folder, 'two.csv')
    await writeFile(file, ['utc,aggregate_w,fridge,fridgeFreezer', ...rows].join('\n'))
    const home = await readSubMeteredHome(file, 'UTC', 60)
    if (!('days' in home)) throw new Error(home.reason)
    expect(home.household.appliances.get('fridge')).toBe(2)
    const [{ runs, powerW } = { runs: [], powerW: [] }] = home.subMeters
    expect(runs).toHaveLength(48)
    expect(runs.slice(0, 3).map(({ startAt }) => (startAt - midnight) / minuteMs)).toEqual([0, 10, 60])
    expect(powerW.slice(8, 32)).toEqual(
      Float32Array.from({ length: 24 }, (_, at) => (at < 2 ? 100 : at < 12 ? 180 : at < 22 ? 80 : 0)),
    )
  } finally {
    await rm(folder, { recursive: true })
  }
})

test.each([60, 900] as const)(
  'a sub-meter that measured in no slot of %i s is named, not scored, and not said to be there',
  async (slotS) => {
    const folder = await mkdtemp(join(tmpdir(), 'loadlens-dead-meter-'))
    try {
      const rows = Array.from({ length: 1440 }, (_, minute) => {
        return `${new Date(Date.parse('2025-03-03T00:00Z') + minute * minuteMs).toISOString()},200,${minute < 60 ? 100 : 0},${slotS === 900 && minute % 3 === 0 ? 500 : ''}`
      })
      const file = join(folder, 'dead.csv')
      await writeFile(file, ['utc,aggregate_w,iron,oven', ...rows].join('\n'))
      const home = await readSubMeteredHome(file, 'UTC', slotS)
      if (!('days' in home)) throw new Error(home.reason)
      expect([home.subMeters.map(({ appliance }) => appliance), home.unmeasured]).toEqual([['iron'], ['oven']])
      expect([home.household.appliances.has('iron'), home.household.appliances.has('oven')]).toEqual([true, false])
    } finally {
      await rm(folder, { recursive: true })
    }
  },
)

test('a minute counts where the total and the sub-meter were both measured; a home is said to have what was measured, and a fridge', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'loadlens-both-meters-'))
  try {
    const cells = ['500,300', ',300', '500,', '500,0']
    const rows = Array.from({ length: 1440 }, (_, minute) => {
      return `${new Date(Date.parse('2025-03-03T00:00Z') + minute * minuteMs).toISOString()},${cells[minute % 4]}`
    })
    const file = join(folder, 'gaps.csv')
    await writeFile(file, ['utc,aggregate_w,oven', ...rows].join('\n'))
    const home = await readSubMeteredHome(file, 'UTC', 60)
    if (!('days' in home)) throw new Error(home.reason)
    const [oven] = home.subMeters
    expect(oven?.mask.slice(0, 4)).toEqual(Uint8Array.of(1, 0, 0, 1))
    expect(oven?.lackedMinutes.slice(0, 4)).toEqual(Uint8Array.of(0, 0, 1, 0))
    expect(oven?.powerW.slice(0, 4)).toEqual(Float32Array.of(300, 0, 0, 0))
    expect(oven?.shareOfMeter).toBeCloseTo(0.3)
    expect([...home.household.appliances].filter(([appliance]) => ['oven', 'fridge'].includes(appliance))).toEqual([
      ['fridge', 1],
      ['oven', 1],
    ])
  } finally {
    await rm(folder, { recursive: true })
  }
})
