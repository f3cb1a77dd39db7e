/**
 * A trained network, run by ONNX Runtime on one thread.
 *
 * In and out are single-precision numbers, slot after slot, channel after channel, window after window. A model file
 * has one input `[batch, channels, slots<N>]` and one output `[batch, outputs, …]` of the same length; the name of the
 * input's last dimension says of what a window's length must be a multiple: `slots64` = of 64 slots, `slots` = of one.
 *
 * One thread, operators one after the other: the same input gives the same output, bit for bit, on the same machine.
 */
import './no-telemetry.ts'
import { InferenceSession, Tensor } from 'onnxruntime-node'

/** A network as the methods use it. */
export interface Network {
  /** What its input is called: what it takes. */
  readonly takes: string
  /** Curves a window has. */
  readonly channels: number
  /** Curves it gives per window. */
  readonly outputs: number
  /** The length of a window is a multiple of this [slots]. */
  readonly stride: number
  /**
   * Runs `batch` windows of `channels` × `length` numbers.
   * @returns batch × outputs × length
   * @throws {RangeError} where the lengths do not fit the network: a bug
   */
  predict(input: Float32Array, batch: number, channels: number, length: number): Promise<Float32Array>
}

/** Bytes that are no network of this kind; the message says why. */
export class NetworkRefused extends Error {
  override readonly name = 'NetworkRefused'
}

const options: InferenceSession.SessionOptions = {
  executionProviders: ['cpu'],
  executionMode: 'sequential',
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  graphOptimizationLevel: 'all',
  // The arena keeps the most that any call needed: callers bound it by the windows they give at once. Plans of memory
  // would be kept for every shape that ever came.
  enableCpuMemArena: true,
  enableMemPattern: false,
  logSeverityLevel: 3,
}

/** Loads a network. @throws {NetworkRefused} where the bytes are none, or of another form */
export async function loadNetwork(bytes: Uint8Array): Promise<Network> {
  const session = await InferenceSession.create(bytes, options).catch((error: unknown) => {
    throw new NetworkRefused(error instanceof Error ? error.message : String(error))
  })
  const [input, taken] = oneOf('input', session.inputNames, session.inputMetadata)
  const [output, given] = oneOf('output', session.outputNames, session.outputMetadata)
  const [channels, outputs, stride] = [channelsOf('input', taken), channelsOf('output', given), strideOf(taken)]
  const predict: Network['predict'] = async (values, batch, held, length) => {
    if (held !== channels || length % stride !== 0 || values.length !== batch * channels * length)
      throw new RangeError(
        `${values.length} numbers are not ${batch} × ${held} × ${length}, or not ${channels} channels`,
      )
    const results = await session.run({ [input]: new Tensor('float32', values, [batch, channels, length]) })
    const result = results[output]
    if (result === undefined || !(result.data instanceof Float32Array)) throw new RangeError('no numbers came out')
    return result.data
  }
  return { takes: input, channels, outputs, stride, predict }
}

type Metadata = readonly InferenceSession.ValueMetadata[]

/** The one input or output: its name and dimensions. */
function oneOf(side: string, names: readonly string[], metadata: Metadata): [string, readonly (number | string)[]] {
  const [name, value] = [names[0], metadata[0]]
  if (name === undefined || names.length !== 1) throw new NetworkRefused(`it has ${names.length} ${side}s, not one`)
  if (value?.isTensor !== true || value.type !== 'float32') throw new NetworkRefused(`its ${side} is not of float32`)
  return [name, value.shape]
}

function channelsOf(side: string, [, channels]: readonly (number | string)[]): number {
  if (typeof channels !== 'number') throw new NetworkRefused(`its ${side} is not [batch, a number of channels, slots]`)
  return channels
}

function strideOf([, , slots]: readonly (number | string)[]): number {
  const [, stride] = /^slots(\d*)$/.exec(String(slots)) ?? []
  if (stride === undefined) throw new NetworkRefused(`the last dimension of its input is ${slots}, not slots<N>`)
  return stride === '' ? 1 : Number(stride)
}
