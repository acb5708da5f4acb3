import { exactIntegers } from '../../../kernels/gpu/ranges.ts'
import type { Data } from '../../tensor/dtype.ts'
import { allocate } from '../../tensor/dtype.ts'
import { sizeOf } from '../../tensor/shape.ts'
import type { Aval } from '../../tensor/tensor.ts'

/** How arrays of the program and of the device become each other: there everything is float32, a bool 0 or 1. */
export const toDevice = (data: Data): Float32Array => (data instanceof Float32Array ? data : Float32Array.from(data))

/** Copies, without the elements that fill up the last four threads. */
export const fromDevice = (result: Float32Array, of: Aval): Data => {
  const data = allocate(of.dtype, sizeOf(of.shape))
  data.set(result.subarray(0, data.length))
  return data
}

/** The first integer of an array that float32 may not hold. */
export const firstInexact = (data: Data): number | undefined =>
  data instanceof Int32Array ? data.find((value) => value > exactIntegers || value < -exactIntegers) : undefined
