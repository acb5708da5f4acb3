import { elementwiseFunction } from './rules/elementwise.ts'

/** The square root. d sqrt = dx / (2 sqrt), by the result: infinite at 0. */
export const sqrt = elementwiseFunction('sqrt', {
  evaluate: ([a], y) => {
    for (let i = 0; i < y.length; i++) y[i] = Math.sqrt(a![i]!)
  },
  jvp: (o, _, [dx], y) => o.div(dx!, o.mul(y, 2))
})
