import { elementwiseFunction } from './rules/elementwise.ts'

/** The hyperbolic tangent. d tanh = (1 - tanh^2) dx, by the result. */
export const tanh = elementwiseFunction('tanh', {
  evaluate: ([a], y) => {
    for (let i = 0; i < y.length; i++) y[i] = Math.tanh(a![i]!)
  },
  jvp: (o, _, [dx], y) => o.mul(dx!, o.sub(1, o.mul(y, y)))
})
