import { elementwiseFunction } from './rules/elementwise.ts'

/** e^x - 1, to relative precision near 0. Its slope is e^x itself: 1 + expm1 x would lose the left tail. */
export const expm1 = elementwiseFunction('expm1', {
  evaluate: ([a], y) => {
    for (let i = 0; i < y.length; i++) y[i] = Math.expm1(a![i]!)
  },
  jvp: (o, [x], [dx]) => o.mul(dx!, o.exp(x!))
})
