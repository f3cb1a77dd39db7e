/**
 * What a network of quarter-hours says of a session of minutes: of what these show too sparsely for a network of minutes (`sparse-power.ts`).
 */
import { minuteMs } from '../energy/civil-time.ts'
import type { DayCurve } from '../energy/load-curve.ts'
import { inQuarters, minutesPerQuarter } from '../energy/quarter-hours.ts'
import type { Network } from './network.ts'
import type { Session } from './session.ts'
import { type Look, lookAt, windowOf } from './windows.ts'

const quarterMs = minutesPerQuarter * minuteMs

/** How many minutes after the start of its first quarter-hour a session begins. */
function leadOf({ startAt }: Session): number {
  return (startAt % quarterMs) / minuteMs
}

/**
 * Of those sessions whose power is sparse, what a network of quarter-hours says in their minutes.
 * @param days the days around them, as windows show those before a session's own
 * @param first the day in which a session of place 0 begins
 */
export async function quarterLooksOf(
  network: Network | undefined,
  days: readonly DayCurve[],
  sessions: readonly { readonly session: Session; readonly place: number }[],
  first: number,
): Promise<ReadonlyMap<Session, Look>> {
  const sparse = sessions.filter(({ session }) => session.hasSparsePower === true)
  if (network === undefined || sparse.length === 0) return new Map()
  const quarters = days.map((day) => (day.slotS === 60 ? inQuarters(day) : day))
  const windows = sparse.map(({ session, place }) =>
    windowOf({ startAt: session.startAt - leadOf(session) * minuteMs, slotS: 900 }, quarters, first + place),
  )
  const looks = await lookAt(network, windows)
  const minutes = sparse.flatMap(({ session }, at) => {
    const look = looks[at]
    return look === undefined ? [] : [[session, inMinutes(look, leadOf(session))] as const]
  })
  return new Map(minutes)
}

/** A look in quarter-hours as one in minutes, of which the first lies so many after the start of the first quarter-hour. */
function inMinutes(look: Look, lead: number): Look {
  return (output) => {
    const said = look(output)
    const minutes = said.length * minutesPerQuarter - lead
    return Float32Array.from(
      { length: minutes },
      (_, minute) => said[Math.floor((minute + lead) / minutesPerQuarter)] ?? 0,
    )
  }
}

/** Mean powers of quarter-hours, said minute by minute of a session, as the meter shows them: in each measured minute by its share of the quarter-hour's [W]. */
export function asTheMeterShows(meansW: Float32Array, session: Session): Float32Array {
  const shownW = meansW.slice()
  for (let from = -leadOf(session); from < shownW.length; from += minutesPerQuarter) {
    const [first, end] = [Math.max(0, from), from + minutesPerQuarter]
    const quarterW = session.powerW.subarray(first, end)
    const measuredMinutes = session.measured.subarray(first, end).reduce((minutes, flag) => minutes + flag, 0)
    const meanW = quarterW.reduce((sumW, powerW) => sumW + powerW, 0) / measuredMinutes
    for (const [minute, powerW] of quarterW.entries()) {
      const slot = first + minute
      shownW[slot] = powerW === 0 ? 0 : ((shownW[slot] ?? 0) * powerW) / meanW
    }
  }
  return shownW
}
