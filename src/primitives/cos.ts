import { unary } from '../nest/expression.ts'
import { elementwise, elementwiseShape } from './rules/elementwise.ts'
import { fold } from './rules/fold.ts'

/** The cosine. d cos = -sin dx. */
export const cos = elementwise({
  name: 'cos',
  shape: elementwiseShape('cos', ['float32']),
  evaluate:
    () =>
    ([a], y) => {
      for (let i = 0; i < y.length; i++) y[i] = Math.cos(a![i]!)
    },
  linearity: 'none',
  jvp: (o, [x], [dx]) => o.mul(dx!, o.neg(o.sin(x!))),
  scalar: ([x]) => unary('cos', x!),
  simplify: (o, xs) => fold(o, xs, Math.cos)
})
