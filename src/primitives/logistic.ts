import { logistic as evaluated } from '../nest/special.ts'
import { elementwiseFunction } from './rules/elementwise.ts'

/** 1 / (1 + e^-x). Its slope is logistic(x) logistic(-x): 1 - logistic(x) would lose the right tail. */
export const logistic = elementwiseFunction('logistic', {
  evaluate: ([a], y) => {
    for (let i = 0; i < y.length; i++) y[i] = evaluated(a![i]!)
  },
  jvp: (o, [x], [dx], y) => o.mul(dx!, o.mul(y, o.logistic(o.neg(x!))))
})
