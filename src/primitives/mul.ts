import { binary } from '../nest/expression.ts'
import { elementwise, elementwiseShape } from './rules/elementwise.ts'
import { fold } from './rules/fold.ts'
import { isLiteral } from './rules/literal.ts'

/** x y, bilinear; int32 wraps around. */
export const mul = elementwise({
  name: 'mul',
  shape: elementwiseShape('mul', ['float32', 'int32']),
  evaluate: ([x]) =>
    x!.dtype === 'int32'
      ? ([a, b], y) => {
          for (let i = 0; i < y.length; i++) y[i] = Math.imul(a![i]!, b![i]!)
        }
      : ([a, b], y) => {
          for (let i = 0; i < y.length; i++) y[i] = a![i]! * b![i]!
        },
  linearity: { in: [0, 1], how: 'separately' },
  transpose: (o, cotangent, index, operands) => o.mul(cotangent, operands[1 - index]!),
  scalar: ([x, y]) => binary('mul', x!, y!),
  simplify: (o, [x, y]) =>
    fold(o, [x!, y!], x!.dtype === 'int32' ? Math.imul : (a, b) => a * b) ??
    (isLiteral(y!, 1) ? x : isLiteral(x!, 1) ? y : undefined)
})
