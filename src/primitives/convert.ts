import { convert as convertScalar } from '../nest/expression.ts'
import { truncate } from '../nest/special.ts'
import type { DType } from '../tensor/dtype.ts'
import { zero } from '../program/tangent.ts'
import { elementwise, elementwiseShape } from './rules/elementwise.ts'
import { fold } from './rules/fold.ts'

const converted: Readonly<Record<DType, (x: number) => number>> = {
  float32: (x) => x,
  int32: truncate,
  bool: (x) => (x !== 0 ? 1 : 0)
}

const anyShape = elementwiseShape('convert', ['float32', 'int32', 'bool'])

/** The same number in another dtype: to int32 towards zero, saturating, NaN as 0; to bool whether it is not 0. */
export const convert = elementwise<{ dtype: DType }>({
  name: 'convert',
  shape: (xs, { dtype }) => ({ shape: anyShape(xs).shape, dtype }),
  evaluate: (_, __, { dtype }) => {
    const f = converted[dtype]
    return ([a], y) => {
      for (let i = 0; i < y.length; i++) y[i] = f(a![i]!)
    }
  },
  linearity: 'none',
  // Between different dtypes one of them holds no tangents.
  jvp: (_, [x], [dx], y) => (x!.dtype === y.dtype ? dx! : zero(y)),
  scalar: ([x], { dtype }) => convertScalar(x!, dtype),
  simplify: (o, [x], { dtype }) => (x!.dtype === dtype ? x : fold(o, [x!], converted[dtype], dtype))
})
