import { binary } from '../nest/expression.ts'
import { elementwise, elementwiseShape } from './rules/elementwise.ts'
import { fold } from './rules/fold.ts'
import { isLiteral, literalValue } from './rules/literal.ts'

/** x - y; int32 wraps around. */
export const sub = elementwise({
  name: 'sub',
  shape: elementwiseShape('sub', ['float32', 'int32']),
  evaluate:
    () =>
    ([a, b], y) => {
      for (let i = 0; i < y.length; i++) y[i] = a![i]! - b![i]!
    },
  linearity: 'jointly in all',
  transpose: (o, cotangent, index) => (index === 0 ? cotangent : o.neg(cotangent)),
  scalar: ([x, y]) => binary('sub', x!, y!),
  simplify: (o, [x, y]) =>
    // -0 in its place would make a difference where the other one is 0, too.
    fold(o, [x!, y!], (a, b) => a - b) ??
    (Object.is(literalValue(y!), 0) ? x : x!.dtype === 'int32' && isLiteral(x!, 0) ? o.neg(y!) : undefined)
})
