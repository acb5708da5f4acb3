import { axis as axisScalar, convert } from '../nest/expression.ts'
import type { DType } from '../tensor/dtype.ts'
import { fail } from '../tensor/error.ts'
import type { Shape } from '../tensor/shape.ts'
import { showShape, sizeOf } from '../tensor/shape.ts'
import type { Primitive } from '../program/primitive.ts'

/** 0, 1, 2 ... along `axis`, the same along every other. */
export const iota: Primitive<{ shape: Shape; axis: number; dtype: DType }> = {
  name: 'iota',
  shape: (_, { shape, axis, dtype }) => {
    if (!(Number.isInteger(axis) && axis >= 0 && axis < shape.length))
      fail('InvalidArgument', { op: 'iota', expected: `an axis of ${showShape(shape)}`, actual: String(axis) })
    if (dtype === 'bool') fail('DTypeMisfit', { op: 'iota', expected: 'int32 or float32', actual: dtype })
    return { shape, dtype }
  },
  evaluate: (_, __, { shape, axis }) => {
    const extent = shape[axis]!
    const inner = sizeOf(shape.slice(axis + 1))
    return (___, y) => {
      for (let i = 0; i < y.length; i++) y[i] = Math.floor(i / inner) % extent
    }
  },
  linearity: 'none',
  batch: (o, _, __, { shape, axis, dtype }, size) => o.iota([size, ...shape], axis + 1, dtype),
  lower: (_, result, { axis, dtype }) => ({
    kind: 'nest',
    domain: result.shape,
    dtype,
    body: convert(axisScalar(axis), dtype)
  })
}
