/**
 * The messages of one connection to a broker that are not acknowledged yet. Some are under way at a time, so that they can
 * share a commit; each is acknowledged when it is taken in, in the order in which they came, as MQTT asks.
 */
import { generate } from 'mqtt-packet'

/** A message as the connection's client hands it over. */
export interface Arriving {
  /** Absent for QoS 0, which is told nothing. */
  readonly messageId: number | undefined
  /** Resolves when the message is durable; rejects where it will not be, and must come again. */
  readonly taken: Promise<void>
}

interface UnderWay {
  readonly messageId: number | undefined
  isTaken: boolean
}

/** Messages under way at most; brokers have windows of their own (Mosquitto: 20). */
const underWayMax = 128

export class Inbox {
  readonly #write: (bytes: Buffer) => void
  readonly #underWay: UnderWay[] = []
  #next: (() => void) | undefined
  #isDue = false

  /** `write` sends bytes over the connection that the messages came by, and over no later one. */
  constructor(write: (bytes: Buffer) => void) {
    this.#write = write
  }

  /** Takes a message on; `next` is called when another one may come. */
  add({ messageId, taken }: Arriving, next: () => void): void {
    const one: UnderWay = { messageId, isTaken: false }
    this.#underWay.push(one)
    taken.then(
      () => {
        one.isTaken = true
        this.#settleSoon()
      },
      // What is not taken in is not acknowledged, nor is what came after it: the broker sends all of it again.
      () => undefined,
    )
    if (this.#underWay.length < underWayMax) next()
    else this.#next = next
  }

  /** A commit takes in many messages: their acknowledgements leave together. */
  #settleSoon(): void {
    if (this.#isDue) return
    this.#isDue = true
    queueMicrotask(() => {
      this.#isDue = false
      this.#settle()
    })
  }

  #settle(): void {
    const waiting = this.#underWay.findIndex(({ isTaken }) => !isTaken)
    const settled = this.#underWay.splice(0, waiting < 0 ? this.#underWay.length : waiting)
    const packets = settled.flatMap(({ messageId }) =>
      messageId === undefined ? [] : [generate({ cmd: 'puback', messageId })],
    )
    if (packets.length > 0) this.#write(Buffer.concat(packets))
    const next = this.#next
    if (next === undefined || this.#underWay.length >= underWayMax) return
    this.#next = undefined
    next()
  }
}
