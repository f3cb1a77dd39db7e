/** Standby on a real home: it stays what it is from week to week, and quarter-hours say the same as minutes, whatever the meter. */
import { mean } from 'simple-statistics'
import { beforeAll, describe, expect, test } from 'vitest'
import { randomOf } from '../../src/app/demo/neighbours.ts'
import { disaggregateDays } from '../../src/app/disaggregate-days.ts'
import { openDisaggregator } from '../../src/app/networks.ts'
import type { DayCurve, SlotS } from '../../src/energy/load-curve.ts'
import { at, fullHouse, recordedDays, slotLengths } from '../support/odd-curves.ts'

/** 44 weeks of home-1 that begin a month after a long hole in its recording. */
const [first, weeks] = [180, 44]
const recorded = recordedDays.slice(first, first + 7 * weeks)
const disaggregator = await openDisaggregator()
/** Mean standby of each week [W]. */
const weekly = new Map<SlotS, number[]>()

beforeAll(async () => {
  for (const slotS of slotLengths) weekly.set(slotS, await weeklyW(at(slotS, recorded)))
}, 120_000)

/** Mean standby of each week [W]; a week that was measured for less than half is left out. */
async function weeklyW(days: readonly DayCurve[]): Promise<number[]> {
  const results = await disaggregateDays(disaggregator, { household: fullHouse, days })
  const meansW: number[] = []
  for (let monday = 0; monday < days.length; monday += 7) {
    let [sumW, measuredS, slots] = [0, 0, 0]
    for (const [place, { measured, slotS }] of days.slice(monday, monday + 7).entries()) {
      const standby = results[monday + place]?.columns.get('standby') ?? []
      for (const [slot, flag] of measured.entries()) {
        if (flag !== 1) continue
        sumW += standby[slot] ?? 0
        measuredS += slotS
        slots += 1
      }
    }
    if (measuredS > 3.5 * 86_400) meansW.push(sumW / slots)
  }
  return meansW
}

/** Noise of a spread, drawn from the normal distribution. */
function noisy(spreadW: number): (powerW: number) => number {
  const random = randomOf(`noise of ${spreadW} W`)
  return (powerW) =>
    Math.max(0, powerW + spreadW * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()))
}

/** A register's pulses of so much energy, counted in each minute. */
function inPulses(pulseWh: number, lessW = 0): (powerW: number) => number {
  let restWh = 0
  return (powerW) => {
    restWh += Math.max(0, powerW - lessW) / 60
    const pulses = Math.floor(restWh / pulseWh)
    restWh -= pulses * pulseWh
    return pulses * pulseWh * 60
  }
}

/** Days as another meter shows them. */
function shownBy(meter: (powerW: number) => number, days: readonly DayCurve[]): DayCurve[] {
  return days.map(({ powerW, measured, ...day }) => ({
    ...day,
    measured,
    powerW: powerW.map((hereW, slot) => (measured[slot] === 1 ? meter(hereW) : 0)),
  }))
}

const middle = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

describe('standby', () => {
  test.each(slotLengths)('in slots of %i s changes by less than a tenth in most weeks', (slotS) => {
    const meansW = weekly.get(slotS) ?? []
    expect(meansW.length).toBeGreaterThan(35)
    const changes = meansW.slice(1).map((meanW, before) => Math.abs(meanW / (meansW[before] ?? 0) - 1))
    expect(middle(changes)).toBeLessThan(0.1)
  })

  test('is the same from minutes and from quarter-hours, within a twentieth in most weeks', () => {
    const [minutes = [], quarters = []] = slotLengths.map((slotS) => weekly.get(slotS) ?? [])
    expect(quarters).toHaveLength(minutes.length)
    expect(middle(minutes.map((meanW, week) => Math.abs((quarters[week] ?? 0) / meanW - 1)))).toBeLessThan(0.05)
  })

  test.each([
    ['with noise of 10 W', noisy(10)],
    ['with noise of 30 W', noisy(30)],
    ['with noise of 50 W', noisy(50)],
    ['in pulses of 1 Wh', inPulses(1)],
    ['in pulses of 2 Wh', inPulses(2)],
    ['in pulses of 1 Wh, of a home that draws 20 W less', inPulses(1, 20)],
  ])('from minutes %s is that of their quarter-hours, within some watts', async (_name, meter) => {
    const days = shownBy(meter, recorded.slice(0, 7 * 12))
    const [minutes, quarters] = [await weeklyW(days), await weeklyW(at(900, days))]
    expect(minutes.length).toBeGreaterThan(8)
    expect(quarters).toHaveLength(minutes.length)
    const apartW = quarters.map((quartersW, week) => Math.abs((minutes[week] ?? 0) - quartersW))
    expect(mean(apartW)).toBeLessThan(5)
  })
})
