import { stridesOf } from '../../tensor/shape.ts'
import type { Aval } from '../../tensor/tensor.ts'
import { sourceIndices } from './sourceIndices.ts'

/** Lists the offset of every combination of indices along some axes of a row-major x, in their order. */
export const offsetsOf = (x: Aval, axes: readonly number[]): Int32Array => {
  const strides = stridesOf(x.shape)
  return sourceIndices(
    axes.map((a) => x.shape[a]!),
    axes.map((a) => strides[a]!)
  )
}
