import { unary } from '../nest/expression.ts'
import { elementwise, elementwiseShape } from './rules/elementwise.ts'
import { fold } from './rules/fold.ts'

/** e^x. d exp = exp dx, by the result. */
export const exp = elementwise({
  name: 'exp',
  shape: elementwiseShape('exp', ['float32']),
  evaluate:
    () =>
    ([x], y) => {
      for (let i = 0; i < y.length; i++) y[i] = Math.exp(x![i]!)
    },
  linearity: 'none',
  jvp: (o, _, [dx], y) => o.mul(dx!, y),
  scalar: ([x]) => unary('exp', x!),
  simplify: (o, xs) => fold(o, xs, Math.exp)
})
