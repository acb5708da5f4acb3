import type { Shape } from '../../../src/tensor/shape.ts'
import { stridesOf } from '../../../src/tensor/shape.ts'
import type { Scalar } from '../../../src/nest/expression.ts'
import { int, load, plus, times } from '../../../src/nest/expression.ts'
import { substituteIn } from '../../../src/nest/substitute.ts'

/**
 * The body with every operand flat. What a select takes lies inside its operand, so its offset is exact; what it does
 * not take may have any offset, which whoever prints it keeps within the array.
 */
export const flatten = (body: Scalar, shapes: readonly Shape[]): Scalar => {
  const offsetOf = (shape: Shape, index: readonly Scalar[]): Scalar => {
    const strides = stridesOf(shape)
    return index.reduce<Scalar>((sum, e, i) => (shape[i] === 1 ? sum : plus(times(e, strides[i]!), sum)), int(0))
  }
  const visit = substituteIn({
    axis: (e) => e,
    load: (e, index) => load(e.operand, [offsetOf(shapes[e.operand]!, index)], e.dtype)
  })
  return visit(body)
}
