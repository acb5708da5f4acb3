import { unary } from '../nest/expression.ts'
import { elementwise, elementwiseShape } from './rules/elementwise.ts'
import { fold } from './rules/fold.ts'

/** The hyperbolic tangent. d tanh = (1 - tanh^2) dx, by the result. */
export const tanh = elementwise({
  name: 'tanh',
  shape: elementwiseShape('tanh', ['float32']),
  evaluate:
    () =>
    ([a], y) => {
      for (let i = 0; i < y.length; i++) y[i] = Math.tanh(a![i]!)
    },
  linearity: 'none',
  jvp: (o, _, [dx], y) => o.mul(dx!, o.sub(1, o.mul(y, y))),
  scalar: ([x]) => unary('tanh', x!),
  simplify: (o, xs) => fold(o, xs, Math.tanh)
})
