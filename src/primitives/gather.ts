import { axis, literal, load, select, within } from '../nest/expression.ts'
import { range } from '../tensor/shape.ts'
import type { Primitive } from '../program/primitive.ts'
import { spread } from './rules/elementwise.ts'
import { mergeLeading, splitLeading } from './rules/leadingAxis.ts'
import { pickedShape, rowsOf } from './rules/rows.ts'

/** Rows of x [B..., N, S...] at indices [B..., I]: [B..., I, S...]. An index out of range gives zeros. */
export const gather: Primitive<{ batch: number }> = {
  name: 'gather',
  shape: ([x, indices], { batch }) => ({ shape: pickedShape('gather', x!, indices!, batch), dtype: x!.dtype }),
  evaluate: ([x, indices], _, { batch }) => {
    const { batches, extent, picked, size } = rowsOf(x!, indices!, batch)
    return ([a, places], y) => {
      for (let b = 0, write = 0; b < batches; b++)
        for (let i = 0; i < picked; i++) {
          const row = places![b * picked + i]!
          const inside = row >= 0 && row < extent
          let read = (b * extent + row) * size
          for (let s = 0; s < size; s++) y[write++] = inside ? a![read++]! : 0
        }
    }
  },
  linearity: { in: [0], how: 'jointly' },
  tangentsThrough: () => [0],
  transpose: (o, cotangent, _, [x, indices], { batch }) =>
    o.scatterAdd(o.full(x!.shape, 0, x!.dtype), indices!, cotangent, batch),
  batch: (o, [x, indices], [inX, inIndices], { batch }, size) =>
    inX
      ? o.gather(x!, spread(o, indices!, inIndices!, size), batch + 1)
      : // The table is shared: it is read once more for every index, not copied.
        splitLeading(o, o.gather(x!, mergeLeading(o, indices!, batch), batch), batch, size),
  lower: ([x], result, { batch }) => {
    const before = range(batch).map(axis)
    const row = load(1, [...before, axis(batch)], 'int32')
    const behind = result.shape.slice(batch + 1).map((_, i) => axis(batch + 1 + i))
    const element = load(0, [...before, row, ...behind], x!.dtype)
    return {
      kind: 'nest',
      domain: result.shape,
      dtype: result.dtype,
      body: select(within(row, x!.shape[batch]!), element, literal(0, x!.dtype))
    }
  }
}
