import { unary } from '../nest/expression.ts'
import { erf as evaluated } from '../nest/special.ts'
import { elementwise, elementwiseShape } from './rules/elementwise.ts'
import { fold } from './rules/fold.ts'

/** The error function. d erf = 2 / sqrt(pi) e^-x^2 dx. */
export const erf = elementwise({
  name: 'erf',
  shape: elementwiseShape('erf', ['float32']),
  evaluate:
    () =>
    ([a], y) => {
      for (let i = 0; i < y.length; i++) y[i] = evaluated(a![i]!)
    },
  linearity: 'none',
  jvp: (o, [x], [dx]) => o.mul(dx!, o.mul(o.exp(o.neg(o.mul(x!, x!))), 2 / Math.sqrt(Math.PI))),
  scalar: ([x]) => unary('erf', x!),
  simplify: (o, xs) => fold(o, xs, evaluated)
})
