import { select as selectScalars } from '../nest/expression.ts'
import { fail } from '../tensor/error.ts'
import { elementwise, elementwiseShape } from './rules/elementwise.ts'
import { literalValue } from './rules/literal.ts'
import { showAval } from '../tensor/tensor.ts'

const branches = elementwiseShape('select', ['float32', 'int32', 'bool'])

/** x where `when` holds, y elsewhere; linear in the two branches together. What is not taken is not looked at. */
export const select = elementwise({
  name: 'select',
  shape: ([when, x, y]) => {
    if (when!.dtype !== 'bool')
      fail('DTypeMisfit', { op: 'select', expected: 'a condition of dtype bool', actual: showAval(when!) })
    // As if the condition were of the branches' dtype: then all three are held to one shape.
    return branches([x!, y!, { shape: when!.shape, dtype: x!.dtype }])
  },
  evaluate:
    () =>
    ([when, a, b], y) => {
      for (let i = 0; i < y.length; i++) y[i] = when![i]! !== 0 ? a![i]! : b![i]!
    },
  linearity: { in: [1, 2], how: 'jointly' },
  transpose: (o, cotangent, index, [when]) =>
    index === 1 ? o.select(when!, cotangent, 0) : o.select(when!, 0, cotangent),
  tangentsThrough: () => [1, 2],
  scalar: ([when, x, y]) => selectScalars(when!, x!, y!),
  simplify: (_, [when, x, y]) => {
    const condition = literalValue(when!)
    return condition === undefined ? (x === y ? x : undefined) : condition !== 0 ? x : y
  }
})
