import { exactIntegers } from '../../../kernels/gpu/limits/ranges.ts'
import type { Data, DType } from '../../tensor/dtype.ts'
import { allocate } from '../../tensor/dtype.ts'
import { truncate } from '../../nest/special.ts'
import type { Result } from './device/gpujs.ts'

/** Converts an array of the program to one of the device, where everything is float32 and a bool is 0 or 1. */
export const toDevice = (data: Data): Float32Array => (data instanceof Float32Array ? data : Float32Array.from(data))

/**
 * Copies nested rows one after the other and returns the place after them. What lies beyond the end of `into` is
 * padding.
 */
const copyRows = (result: Result, into: Data, from: number): number => {
  if (!(result instanceof Float32Array)) return result.reduce((at, row) => copyRows(row, into, at), from)
  const left = into.length - from
  into.set(result.length > left ? result.subarray(0, Math.max(0, left)) : result, Math.min(from, into.length))
  return from + result.length
}

/** Returns nested rows as one array where they follow each other in memory, as the fused modes of gpu.js leave them. */
const asOne = (result: Result): Result => {
  if (result instanceof Float32Array) return result
  const [first, last] = [result[0], result.at(-1)]
  if (!(first instanceof Float32Array) || !(last instanceof Float32Array) || first.buffer !== last.buffer) return result
  const size = result.length * first.length
  const isOne = last.byteOffset - first.byteOffset === 4 * (size - first.length)
  return isOne ? new Float32Array(first.buffer, first.byteOffset, size) : result
}

/** Copies a result of the device into an array of the program. */
export const fromDevice = (result: Result, { dtype, size }: { readonly dtype: DType; readonly size: number }): Data => {
  const data = allocate(dtype, size)
  if (dtype === 'float32') copyRows(asOne(result), data, 0)
  else {
    const floats = new Float32Array(size)
    copyRows(result, floats, 0)
    for (let i = 0; i < size; i++) data[i] = truncate(floats[i]!)
  }
  return data
}

/** Finds the first integer of an array that float32 may not hold. */
export const firstInexact = (data: Data): number | undefined =>
  data instanceof Int32Array ? data.find((value) => value > exactIntegers || value < -exactIntegers) : undefined
