import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Inbox } from './inbox.ts'

/** Message ids of the PUBACKs in bytes, of two bytes of header and two of id each (MQTT 3.1.1, 3.4). */
function acknowledgedIn(bytes: Buffer): number[] {
  expect(bytes.length % 4).toBe(0)
  return Array.from({ length: bytes.length / 4 }, (_, index) => {
    expect(bytes.readUInt16BE(index * 4)).toBe(0x4002)
    return bytes.readUInt16BE(index * 4 + 2)
  })
}

test('messages that are taken in at once are acknowledged at once, in the order in which they came', async () => {
  const writes: number[][] = []
  const inbox = new Inbox((bytes) => writes.push(acknowledgedIn(bytes)))
  const first = Promise.withResolvers<void>()
  const unanswered = { messageId: undefined, taken: Promise.resolve() }
  inbox.add({ messageId: 7, taken: first.promise }, () => undefined)
  inbox.add(unanswered, () => undefined)
  inbox.add({ messageId: 9, taken: Promise.resolve() }, () => undefined)
  await setImmediate()
  expect(writes).toEqual([])
  first.resolve()
  await setImmediate()
  expect(writes).toEqual([[7, 9]])
})

test('what is not taken in is not acknowledged, nor is what came after it', async () => {
  const writes: number[][] = []
  const inbox = new Inbox((bytes) => writes.push(acknowledgedIn(bytes)))
  inbox.add({ messageId: 1, taken: Promise.resolve() }, () => undefined)
  inbox.add({ messageId: 2, taken: Promise.reject(new Error('the server stops')) }, () => undefined)
  inbox.add({ messageId: 3, taken: Promise.resolve() }, () => undefined)
  await setImmediate()
  expect(writes).toEqual([[1]])
})

test('a broker that sends without end waits for acknowledgements', async () => {
  let asked = 0
  const open: (() => void)[] = []
  const inbox = new Inbox(() => undefined)
  const add = () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    open.push(resolve)
    inbox.add({ messageId: open.length, taken: promise }, () => asked++)
  }
  while (asked === open.length) add()
  expect(asked).toBe(open.length - 1)
  await setImmediate()
  expect(asked).toBe(open.length - 1)
  open[0]?.()
  await setImmediate()
  expect(asked).toBe(open.length)
})
