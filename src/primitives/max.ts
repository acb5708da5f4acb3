import { binary } from '../nest/expression.ts'
import { elementwise, elementwiseShape } from './rules/elementwise.ts'
import { fold } from './rules/fold.ts'

/** The larger of x and y. Its tangent is that of the larger one, half of each at a tie. */
export const max = elementwise({
  name: 'max',
  shape: elementwiseShape('max', ['float32', 'int32']),
  evaluate:
    () =>
    ([a, b], y) => {
      for (let i = 0; i < y.length; i++) y[i] = Math.max(a![i]!, b![i]!)
    },
  linearity: 'none',
  jvp: (o, [x, y], [dx, dy]) =>
    o.select(o.compare(x!, y!, 'gt'), dx!, o.select(o.compare(x!, y!, 'lt'), dy!, o.mul(o.add(dx!, dy!), 0.5))),
  scalar: ([x, y]) => binary('max', x!, y!),
  simplify: (o, xs) => fold(o, xs, Math.max)
})
