import { fail } from './error.ts'

/** Names element types: float32 for mathematics; int32 for labels, indices, steps and random bits; bool for masks. */
export type DType = 'float32' | 'int32' | 'bool'

/**
 * Holds a tensor's numbers. A float32 tensor may carry a Float64Array: under `evaluate(f, { precision: 'float64' })`.
 */
export type Data = Float32Array | Float64Array | Int32Array | Uint8Array

export const isDType = (x: unknown): x is DType => x === 'float32' || x === 'int32' || x === 'bool'

/** Gives the bytes that one element takes in a buffer of a device. */
export const elementBytes: Readonly<Record<DType, number>> = { float32: 4, int32: 4, bool: 1 }

/**
 * Returns in words what an element of the dtype is, where `value` is none; undefined where it is one. An int32 may be
 * written without its sign: 0xffffffff is -1.
 */
export const misfitOf = (dtype: DType, value: number): string | undefined => {
  if (dtype === 'float32') return undefined
  if (dtype === 'bool') return value === 0 || value === 1 ? undefined : '0 or 1'
  if (!Number.isInteger(value)) return 'an integer'
  return value >= -0x80000000 && value <= 0xffffffff ? undefined : 'an integer of 32 bits'
}

/** Says how an evaluation stores and rounds float32 values. */
export type Precision = 'float32' | 'float64'

const zeroed = (dtype: DType, size: number, precision: Precision): Data =>
  dtype === 'int32'
    ? new Int32Array(size)
    : dtype === 'bool'
      ? new Uint8Array(size)
      : precision === 'float64'
        ? new Float64Array(size)
        : new Float32Array(size)

/** Makes a zeroed array that holds `size` elements of `dtype`, and fails where there is no room for it. */
export const allocate = (dtype: DType, size: number, precision: Precision = 'float32'): Data => {
  try {
    return zeroed(dtype, size, precision)
  } catch {
    return fail('TooLarge', {
      op: 'a tensor',
      expected: 'a size that fits into memory',
      actual: `${String(size)} elements of ${dtype}`
    })
  }
}

/** Returns the precision that a list of arrays asks for: float64 as soon as one of them is a Float64Array. */
export const precisionOf = (arrays: Iterable<Data>): Precision => {
  for (const array of arrays) if (array instanceof Float64Array) return 'float64'
  return 'float32'
}
