import { inverseOrZero } from '../primitives/rules/matrices.ts'
import { o } from '../primitives/vocabulary.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { inner, scaled } from './vectors.ts'

/** Computes the part of x that is orthogonal to all rows. */
const outside = (rows: Tensor, x: Tensor): Tensor => {
  const along = o.dotGeneral(rows, x, { contract: [[1], [0]], batch: [[], []] })
  return o.sub(x, o.dotGeneral(along, rows, { contract: [[0], [0]], batch: [[], []] }))
}

/** Computes it to rounding, by taking it twice; what the second time halves was rounding all, and is 0. */
export const wellOutside = (rows: Tensor, x: Tensor): Tensor => {
  const once = outside(rows, x)
  const twice = outside(rows, once)
  const holds = o.compare(inner(twice, twice), o.mul(inner(once, once), 0.25), 'gt')
  return o.select(o.broadcastInDim(holds, x.shape, []), twice, 0)
}

/** Divides x by its length; 0 stays 0. */
export const unit = (x: Tensor): Tensor => scaled(inverseOrZero(o, o.sqrt(inner(x, x))), x)
