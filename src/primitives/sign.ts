import { unary } from '../nest/expression.ts'
import { elementwise, elementwiseShape } from './rules/elementwise.ts'
import { fold } from './rules/fold.ts'

/** -1, 0 or 1. Its derivative is zero. */
export const sign = elementwise({
  name: 'sign',
  shape: elementwiseShape('sign', ['float32', 'int32']),
  evaluate:
    () =>
    ([a], y) => {
      for (let i = 0; i < y.length; i++) y[i] = Math.sign(a![i]!)
    },
  linearity: 'none',
  tangentsThrough: () => [],
  scalar: ([x]) => unary('sign', x!),
  simplify: (o, xs) => fold(o, xs, Math.sign)
})
