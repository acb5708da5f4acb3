import { binary } from '../nest/expression.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { elementwise, elementwiseShape } from './rules/elementwise.ts'
import { fold } from './rules/fold.ts'
import { literalValue } from './rules/literal.ts'

/** -0 among floats, where -0 + 0 is 0; integers have one zero. */
const isNeutral = (x: Tensor): boolean => {
  const value = literalValue(x)
  return x.dtype === 'int32' ? value === 0 : Object.is(value, -0)
}

/** x + y; int32 wraps around. */
export const add = elementwise({
  name: 'add',
  shape: elementwiseShape('add', ['float32', 'int32']),
  evaluate:
    () =>
    ([a, b], y) => {
      for (let i = 0; i < y.length; i++) y[i] = a![i]! + b![i]!
    },
  linearity: 'jointly in all',
  transpose: (_, cotangent) => cotangent,
  scalar: ([x, y]) => binary('add', x!, y!),
  simplify: (o, [x, y]) => fold(o, [x!, y!], (a, b) => a + b) ?? (isNeutral(y!) ? x : isNeutral(x!) ? y : undefined)
})
