import { axis, binary, compare, int, literal, load, select } from '../nest/expression.ts'
import { equalShapes, range, sizeOf } from '../tensor/shape.ts'
import type { Primitive } from '../program/primitive.ts'
import { spread } from './rules/elementwise.ts'
import { requireDType, requireShape } from './rules/requirements.ts'
import { pickedShape, rowsOf } from './rules/rows.ts'

/**
 * x [B..., N, S...] plus updates [B..., I, S...], each added to the row that indices [B..., I] name. Rows that are named
 * again gather all their updates; an index out of range drops its own. Linear in x and updates together.
 */
export const scatterAdd: Primitive<{ batch: number }> = {
  name: 'scatterAdd',
  shape: ([x, indices, updates], { batch }) => {
    requireDType('scatterAdd', [x!, updates!], ['float32', 'int32'])
    const shape = pickedShape('scatterAdd', x!, indices!, batch)
    requireShape(
      equalShapes(shape, updates!.shape),
      'scatterAdd',
      [x!, indices!, updates!],
      `updates of shape [${shape.join(', ')}]`
    )
    return { shape: x!.shape, dtype: x!.dtype }
  },
  evaluate: ([x, indices], result, { batch }) => {
    const { batches, extent, picked, size } = rowsOf(x!, indices!, batch)
    const count = sizeOf(result.shape)
    const sums = result.dtype === 'int32' ? new Int32Array(count) : new Float64Array(count)
    return ([a, places, updates], y) => {
      sums.set(a!)
      for (let b = 0; b < batches; b++)
        for (let i = 0; i < picked; i++) {
          const row = places![b * picked + i]!
          if (row < 0 || row >= extent) continue
          const read = (b * picked + i) * size
          const write = (b * extent + row) * size
          for (let s = 0; s < size; s++) sums[write + s]! += updates![read + s]!
        }
      y.set(sums)
    }
  },
  linearity: { in: [0, 2], how: 'jointly' },
  tangentsThrough: () => [0, 2],
  transpose: (o, cotangent, index, [, indices], { batch }) =>
    index === 0 ? cotangent : o.gather(cotangent, indices!, batch),
  batch: (o, operands, batched, { batch }, size) => {
    const [x, indices, updates] = operands.map((operand, i) => spread(o, operand, batched[i]!, size))
    return o.scatterAdd(x!, indices!, updates!, batch + 1)
  },
  lower: ([x, indices], result, { batch }) => {
    const rank = result.shape.length
    const picked = indices!.shape[batch]!
    const here = range(rank).map(axis)
    const own = load(0, here, x!.dtype)
    const nest = { kind: 'nest', domain: result.shape, dtype: result.dtype } as const
    if (picked === 0) return { ...nest, body: own }
    const nothing = literal(0, x!.dtype)
    const row = load(1, [...here.slice(0, batch), axis(rank)], 'int32')
    const update = load(2, here.with(batch, axis(rank)), x!.dtype)
    // x itself is a term of the first step of the sum.
    const body = binary(
      'add',
      select(compare('eq', axis(rank), int(0)), own, nothing),
      select(compare('eq', row, axis(batch)), update, nothing)
    )
    return { ...nest, body, reduction: { extents: [picked], combine: 'sum' }, anchor: { kind: 'scatterAdd' } }
  },
  simplify: (_, [x, , updates]) => (sizeOf(updates!.shape) === 0 ? x : undefined)
}
