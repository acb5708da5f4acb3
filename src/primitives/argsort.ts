import { sizeOf } from '../tensor/shape.ts'
import type { Primitive } from '../program/primitive.ts'
import { requireAxes } from './rules/requirements.ts'

const ascending = (a: number, b: number): number =>
  a < b ? -1 : a > b ? 1 : Number.isNaN(a) ? (Number.isNaN(b) ? 0 : 1) : Number.isNaN(b) ? -1 : 0

/** int32 indices that sort x along an axis, least first; ties keep their order, NaN goes last. Its derivative is zero. */
export const argsort: Primitive<{ axis: number }> = {
  name: 'argsort',
  shape: ([x], { axis }) => {
    requireAxes('argsort', x!, [axis])
    return { shape: x!.shape, dtype: 'int32' }
  },
  evaluate: (_, { shape }, { axis }) => {
    const extent = shape[axis]!
    const inner = sizeOf(shape.slice(axis + 1))
    const order = new Int32Array(extent)
    return ([a], y) => {
      for (let block = 0; block < y.length; block += extent * inner)
        for (let line = block; line < block + inner; line++) {
          for (let k = 0; k < extent; k++) order[k] = k
          order.sort((i, j) => ascending(a![line + i * inner]!, a![line + j * inner]!) || i - j)
          for (let k = 0; k < extent; k++) y[line + k * inner] = order[k]!
        }
    }
  },
  linearity: 'none',
  tangentsThrough: () => [],
  batch: (o, [x], _, { axis }) => o.argsort(x!, axis + 1),
  lower: () => ({ kind: 'routine' })
}
