import { elementwiseFunction } from './rules/elementwise.ts'

/** The sine. d sin = cos dx. */
export const sin = elementwiseFunction('sin', {
  evaluate: ([a], y) => {
    for (let i = 0; i < y.length; i++) y[i] = Math.sin(a![i]!)
  },
  jvp: (o, [x], [dx]) => o.mul(dx!, o.cos(x!))
})
