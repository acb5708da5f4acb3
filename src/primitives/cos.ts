import { elementwiseFunction } from './rules/elementwise.ts'

/** The cosine. d cos = -sin dx. */
export const cos = elementwiseFunction('cos', {
  evaluate: ([a], y) => {
    for (let i = 0; i < y.length; i++) y[i] = Math.cos(a![i]!)
  },
  jvp: (o, [x], [dx]) => o.mul(dx!, o.neg(o.sin(x!)))
})
