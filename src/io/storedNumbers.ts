import * as E from '#fp-ts/Either'
import type { Data } from '../tensor/dtype.ts'

/** The bytes of an element, by the name that safetensors gives its type. */
export const storedTypes = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  U64: 8,
  I32: 4,
  U32: 4,
  I16: 2,
  U16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1
} as const

export type Stored = keyof typeof storedTypes

/** Names the type that keeps every bit of an array. */
export const storedAs = (data: Data): Stored =>
  data instanceof Float64Array
    ? 'F64'
    : data instanceof Int32Array
      ? 'I32'
      : data instanceof Uint8Array
        ? 'BOOL'
        : 'F32'

/** Returns the number that 16 bits are in half precision: 1 bit of sign, 5 of exponent, 10 of fraction (IEEE 754-2008). */
export const fromHalf = (bits: number): number => {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25))
}

export interface NumberMisfit {
  readonly expected: string
  readonly actual: string
}

/** Copies the bytes of an array to where its elements may lie. */
const aligned = (bytes: Uint8Array): ArrayBuffer => Uint8Array.from(bytes).buffer

const mapped = <T extends Data>(to: T, at: (i: number) => number): T => {
  for (let i = 0; i < to.length; i++) to[i] = at(i)
  return to
}

/** Makes int32 of wider integers, where all of them fit. */
const narrowed = (size: number, at: (i: number) => bigint): E.Either<NumberMisfit, Data> => {
  const read = new Int32Array(size)
  for (let i = 0; i < size; i++) {
    const value = at(i)
    if (value !== BigInt.asIntN(32, value)) return E.left({ expected: 'integers of 32 bits', actual: String(value) })
    read[i] = Number(value)
  }
  return E.right(read)
}

/** Reads numbers from bytes, the least significant first, as those of a tensor; Left where int32 or bool cannot hold one. */
export const readNumbers = (type: Stored, bytes: Uint8Array): E.Either<NumberMisfit, Data> => {
  const size = bytes.length / storedTypes[type]
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  switch (type) {
    case 'F64':
      return E.right(new Float64Array(aligned(bytes)))
    case 'F32':
      return E.right(new Float32Array(aligned(bytes)))
    case 'I32':
      return E.right(new Int32Array(aligned(bytes)))
    case 'F16':
      return E.right(mapped(new Float32Array(size), (i) => fromHalf(view.getUint16(2 * i, true))))
    case 'BF16': {
      const bits = mapped(new Int32Array(size), (i) => view.getUint16(2 * i, true) << 16)
      return E.right(new Float32Array(bits.buffer))
    }
    case 'I16':
      return E.right(mapped(new Int32Array(size), (i) => view.getInt16(2 * i, true)))
    case 'U16':
      return E.right(mapped(new Int32Array(size), (i) => view.getUint16(2 * i, true)))
    case 'I8':
      return E.right(mapped(new Int32Array(size), (i) => view.getInt8(i)))
    case 'U8':
      return E.right(mapped(new Int32Array(size), (i) => bytes[i]!))
    case 'U32':
      return narrowed(size, (i) => BigInt(view.getUint32(4 * i, true)))
    case 'I64':
      return narrowed(size, (i) => view.getBigInt64(8 * i, true))
    case 'U64':
      return narrowed(size, (i) => view.getBigUint64(8 * i, true))
    case 'BOOL': {
      const strange = bytes.findIndex((byte) => byte > 1)
      return strange === -1
        ? E.right(Uint8Array.from(bytes))
        : E.left({ expected: '0 or 1', actual: String(bytes[strange]) })
    }
  }
}

/** Turns the bytes of every element round, where the most significant one is stored first. */
export const reversed = (bytes: Uint8Array, size: number): Uint8Array =>
  bytes.map((_, i) => bytes[i - (i % size) + size - 1 - (i % size)]!)
