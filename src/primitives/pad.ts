import type { Scalar } from '../nest/expression.ts'
import { all, axis, binary, compare, int, literal, load, minus, select } from '../nest/expression.ts'
import { showShape, range, stridesOf } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { Primitive } from '../program/primitive.ts'
import type { Vocabulary } from '../program/vocabulary.ts'
import { copyStrided } from './reference/copyStrided.ts'
import { spread } from './rules/elementwise.ts'
import { requireDType, requirePerAxis, requireShape } from './rules/requirements.ts'

type Padding = Readonly<Record<'low' | 'high' | 'interior', readonly number[]>>

/** Extent of n elements with their interior padding, before the edges are padded or cropped. */
const dilated = (n: number, interior: number): number => n + Math.max(n - 1, 0) * interior

/** true where a padded x would have its own elements, of a tensor that is padded likewise. */
const inside = (o: Vocabulary, x: Tensor, { low, high, interior }: Padding): Tensor =>
  o.pad(o.full(x.shape, 1, 'bool'), 0, low, high, interior)

/**
 * `value` (a scalar) around and between the elements of x: `low` before each axis, `high` behind, `interior` between
 * neighbours. A negative low or high crops. Linear in both operands together; its transpose is slice.
 */
export const pad: Primitive<Padding> = {
  name: 'pad',
  shape: ([x, value], params) => {
    const { low, high, interior } = params
    requireDType('pad', [x!, value!], ['float32', 'int32', 'bool'])
    requireShape(value!.shape.length === 0, 'pad', [x!, value!], 'a scalar to pad with')
    requirePerAxis('pad', x!, params)
    const shape = x!.shape.map((n, i) => low[i]! + dilated(n, interior[i]!) + high[i]!)
    const fits = shape.every((n) => n >= 0) && interior.every((n) => n >= 0)
    const given = `low ${showShape(low)}, high ${showShape(high)}, interior ${showShape(interior)}`
    requireShape(fits, 'pad', [x!], 'interior >= 0, and no more cropped than there is', given)
    return { shape, dtype: x!.dtype }
  },
  evaluate: ([x], { shape }, { low, interior }) => {
    const own = stridesOf(x!.shape)
    const target = stridesOf(shape)
    const first = low.map((before, i) => Math.ceil(Math.max(0, -before) / (interior[i]! + 1)))
    const past = low.map((before, i) => Math.min(x!.shape[i]!, Math.ceil((shape[i]! - before) / (interior[i]! + 1))))
    const copy = copyStrided(
      first.map((n, i) => Math.max(0, past[i]! - n)),
      { start: first.reduce((sum, n, i) => sum + n * own[i]!, 0), strides: own },
      {
        start: first.reduce((sum, n, i) => sum + (low[i]! + n * (interior[i]! + 1)) * target[i]!, 0),
        strides: target.map((stride, i) => stride * (interior[i]! + 1))
      }
    )
    return ([a, value], y) => {
      y.fill(value![0]!)
      copy(a!, y)
    }
  },
  linearity: 'jointly in all',
  transpose: (o, cotangent, index, [x], params) => {
    const { low, high, interior } = params
    if (index === 1) {
      const outside = o.select(inside(o, x!, params), 0, cotangent)
      return o.reduceSum(outside, range(cotangent.shape.length))
    }
    const edges = o.pad(
      cotangent,
      0,
      low.map((n) => 0 - n),
      high.map((n) => 0 - n)
    )
    return o.slice(
      edges,
      low.map(() => 0),
      edges.shape,
      interior.map((n) => n + 1)
    )
  },
  batch: (o, [x, value], [padded, valued], params, size) => {
    const [low, high, interior] = [params.low, params.high, params.interior].map((list) => [0, ...list]) as [
      number[],
      number[],
      number[]
    ]
    const own = spread(o, x!, padded!, size)
    if (!valued) return o.pad(own, value!, low, high, interior)
    const body = o.pad(own, 0, low, high, interior)
    return o.select(inside(o, own, { low, high, interior }), body, o.broadcastInDim(value!, body.shape, [0]))
  },
  lower: ([x, value], result, { low, high, interior }) => {
    const index: Scalar[] = []
    const conditions: Scalar[] = []
    x!.shape.forEach((n, i) => {
      const step = interior[i]! + 1
      const place = minus(axis(i), low[i]!)
      if (n === 0) conditions.push(literal(0, 'bool'))
      if (low[i]! > 0) conditions.push(compare('ge', place, int(0)))
      if (high[i]! > 0) conditions.push(compare('lt', place, int(dilated(n, interior[i]!))))
      if (step > 1) conditions.push(compare('eq', binary('modulo', place, int(step)), int(0)))
      index.push(binary('floorDivide', place, int(step)))
    })
    return {
      kind: 'nest',
      domain: result.shape,
      dtype: result.dtype,
      body: select(all(...conditions), load(0, index, x!.dtype), load(1, [], value!.dtype))
    }
  },
  simplify: (o, [x], { low, high, interior }) =>
    interior.every((n) => n === 0) && low.every((n) => n <= 0) && high.every((n) => n <= 0)
      ? o.slice(
          x!,
          low.map((n) => 0 - n),
          high.map((n, i) => x!.shape[i]! + n)
        )
      : undefined
}
