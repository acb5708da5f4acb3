import { unary } from '../nest/expression.ts'
import { logistic as evaluated } from '../nest/special.ts'
import { elementwise, elementwiseShape } from './rules/elementwise.ts'
import { fold } from './rules/fold.ts'

/** 1 / (1 + e^-x). Its slope is logistic(x) logistic(-x): 1 - logistic(x) would lose the right tail. */
export const logistic = elementwise({
  name: 'logistic',
  shape: elementwiseShape('logistic', ['float32']),
  evaluate:
    () =>
    ([a], y) => {
      for (let i = 0; i < y.length; i++) y[i] = evaluated(a![i]!)
    },
  linearity: 'none',
  jvp: (o, [x], [dx], y) => o.mul(dx!, o.mul(y, o.logistic(o.neg(x!)))),
  scalar: ([x]) => unary('logistic', x!),
  simplify: (o, xs) => fold(o, xs, evaluated)
})
