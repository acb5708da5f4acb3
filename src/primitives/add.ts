import { binary } from '../nest/expression.ts'
import { elementwise, elementwiseShape } from './rules/elementwise.ts'
import { fold } from './rules/fold.ts'
import { isLiteral } from './rules/literal.ts'

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
  simplify: (o, [x, y]) =>
    fold(o, [x!, y!], (a, b) => a + b) ?? (isLiteral(y!, 0) ? x : isLiteral(x!, 0) ? y : undefined)
})
