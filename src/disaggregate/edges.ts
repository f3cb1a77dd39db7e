/**
 * Edges: where the load steps up or down.
 *
 * The oldest idea of load monitoring (G. W. Hart, "Nonintrusive appliance load monitoring", Proc. IEEE 80(12), 1992,
 * doi:10.1109/5.192069): switching an appliance shows as a step of its power. With means over a minute a step falls into
 * one difference, or is shared by two when it happens within the minute; the share tells when in the minute it was.
 */

/** A step of the load. */
export interface Edge {
  /** The first slot whose power differs from the one before. */
  readonly slot: number
  /** Slots over which the step is spread: 1 or 2. */
  readonly span: 1 | 2
  /** Size of the step [W]; negative when something went off. */
  readonly deltaW: number
  /** Share of the step that the first of its slots shows, 0–1; 1 when it falls on the slot's start. */
  readonly firstShare: number
}

/**
 * All steps of at least `minW` [W] between measured neighbours, in order of time.
 *
 * @param powerW mean power per slot [W]
 * @param measured 1 where measured
 */
export function findEdges(powerW: Float64Array, measured: Uint8Array, minW: number): Edge[] {
  const edges: Edge[] = []
  let slot = 1
  while (slot < powerW.length) {
    const firstW = differenceW(powerW, measured, slot)
    const secondW = continuationW(powerW, measured, slot, firstW)
    const deltaW = firstW + secondW
    if (Math.abs(deltaW) < minW || isForerunner(firstW, secondW)) {
      slot += 1
      continue
    }
    const span = secondW === 0 ? 1 : 2
    edges.push({ slot, span, deltaW, firstShare: firstW / deltaW })
    slot += span
  }
  return edges
}

function differenceW(powerW: Float64Array, measured: Uint8Array, slot: number): number {
  if (measured[slot] !== 1 || measured[slot - 1] !== 1) return 0
  return (powerW[slot] ?? 0) - (powerW[slot - 1] ?? 0)
}

/** The part of the step that shows one slot later: a difference of the same sign, large enough not to be noise. */
function continuationW(powerW: Float64Array, measured: Uint8Array, slot: number, firstW: number): number {
  if (slot + 1 >= powerW.length) return 0
  const nextW = differenceW(powerW, measured, slot + 1)
  if (nextW * firstW <= 0) return 0
  return Math.abs(nextW) >= 0.03 * Math.abs(firstW) ? nextW : 0
}

/** A difference so small beside the next that the step must begin with the next one. */
function isForerunner(firstW: number, secondW: number): boolean {
  return Math.abs(secondW) > 12 * Math.abs(firstW)
}
