import { elementwiseFunction } from './rules/elementwise.ts'

/** The greatest integer that is not above x. Its derivative is zero. */
export const floor = elementwiseFunction('floor', {
  evaluate: ([a], y) => {
    for (let i = 0; i < y.length; i++) y[i] = Math.floor(a![i]!)
  },
  tangentsThrough: () => []
})
