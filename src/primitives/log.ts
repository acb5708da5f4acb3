import { unary } from '../nest/expression.ts'
import { elementwise, elementwiseShape } from './rules/elementwise.ts'
import { fold } from './rules/fold.ts'

/** The natural logarithm. d log = dx / x. */
export const log = elementwise({
  name: 'log',
  shape: elementwiseShape('log', ['float32']),
  evaluate:
    () =>
    ([a], y) => {
      for (let i = 0; i < y.length; i++) y[i] = Math.log(a![i]!)
    },
  linearity: 'none',
  jvp: (o, [x], [dx]) => o.div(dx!, x!),
  scalar: ([x]) => unary('log', x!),
  simplify: (o, xs) => fold(o, xs, Math.log)
})
