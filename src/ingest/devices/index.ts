/** What other rooms use of what live meters say. */
export { isClockWrong, isReservedRoot, mayTellOld } from './adapter.ts'
export {
  blankMemory,
  type DeviceMemory,
  type LiveDevice,
  type ReceivedMessage,
  type Settled,
  settleMessage,
  sharesMemory,
} from './device-readings.ts'
export { messageRejections } from './message-rejections.ts'
export { adapterOf, deviceAdapters } from './registry.ts'
