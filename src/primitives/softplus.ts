import { unary } from '../nest/expression.ts'
import { softplus as evaluated } from '../nest/special.ts'
import { elementwise, elementwiseShape } from './rules/elementwise.ts'
import { fold } from './rules/fold.ts'

/** log(1 + e^x). A primitive, since the slope of any composition of it is not logistic(x) at exactly 0. */
export const softplus = elementwise({
  name: 'softplus',
  shape: elementwiseShape('softplus', ['float32']),
  evaluate:
    () =>
    ([a], y) => {
      for (let i = 0; i < y.length; i++) y[i] = evaluated(a![i]!)
    },
  linearity: 'none',
  jvp: (o, [x], [dx]) => o.mul(dx!, o.logistic(x!)),
  scalar: ([x]) => unary('softplus', x!),
  simplify: (o, xs) => fold(o, xs, evaluated)
})
