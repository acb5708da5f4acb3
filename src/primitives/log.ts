import { elementwiseFunction } from './rules/elementwise.ts'

/** The natural logarithm. d log = dx / x. */
export const log = elementwiseFunction('log', {
  evaluate: ([a], y) => {
    for (let i = 0; i < y.length; i++) y[i] = Math.log(a![i]!)
  },
  jvp: (o, [x], [dx]) => o.div(dx!, x!)
})
