import { unary } from '../nest/expression.ts'
import { elementwise, elementwiseShape } from './rules/elementwise.ts'
import { fold } from './rules/fold.ts'

/** The absolute value. d abs = sign dx, so 0 at 0. */
export const abs = elementwise({
  name: 'abs',
  shape: elementwiseShape('abs', ['float32', 'int32']),
  evaluate:
    () =>
    ([a], y) => {
      for (let i = 0; i < y.length; i++) y[i] = Math.abs(a![i]!)
    },
  linearity: 'none',
  jvp: (o, [x], [dx]) => o.mul(dx!, o.sign(x!)),
  scalar: ([x]) => unary('abs', x!),
  simplify: (o, xs) => fold(o, xs, Math.abs)
})
