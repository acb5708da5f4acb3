import { erf as evaluated } from '../nest/special.ts'
import { elementwiseFunction } from './rules/elementwise.ts'

/** The error function. d erf = 2 / sqrt(pi) e^-x^2 dx. */
export const erf = elementwiseFunction('erf', {
  evaluate: ([a], y) => {
    for (let i = 0; i < y.length; i++) y[i] = evaluated(a![i]!)
  },
  jvp: (o, [x], [dx]) => o.mul(dx!, o.mul(o.exp(o.neg(o.mul(x!, x!))), 2 / Math.sqrt(Math.PI)))
})
