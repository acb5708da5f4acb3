import { unaryFunctions } from '../nest/functions.ts'
import type { Primitive } from '../program/primitive.ts'
import { elementwiseFunction } from './rules/elementwise.ts'
import { fold, operandOf } from './rules/fold.ts'

/** -x. */
export const neg: Primitive = elementwiseFunction('neg', {
  dtypes: ['float32', 'int32'],
  evaluate: ([a], y) => {
    for (let i = 0; i < y.length; i++) y[i] = -a![i]!
  },
  linearity: 'jointly in all',
  transpose: (o, cotangent) => o.neg(cotangent),
  simplify: (o, xs) => fold(o, xs, unaryFunctions.neg) ?? operandOf(neg, xs[0]!)
})
