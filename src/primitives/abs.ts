import { elementwiseFunction } from './rules/elementwise.ts'

/** The absolute value. d abs = sign dx, so 0 at 0. */
export const abs = elementwiseFunction('abs', {
  dtypes: ['float32', 'int32'],
  evaluate: ([a], y) => {
    for (let i = 0; i < y.length; i++) y[i] = Math.abs(a![i]!)
  },
  jvp: (o, [x], [dx]) => o.mul(dx!, o.sign(x!))
})
