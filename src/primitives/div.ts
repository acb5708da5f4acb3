import { binary } from '../nest/expression.ts'
import { elementwise, elementwiseShape } from './rules/elementwise.ts'
import { fold } from './rules/fold.ts'
import { isLiteral } from './rules/literal.ts'

/** x / y, linear in x alone. d(x / y) = (dx - (x / y) dy) / y, by the result. */
export const div = elementwise({
  name: 'div',
  shape: elementwiseShape('div', ['float32']),
  evaluate:
    () =>
    ([a, b], y) => {
      for (let i = 0; i < y.length; i++) y[i] = a![i]! / b![i]!
    },
  linearity: { in: [0], how: 'separately' },
  jvp: (o, [, y], [dx, dy], quotient) => o.div(o.sub(dx!, o.mul(dy!, quotient)), y!),
  transpose: (o, cotangent, _, [, y]) => o.div(cotangent, y!),
  scalar: ([x, y]) => binary('div', x!, y!),
  simplify: (o, [x, y]) => fold(o, [x!, y!], (a, b) => a / b) ?? (isLiteral(y!, 1) ? x : undefined)
})
