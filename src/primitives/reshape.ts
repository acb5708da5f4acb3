import { sizeOf, showShape, equalShapes } from '../tensor/shape.ts'
import type { Shape } from '../tensor/shape.ts'
import { isNode } from '../program/node.ts'
import type { Primitive } from '../program/primitive.ts'
import { requireShape } from './rules/requirements.ts'

/** The same elements in the same row-major order, under another shape. */
export const reshape: Primitive<{ shape: Shape }> = {
  name: 'reshape',
  shape: ([x], { shape }) => {
    const fits = sizeOf(shape) === sizeOf(x!.shape) && shape.every((n) => Number.isInteger(n) && n >= 0)
    requireShape(fits, 'reshape', [x!], `a shape of ${sizeOf(x!.shape)} elements`, `shape ${showShape(shape)}`)
    return { shape, dtype: x!.dtype }
  },
  evaluate:
    () =>
    ([a], y) =>
      y.set(a!),
  linearity: { in: [0], how: 'jointly' },
  transpose: (o, cotangent, _, [x]) => o.reshape(cotangent, x!.shape),
  batch: (o, [x], _, { shape }, size) => o.reshape(x!, [size, ...shape]),
  lower: () => ({ kind: 'alias', operand: 0 }),
  simplify: (o, [x], { shape }) => {
    if (equalShapes(x!.shape, shape)) return x
    if (!isNode(x)) return undefined
    const inner = x.operands[0]
    if (x.primitive === reshape) return o.reshape(inner!, shape)
    // A scalar everywhere stays one, whatever it is reshaped to: literals are recognized by it.
    return x.primitive.name === 'broadcastInDim' && inner!.shape.length === 0
      ? o.broadcastInDim(inner!, shape, [])
      : undefined
  }
}
