/**
 * Synthetic neighbours for the demo's comparisons: households simulated from a seed, each day a pure function of
 * (seed, neighbour, day), so that history and live minutes agree. They are named as synthetic wherever they appear.
 *
 * A day is a floor, refrigeration, an evening of light and screens, meals, and cycles of washing and dishes. Powers and
 * energies are those of `energy/reference-appliances.ts` spread by ± 30 % from home to home.
 */
import type { ApplianceKey } from '../../energy/appliances.ts'
import { type CivilDay, dayInterval, minuteMs, type TimeZone } from '../../energy/civil-time.ts'
import type { Onboarding } from '../../energy/household.ts'

export const neighbourCount = 15
export const neighbourDays = 70

/** What a simulated household is like. */
export interface Neighbour {
  readonly seed: number
  readonly accountNumber: string
  readonly pod: string
  readonly onboarding: Onboarding
  readonly floorW: number
  readonly fridgeW: number
  readonly eveningW: number
  readonly washesPerWeek: number
  readonly dishesPerWeek: number
  readonly thrift: number
}

/** The demo's neighbours, the same for the same seed. */
export function neighboursOf(seed: number): Neighbour[] {
  return Array.from({ length: neighbourCount }, (_, index) => neighbourOf(seed * 1000 + index, index + 1))
}

/** Mean power [W] of every minute of one local day of a neighbour. */
export function neighbourDayW(neighbour: Neighbour, day: CivilDay, timeZone: TimeZone): Float64Array {
  const { fromAt, toAt } = dayInterval(day, timeZone)
  const powerW = new Float64Array((toAt - fromAt) / minuteMs)
  const random = randomOf(`${neighbour.seed} ${day}`)
  addFloorAndFridge(powerW, neighbour, random)
  addEvening(powerW, neighbour, random)
  addMeals(powerW, neighbour, random)
  if (random() < neighbour.washesPerWeek / 7) addCycle(powerW, washingCycle(random), 60 * (8 + random() * 10))
  if (random() < neighbour.dishesPerWeek / 7) addCycle(powerW, dishCycle(random), 60 * (19.5 + random() * 2))
  for (let minute = 0; minute < powerW.length; minute++) powerW[minute] = roundTenth(powerW[minute] ?? 0)
  return powerW
}

type Random = () => number

const appliances: readonly ApplianceKey[] = [
  'fridge',
  'washingMachine',
  'dishwasher',
  'kettle',
  'microwave',
  'tv',
  'lighting',
]

function neighbourOf(seed: number, position: number): Neighbour {
  const random = randomOf(`neighbour ${seed}`)
  const spread = (value: number) => value * (0.7 + 0.6 * random())
  const number = String(position).padStart(2, '0')
  return {
    seed,
    accountNumber: `SYNTHETIC-${number}`,
    pod: `IT999E000000${number}`,
    onboarding: {
      house: { type: 'semiDetachedHouse', dimesion: 82 + Math.floor(random() * 38), province: 'MI' },
      residents: { adults: 2, children: 2 },
      appliances: appliances.map((appliance) => ({ appliance, quantity: 1 })),
    },
    floorW: spread(130),
    fridgeW: spread(95),
    eveningW: spread(420),
    washesPerWeek: spread(4),
    dishesPerWeek: spread(5),
    thrift: 0.8 + 0.5 * random(),
  }
}

function addFloorAndFridge(powerW: Float64Array, neighbour: Neighbour, random: Random): void {
  const onMinutes = 14 + random() * 10
  const offMinutes = 22 + random() * 16
  let phase = random() * (onMinutes + offMinutes)
  for (let minute = 0; minute < powerW.length; minute++) {
    const running = phase < onMinutes
    powerW[minute] = neighbour.floorW + (running ? neighbour.fridgeW * (1 + 0.03 * random()) : 0) + 3 * random()
    phase = phase + 1 >= onMinutes + offMinutes ? 0 : phase + 1
  }
}

function addEvening(powerW: Float64Array, neighbour: Neighbour, random: Random): void {
  const from = Math.floor(60 * (17.5 + 1.5 * random()))
  const to = Math.min(powerW.length, Math.floor(60 * (22 + 1.5 * random())))
  const levelW = neighbour.eveningW * neighbour.thrift * (0.7 + 0.6 * random())
  for (let minute = from; minute < to; minute++) add(powerW, minute, levelW * (0.9 + 0.2 * random()))
}

function addMeals(powerW: Float64Array, neighbour: Neighbour, random: Random): void {
  for (const hour of [7, 13, 19.5]) {
    const minute = Math.floor(60 * (hour + random()))
    if (random() < 0.8) block(powerW, minute, 2 + Math.floor(random() * 2), 2000 + 200 * neighbour.thrift)
    if (random() < 0.5) block(powerW, minute + 6, 3 + Math.floor(random() * 4), 1250)
    if (random() < 0.25) block(powerW, minute + 12, 25, 700 * neighbour.thrift)
  }
}

/** Filling, heating while the drum turns, tumbling, two rinses that end in a spin [W per minute]. */
function washingCycle(random: Random): number[] {
  const heating = 12 + Math.floor(random() * 12)
  const drum = (minutes: number, overW = 0) => Array.from({ length: minutes }, () => overW + 40 + 190 * random())
  const rinse = () => [...drum(12), ...level(2, 30), ...drum(4, 150)]
  return [
    ...level(4, 60),
    ...drum(heating, 1950),
    ...drum(28),
    ...rinse(),
    ...rinse(),
    ...drum(6, 280),
    ...level(2, 20),
  ]
}

/** Two heating phases with a wash between and a drain after [W per minute]. */
function dishCycle(random: Random): number[] {
  const heating = 14 + Math.floor(random() * 8)
  return [...level(6, 60), ...level(heating, 1950), ...level(35, 70), ...level(heating - 4, 1950), ...level(20, 25)]
}

function level(minutes: number, powerW: number): number[] {
  return new Array<number>(minutes).fill(powerW)
}

function addCycle(powerW: Float64Array, cycleW: readonly number[], fromMinute: number): void {
  for (const [offset, watts] of cycleW.entries()) add(powerW, Math.floor(fromMinute) + offset, watts)
}

function block(powerW: Float64Array, fromMinute: number, minutes: number, watts: number): void {
  for (let minute = fromMinute; minute < fromMinute + minutes; minute++) add(powerW, minute, watts)
}

/** A cycle that would run past midnight ends with the day: days are simulated one by one. */
function add(powerW: Float64Array, minute: number, watts: number): void {
  if (minute < powerW.length) powerW[minute] = (powerW[minute] ?? 0) + watts
}

function roundTenth(value: number): number {
  return Math.round(value * 10) / 10
}

/** A seeded stream of numbers in [0, 1): FNV-1a of the text into mulberry32 (public-domain constructions). */
export function randomOf(text: string): Random {
  let state = 0x811c9dc5
  for (let index = 0; index < text.length; index++) state = Math.imul(state ^ text.charCodeAt(index), 0x01000193)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
