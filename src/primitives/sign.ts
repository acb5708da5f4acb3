import { elementwiseFunction } from './rules/elementwise.ts'

/** -1, 0 or 1. Its derivative is zero. */
export const sign = elementwiseFunction('sign', {
  dtypes: ['float32', 'int32'],
  evaluate: ([a], y) => {
    for (let i = 0; i < y.length; i++) y[i] = Math.sign(a![i]!)
  },
  tangentsThrough: () => []
})
