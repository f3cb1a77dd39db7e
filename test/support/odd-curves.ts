/** Load curves as homes and meters really send them: recorded and synthetic days, and everything that can be wrong with them. */
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { readMinutesFile } from '../../src/app/minutes-file.ts'
import { type ApplianceKey, applianceKeys } from '../../src/energy/appliances.ts'
import { addDays, type CivilDay, dayInterval } from '../../src/energy/civil-time.ts'
import { type Household, householdOf } from '../../src/energy/household.ts'
import type { DayCurve, SlotS } from '../../src/energy/load-curve.ts'
import { inQuarters } from '../../src/energy/quarter-hours.ts'
import { throughChain2 } from './chain2-meter.ts'

const timeZone = 'Europe/Rome'
export const slotLengths: readonly SlotS[] = [60, 900]

const file = fileURLToPath(new URL('../../data/homes/home-1.csv.gz', import.meta.url))
/** Every local day of home-1, in minutes; the clock changes on 2013-10-27, 2014-03-30 and 2014-10-26. */
export const recordedDays: readonly DayCurve[] = (await readMinutesFile(file, timeZone)).days

/** The same days at a resolution. */
export function at(slotS: SlotS, days: readonly DayCurve[]): DayCurve[] {
  return slotS === 60 ? [...days] : days.map(inQuarters)
}

/** Days of minutes whose power is a function of the minute since the first of them. */
export function daysOfW(first: CivilDay, count: number, powerOf: (minute: number) => number): DayCurve[] {
  let minute = 0
  return Array.from({ length: count }, (_, index) => {
    const day = addDays(first, index)
    const { fromAt, toAt } = dayInterval(day, timeZone)
    const slots = (toAt - fromAt) / 60_000
    const powerW = Float64Array.from({ length: slots }, () => Math.max(0, powerOf(minute++)))
    return { day, startAt: fromAt, slotS: 60, powerW, measured: new Uint8Array(slots).fill(1) }
  })
}

/** Takes slots out of a day. */
export function without(day: DayCurve, isLost: (slot: number) => boolean): DayCurve {
  const measured = Uint8Array.from(day.measured, (flag, slot) => (isLost(slot) ? 0 : flag))
  return { ...day, measured, powerW: day.powerW.map((powerW, slot) => (measured[slot] === 1 ? powerW : 0)) }
}

/** A day as it is known when `share` of it is over. */
export function until(day: DayCurve, share: number): DayCurve {
  return without(day, (slot) => slot >= Math.round(share * day.powerW.length))
}

/** A day of which nothing is read yet: until its first reading its slots are quarter-hours. */
export function unread(day: DayCurve): DayCurve {
  return without(day.slotS === 60 ? inQuarters(day) : day, () => true)
}

type Distortion = (day: DayCurve, index: number) => DayCurve

const watts =
  (change: (powerW: number, slot: number, slots: number) => number): Distortion =>
  (day) => {
    const change1 = (powerW: number, slot: number) => Math.max(0, change(powerW, slot, day.powerW.length))
    return { ...day, powerW: day.powerW.map((powerW, slot) => (day.measured[slot] === 1 ? change1(powerW, slot) : 0)) }
  }

/** The sun of a roof over a day, 0–1. */
const sun = (slot: number, slots: number) => Math.max(0, Math.sin(Math.PI * ((slot / slots) * 2 - 0.5)))
const noise = (slot: number, seed: number) => (((slot + 1) * 7919 * (seed + 1)) % 1009) / 1009 - 0.5

