import { showShape, sizeOf } from '../../tensor/shape.ts'
import type { Aval } from '../../tensor/tensor.ts'
import { showAvals, requireDType, requireShape } from './requirements.ts'

/** What gather and scatterAdd share: x [B..., N, S...], rows of it at indices [B..., I], together [B..., I, S...]. */
export interface Rows {
  /** Product of B. */
  readonly batches: number
  readonly extent: number
  readonly picked: number
  /** Elements of one row, the product of S. */
  readonly size: number
}

export const rowsOf = (x: Aval, indices: Aval, batch: number): Rows => ({
  batches: sizeOf(x.shape.slice(0, batch)),
  extent: x.shape[batch]!,
  picked: indices.shape[batch]!,
  size: sizeOf(x.shape.slice(batch + 1))
})

/** Returns the shape of the rows of x at `indices`; fails where the two do not fit. */
export const pickedShape = (op: string, x: Aval, indices: Aval, batch: number): readonly number[] => {
  requireShape(
    Number.isInteger(batch) && batch >= 0 && batch < x.shape.length,
    op,
    [x],
    `a tensor with rows behind its batch axes`,
    `batch ${batch}`
  )
  requireDType(`${op} (indices)`, [indices], ['int32'])
  const leading = x.shape.slice(0, batch)
  requireShape(
    indices.shape.length === batch + 1 && leading.every((n, i) => indices.shape[i] === n),
    op,
    [indices],
    `indices ${showShape(leading).slice(0, -1)}${batch === 0 ? '' : ', '}I] beside ${showAvals([x])}`
  )
  return x.shape.with(batch, indices.shape[batch]!)
}
