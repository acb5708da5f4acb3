import { unary } from '../nest/expression.ts'
import { elementwise, elementwiseShape } from './rules/elementwise.ts'
import { fold } from './rules/fold.ts'

/** The sine. d sin = cos dx. */
export const sin = elementwise({
  name: 'sin',
  shape: elementwiseShape('sin', ['float32']),
  evaluate:
    () =>
    ([a], y) => {
      for (let i = 0; i < y.length; i++) y[i] = Math.sin(a![i]!)
    },
  linearity: 'none',
  jvp: (o, [x], [dx]) => o.mul(dx!, o.cos(x!)),
  scalar: ([x]) => unary('sin', x!),
  simplify: (o, xs) => fold(o, xs, Math.sin)
})
