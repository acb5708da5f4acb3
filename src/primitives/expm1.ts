import { unary } from '../nest/expression.ts'
import { elementwise, elementwiseShape } from './rules/elementwise.ts'
import { fold } from './rules/fold.ts'

/** e^x - 1, to relative precision near 0. Its slope is e^x itself: 1 + expm1 x would lose the left tail. */
export const expm1 = elementwise({
  name: 'expm1',
  shape: elementwiseShape('expm1', ['float32']),
  evaluate:
    () =>
    ([a], y) => {
      for (let i = 0; i < y.length; i++) y[i] = Math.expm1(a![i]!)
    },
  linearity: 'none',
  jvp: (o, [x], [dx]) => o.mul(dx!, o.exp(x!)),
  scalar: ([x]) => unary('expm1', x!),
  simplify: (o, xs) => fold(o, xs, Math.expm1)
})
