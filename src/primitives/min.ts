import { binary } from '../nest/expression.ts'
import { elementwise, elementwiseShape } from './rules/elementwise.ts'
import { fold } from './rules/fold.ts'

/** The smaller of x and y. Its tangent is that of the smaller one, half of each at a tie. */
export const min = elementwise({
  name: 'min',
  shape: elementwiseShape('min', ['float32', 'int32']),
  evaluate:
    () =>
    ([a, b], y) => {
      for (let i = 0; i < y.length; i++) y[i] = Math.min(a![i]!, b![i]!)
    },
  linearity: 'none',
  jvp: (o, [x, y], [dx, dy]) =>
    o.select(o.compare(x!, y!, 'lt'), dx!, o.select(o.compare(x!, y!, 'gt'), dy!, o.mul(o.add(dx!, dy!), 0.5))),
  scalar: ([x, y]) => binary('min', x!, y!),
  simplify: (o, xs) => fold(o, xs, Math.min)
})