/** What meters and homes do to a curve. */
const distortions: fc.Arbitrary<Distortion> = fc.oneof(
  fc.constantFrom(1000, 3000, 6000).map((mostW) => watts((powerW) => Math.min(powerW, mostW))),
  fc.constantFrom(1, 50, 100, 300).map((stepW) => watts((powerW) => Math.round(powerW / stepW) * stepW)),
  fc.integer({ min: 1, max: 2000 }).map((spreadW) => watts((powerW, slot) => powerW + spreadW * noise(slot, spreadW))),
  fc.constantFrom(1000, 4000).map((peakW) => watts((powerW, slot, slots) => powerW - peakW * sun(slot, slots))),
  fc.constantFrom(0, 0.01, 12).map((factor) => watts((powerW) => powerW * factor)),
  fc.integer({ min: 0, max: 20_000 }).map((flatW) => watts(() => flatW)),
  fc.tuple(fc.nat(23), fc.integer({ min: 1, max: 12 })).map(([hour, hours]): Distortion => {
    const isLost = (slot: number, slots: number) => slot >= (hour / 24) * slots && slot < ((hour + hours) / 24) * slots
    return (day) => without(day, (slot) => isLost(slot, day.powerW.length))
  }),
  fc.integer({ min: 2, max: 9 }).map(
    (every): Distortion =>
      (day) =>
        without(day, (slot) => slot % every === 0),
  ),
  fc.uniqueArray(fc.nat(8), { maxLength: 8 }).map(
    (lost): Distortion =>
      (day, index) =>
        lost.includes(index) ? without(day, () => true) : day,
  ),
  fc.uniqueArray(fc.nat(8), { maxLength: 8 }).map(
    (coarse): Distortion =>
      (day, index) =>
        coarse.includes(index) && day.slotS === 60 ? inQuarters(day) : day,
  ),
  fc.uniqueArray(fc.nat(8), { minLength: 1, maxLength: 9 }).map(
    (heard): Distortion =>
      (day, index) =>
        heard.includes(index) && day.slotS === 60 ? throughChain2(day) : day,
  ),
)

/** Days of a home, up to nine of them unless so many are asked for. */
const plainDays = (least = 1, most = 9): fc.Arbitrary<DayCurve[]> =>
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.nat(recordedDays.length - most), fc.integer({ min: least, max: most }))
        .map(([first, count]) => recordedDays.slice(first, first + count)),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(
          fc.constantFrom('2025-03-27', '2025-10-23', '2025-07-01'),
          fc.integer({ min: least, max: Math.max(6, least) }),
          fc.nat(3),
        )
        .map(([first, count, kind]) => daysOfW(first as CivilDay, count, syntheticKinds[kind] ?? (() => 0))),
    },
  )

const syntheticKinds: readonly ((minute: number) => number)[] = [
  () => 80,
  (minute) => 60 + (minute % 45 < 18 ? 95 : 0),
  (minute) => 3000 * Math.abs(noise(minute, 5)),
  (minute) => (minute % 311 < 60 ? 2200 : 120) + (minute % 97 < 3 ? 2600 : 0),
]

const withWrongs = (plain: fc.Arbitrary<DayCurve[]>, wrong: fc.Arbitrary<Distortion>): fc.Arbitrary<DayCurve[]> =>
  fc
    .tuple(plain, fc.constantFrom(...slotLengths), fc.array(wrong, { maxLength: 3 }))
    .map(([days, slotS, wrongs]) =>
      at(slotS, days).map((day, index) => wrongs.reduce((changed, wrong) => wrong(changed, index), day)),
    )

/** Days with up to three things wrong with them, at either resolution. */
export const oddDays = withWrongs(plainDays(), distortions)

/** A reading that stands for so many minutes, on some days; on others the home draws next to the same all day. */
const coarseDays: fc.Arbitrary<Distortion> = fc
  .tuple(
    fc.constantFrom(5, 15, 30),
    fc.uniqueArray(fc.nat(11), { maxLength: 8 }),
    fc.uniqueArray(fc.nat(11), { maxLength: 5 }),
  )
  .map(
    ([minutes, held, still]): Distortion =>
      (day, index) => {
        if (still.includes(index))
          return { ...day, powerW: day.powerW.map((_, slot) => (day.measured[slot] === 1 ? 300 : 0)) }
        if (day.slotS !== 60 || !held.includes(index)) return day
        return { ...day, powerW: day.powerW.map((_, slot) => day.powerW[slot - (slot % minutes)] ?? 0) }
      },
  )

/** More days than a day's context has, with up to three things wrong with them: some repeat coarse readings. */
export const oddWeeks = withWrongs(plainDays(10, 12), fc.oneof(distortions, coarseDays, coarseDays))

/** Any declaration, the default one among them; several of a kind as well. */
export const households: fc.Arbitrary<Household> = fc
  .uniqueArray(
    fc.record({
      appliance: fc.constantFrom<ApplianceKey>(...applianceKeys),
      quantity: fc.constantFrom(1, 1, 1, 2, 3, 20),
    }),
    { selector: ({ appliance }) => appliance, maxLength: 12 },
  )
  .map((appliances) => householdOf({ appliances }))

/** A home with everything. */
export const fullHouse: Household = householdOf({
  appliances: applianceKeys.map((appliance) => ({ appliance, quantity: 1 })),
})
