import { binary } from '../nest/expression.ts'
import { isZero } from '../program/tangent.ts'
import { elementwise, elementwiseShape } from './rules/elementwise.ts'
import { fold } from './rules/fold.ts'
import { isLiteral } from './rules/literal.ts'

/** x^y. The slope in x at x = 0 = y is 0, where y x^(y-1) would be 0 / 0; so is that in y at x = 0 and y >= 0. */
export const pow = elementwise({
  name: 'pow',
  shape: elementwiseShape('pow', ['float32']),
  evaluate:
    () =>
    ([a, b], y) => {
      for (let i = 0; i < y.length; i++) y[i] = Math.pow(a![i]!, b![i]!)
    },
  linearity: 'none',
  jvp: (o, [x, y], [dx, dy], power) => {
    const atZero = o.compare(x!, 0, 'eq')
    const base = o.select(o.compare(y!, 0, 'eq'), o.select(atZero, 1, x!), x!)
    const exponentBase = o.select(o.compare(y!, 0, 'ge'), o.select(atZero, 1, x!), x!)
    // Each factor stands only where its tangent does: the logarithm of a negative base is no concern of dx.
    const inBase = isZero(dx!) ? dx : o.mul(dx!, o.mul(y!, o.pow(base, o.sub(y!, 1))))
    const inExponent = isZero(dy!) ? dy : o.mul(dy!, o.mul(power, o.log(exponentBase)))
    return o.add(inBase, inExponent)
  },
  scalar: ([x, y]) => binary('pow', x!, y!),
  simplify: (o, [x, y]) =>
    fold(o, [x!, y!], Math.pow) ??
    (isLiteral(y!, 0) ? o.full(x!.shape, 1) : isLiteral(y!, 1) ? x : isLiteral(y!, 2) ? o.mul(x!, x!) : undefined)
})
