/**
 * The growing byte buffer that code is appended to, and WebAssembly's variable-length numbers.
 *
 * @category wasm
 */

/** `depth` counts the open blocks, so that a branch finds its label. */
export interface Output {
  bytes: Uint8Array
  length: number
  depth: number
}

export const createOutput = (capacity: number = 1 << 16): Output => ({
  bytes: new Uint8Array(capacity),
  length: 0,
  depth: 0
})

const reserve = (out: Output, count: number): void => {
  if (out.length + count <= out.bytes.length) return
  const grown = new Uint8Array(Math.max(out.bytes.length * 2, out.length + count))
  grown.set(out.bytes)
  out.bytes = grown
}

export const appendByte = (out: Output, byte: number): void => {
  if (out.length === out.bytes.length) reserve(out, 1)
  out.bytes[out.length++] = byte
}

export const appendBytes = (out: Output, bytes: ArrayLike<number>): void => {
  reserve(out, bytes.length)
  out.bytes.set(bytes, out.length)
  out.length += bytes.length
}

/** Appends the LEB128 of an integer in [0, 2^32). */
export const appendUnsigned = (out: Output, value: number): void => {
  let rest = value >>> 0
  while (rest >= 128) {
    appendByte(out, (rest & 127) | 128)
    rest >>>= 7
  }
  appendByte(out, rest)
}

/** Appends the signed LEB128 of a 32-bit integer. */
export const appendSigned = (out: Output, value: number): void => {
  let rest = value
  while (rest < -64 || rest >= 64) {
    appendByte(out, (rest & 127) | 128)
    rest >>= 7
  }
  appendByte(out, rest & 127)
}

/** Appends the signed LEB128 of a 64-bit integer. */
export const appendSigned64 = (out: Output, value: bigint): void => {
  let rest = value
  while (rest < -64n || rest >= 64n) {
    appendByte(out, Number(rest & 127n) | 128)
    rest >>= 7n
  }
  appendByte(out, Number(rest & 127n))
}

const cell = new DataView(new ArrayBuffer(8))
const cellBytes = new Uint8Array(cell.buffer)

export const appendFloat32 = (out: Output, value: number): void => {
  cell.setFloat32(0, value, true)
  appendBytes(out, cellBytes.subarray(0, 4))
}

export const appendFloat64 = (out: Output, value: number): void => {
  cell.setFloat64(0, value, true)
  appendBytes(out, cellBytes)
}

export const appendName = (out: Output, name: string): void => {
  const bytes = new TextEncoder().encode(name)
  appendUnsigned(out, bytes.length)
  appendBytes(out, bytes)
}

/** Appends a section or function body: its length in bytes, then its bytes. */
export const appendSized = (out: Output, content: Output): void => {
  appendUnsigned(out, content.length)
  appendBytes(out, content.bytes.subarray(0, content.length))
}
