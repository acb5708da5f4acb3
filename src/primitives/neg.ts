import { unary } from '../nest/expression.ts'
import type { Primitive } from '../program/primitive.ts'
import { elementwise, elementwiseShape } from './rules/elementwise.ts'
import { fold, operandOf } from './rules/fold.ts'

/** -x. */
export const neg: Primitive = elementwise({
  name: 'neg',
  shape: elementwiseShape('neg', ['float32', 'int32']),
  evaluate:
    () =>
    ([a], y) => {
      for (let i = 0; i < y.length; i++) y[i] = -a![i]!
    },
  linearity: 'jointly in all',
  transpose: (o, cotangent) => o.neg(cotangent),
  scalar: ([x]) => unary('neg', x!),
  simplify: (o, xs) => fold(o, xs, (x) => -x) ?? operandOf(neg, xs[0]!)
})
