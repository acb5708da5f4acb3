import { binary, convert, int, literal } from '../nest/expression.ts'
import { elementwise, elementwiseShape } from './rules/elementwise.ts'

const unit = 2 ** -24

/** k 2^-24 in [0, 1), with k the upper 24 of 32 bits: exact in float32, and so the same in every precision. */
export const bitsToUnit = elementwise({
  name: 'bitsToUnit',
  shape: elementwiseShape('bitsToUnit', ['int32'], 'float32'),
  evaluate:
    () =>
    ([a], y) => {
      for (let i = 0; i < y.length; i++) y[i] = (a![i]! >>> 8) * unit
    },
  linearity: 'none',
  tangentsThrough: () => [],
  scalar: ([x]) => binary('mul', convert(binary('shiftRight', x!, int(8)), 'float32'), literal(unit))
})
