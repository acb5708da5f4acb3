import { unary } from '../nest/expression.ts'
import { elementwise, elementwiseShape } from './rules/elementwise.ts'
import { fold } from './rules/fold.ts'

/** The square root. d sqrt = dx / (2 sqrt), by the result: infinite at 0. */
export const sqrt = elementwise({
  name: 'sqrt',
  shape: elementwiseShape('sqrt', ['float32']),
  evaluate:
    () =>
    ([a], y) => {
      for (let i = 0; i < y.length; i++) y[i] = Math.sqrt(a![i]!)
    },
  linearity: 'none',
  jvp: (o, _, [dx], y) => o.div(dx!, o.mul(y, 2)),
  scalar: ([x]) => unary('sqrt', x!),
  simplify: (o, xs) => fold(o, xs, Math.sqrt)
})
