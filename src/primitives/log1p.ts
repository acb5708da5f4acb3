import { elementwiseFunction } from './rules/elementwise.ts'

/** log(1 + x), to relative precision near 0. */
export const log1p = elementwiseFunction('log1p', {
  evaluate: ([a], y) => {
    for (let i = 0; i < y.length; i++) y[i] = Math.log1p(a![i]!)
  },
  jvp: (o, [x], [dx]) => o.div(dx!, o.add(x!, 1))
})
