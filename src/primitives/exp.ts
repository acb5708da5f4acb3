import { elementwiseFunction } from './rules/elementwise.ts'

/** e^x. d exp = exp dx, by the result. */
export const exp = elementwiseFunction('exp', {
  evaluate: ([a], y) => {
    for (let i = 0; i < y.length; i++) y[i] = Math.exp(a![i]!)
  },
  jvp: (o, _, [dx], y) => o.mul(dx!, y)
})
