import { axis as index, compare, literal, load, select } from '../nest/expression.ts'
import { range, sizeOf } from '../tensor/shape.ts'
import type { Primitive } from '../program/primitive.ts'
import { requireAxes, requireDType } from './rules/requirements.ts'

/** Sums of the elements up to each, along an axis. Its transpose sums from each to the end. */
export const cumulativeSum: Primitive<{ axis: number }> = {
  name: 'cumulativeSum',
  shape: ([x], { axis }) => {
    requireAxes('cumulativeSum', x!, [axis])
    requireDType('cumulativeSum', [x!], ['float32', 'int32'])
    return { shape: x!.shape, dtype: x!.dtype }
  },
  evaluate: (_, { shape, dtype }, { axis }) => {
    const extent = shape[axis]!
    const inner = sizeOf(shape.slice(axis + 1))
    const blocks = sizeOf(shape.slice(0, axis))
    const sums = dtype === 'int32' ? new Int32Array(inner) : new Float64Array(inner)
    return ([a], y) => {
      for (let block = 0, at = 0; block < blocks; block++) {
        sums.fill(0)
        for (let k = 0; k < extent; k++)
          for (let i = 0; i < inner; i++, at++) {
            sums[i]! += a![at]!
            y[at] = sums[i]!
          }
      }
    }
  },
  linearity: { in: [0], how: 'jointly' },
  transpose: (o, cotangent, _, __, { axis }) => o.reverse(o.cumulativeSum(o.reverse(cotangent, [axis]), axis), [axis]),
  batch: (o, [x], _, { axis }) => o.cumulativeSum(x!, axis + 1),
  lower: ([x], result, { axis }) => {
    const rank = result.shape.length
    const term = load(0, range(rank).map(index).with(axis, index(rank)), x!.dtype)
    return {
      kind: 'nest',
      domain: result.shape,
      dtype: result.dtype,
      body: select(compare('le', index(rank), index(axis)), term, literal(0, x!.dtype)),
      reduction: { extents: [result.shape[axis]!], combine: 'sum' },
      anchor: { kind: 'cumulativeSum' }
    }
  },
  simplify: (_, [x], { axis }) => (x!.shape[axis]! <= 1 ? x : undefined)
}
