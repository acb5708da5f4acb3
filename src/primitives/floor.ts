import { unary } from '../nest/expression.ts'
import { elementwise, elementwiseShape } from './rules/elementwise.ts'
import { fold } from './rules/fold.ts'

/** The greatest integer that is not above x. Its derivative is zero. */
export const floor = elementwise({
  name: 'floor',
  shape: elementwiseShape('floor', ['float32']),
  evaluate:
    () =>
    ([a], y) => {
      for (let i = 0; i < y.length; i++) y[i] = Math.floor(a![i]!)
    },
  linearity: 'none',
  tangentsThrough: () => [],
  scalar: ([x]) => unary('floor', x!),
  simplify: (o, xs) => fold(o, xs, Math.floor)
})
