/**
 * The envelope of everything packed: a byte for the format's version, a byte for the compression, then the payload.
 * Zstandard, because it packs and unpacks a day in a tenth of a millisecond (docs/decisions/readings-packed-by-day.md).
 */
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { CodecError } from './bytes.ts'

const plain = 0
const zstandard = 1
/** Below this nothing is gained by compressing [bytes]. */
const compressFrom = 64
/** No day unpacks to more; a damaged length must not exhaust the memory [bytes]. */
const unpackedMax = 256 * 1024 * 1024

export function seal(version: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const compressed = payload.length < compressFrom ? payload : zstdCompressSync(payload)
  const smaller = compressed.length < payload.length
  const body = smaller ? compressed : payload
  const sealed = new Uint8Array(2 + body.length)
  sealed[0] = version
  sealed[1] = smaller ? zstandard : plain
  sealed.set(body, 2)
  return sealed
}

/** The payload. @throws {CodecError} where the version is not one of `known` or the bytes are damaged. */
export function open(sealed: Uint8Array, known: number): Uint8Array {
  const [version, compression] = sealed
  if (version !== known) throw new CodecError(`packed by version ${version}, known is ${known}`)
  const body = sealed.subarray(2)
  if (compression === plain) return body
  if (compression !== zstandard) throw new CodecError(`unknown compression ${compression}`)
  try {
    return zstdDecompressSync(body, { maxOutputLength: unpackedMax })
  } catch (error) {
    throw new CodecError('packed bytes are damaged', { cause: error })
  }
}
