import { softplus as evaluated } from '../nest/special.ts'
import { elementwiseFunction } from './rules/elementwise.ts'

/** log(1 + e^x). A primitive, since the slope of any composition of it is not logistic(x) at exactly 0. */
export const softplus = elementwiseFunction('softplus', {
  evaluate: ([a], y) => {
    for (let i = 0; i < y.length; i++) y[i] = evaluated(a![i]!)
  },
  jvp: (o, [x], [dx]) => o.mul(dx!, o.logistic(x!))
})
