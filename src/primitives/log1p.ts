import { unary } from '../nest/expression.ts'
import { elementwise, elementwiseShape } from './rules/elementwise.ts'
import { fold } from './rules/fold.ts'

/** log(1 + x), to relative precision near 0. */
export const log1p = elementwise({
  name: 'log1p',
  shape: elementwiseShape('log1p', ['float32']),
  evaluate:
    () =>
    ([a], y) => {
      for (let i = 0; i < y.length; i++) y[i] = Math.log1p(a![i]!)
    },
  linearity: 'none',
  jvp: (o, [x], [dx]) => o.div(dx!, o.add(x!, 1)),
  scalar: ([x]) => unary('log1p', x!),
  simplify: (o, xs) => fold(o, xs, Math.log1p)
})
