import { axis, int, load } from '../nest/expression.ts'
import type { Shape } from '../tensor/shape.ts'
import { showShape, sizeOf } from '../tensor/shape.ts'
import { isNode } from '../program/node.ts'
import type { Primitive, View } from '../program/primitive.ts'
import { copyView } from './reference/copyStrided.ts'
import { requireShape } from './rules/requirements.ts'

type Broadcast = Readonly<{ shape: Shape; axes: readonly number[] }>

const view: View<Broadcast> = (x, { start, strides: own }, { shape }, { axes }) => {
  const strides = shape.map(() => 0)
  axes.forEach((a, i) => (strides[a] = x.shape[i] === 1 ? 0 : own[i]!))
  return { start, strides }
}

/** Axis i of x becomes axis axes[i] of the result; new axes repeat x, and so do axes of extent 1 that grow. */
export const broadcastInDim: Primitive<Broadcast> = {
  name: 'broadcastInDim',
  shape: ([x], { shape, axes }) => {
    const given = `shape ${showShape(shape)} and axes ${showShape(axes)}`
    const ascend = axes.every((a, i) => Number.isInteger(a) && a > (axes[i - 1] ?? -1) && a < shape.length)
    const extents = shape.every((n) => Number.isInteger(n) && n >= 0)
    const valid = ascend && extents && axes.length === x!.shape.length
    requireShape(valid, 'broadcastInDim', [x!], 'an ascending axis of the result for each axis', given)
    const fits = x!.shape.every((n, i) => n === 1 || n === shape[axes[i]!])
    requireShape(fits, 'broadcastInDim', [x!], 'extents that are kept, or 1', given)
    return { shape, dtype: x!.dtype }
  },
  evaluate: ([x], result, params) => copyView(view, x!, result, params),
  view,
  linearity: { in: [0], how: 'jointly' },
  transpose: (o, cotangent, _, [x], { shape, axes }) => {
    const kept = axes.filter((a, i) => x!.shape[i] === shape[a])
    const sum = o.reduceSum(
      cotangent,
      shape.map((__, a) => a).filter((a) => !kept.includes(a))
    )
    return o.reshape(sum, x!.shape)
  },
  batch: (o, [x], _, { shape, axes }, size) => o.broadcastInDim(x!, [size, ...shape], [0, ...axes.map((a) => a + 1)]),
  lower: ([x], result, { axes }) => ({
    kind: 'nest',
    domain: result.shape,
    dtype: result.dtype,
    body: load(
      0,
      axes.map((a, i) => (x!.shape[i] === 1 ? int(0) : axis(a))),
      x!.dtype
    )
  }),
  simplify: (o, [x], { shape, axes }) => {
    if (sizeOf(shape) === sizeOf(x!.shape)) return o.reshape(x!, shape)
    if (!isNode(x) || x.primitive !== broadcastInDim) return undefined
    const inner = x.params['axes'] as readonly number[]
    return o.broadcastInDim(
      x.operands[0]!,
      shape,
      inner.map((a) => axes[a]!)
    )
  }
}
