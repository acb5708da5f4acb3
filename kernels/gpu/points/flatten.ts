import type { Shape } from '../../../src/tensor/shape.ts'
import { stridesOf } from '../../../src/tensor/shape.ts'
import type { Scalar } from '../../../src/nest/expression.ts'
import { int, load, plus, times } from '../../../src/nest/expression.ts'
import { substituteIn } from '../../../src/nest/substitute.ts'

/**
 * Replaces the indices of every load by one offset into a flat array. Where a select discards a load, the offset may lie
 * outside the array; the printer clamps it.
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
