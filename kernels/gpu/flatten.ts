import type { Shape } from '../../src/tensor/shape.ts'
import { stridesOf } from '../../src/tensor/shape.ts'
import { affineOf } from '../nest/affine.ts'
import type { Scalar } from '../nest/expression.ts'
import { binary, int, load, plus, times } from '../nest/expression.ts'
import { substituteIn } from '../nest/substitute.ts'
import type { Range } from './ranges.ts'
import { exactIntegers, rangesOf } from './ranges.ts'

/** x, or the nearest index of an axis. */
const clamped = (x: Scalar, extent: number): Scalar => binary('max', binary('min', x, int(extent - 1)), int(0))

/**
 * The body with every operand flat. Offsets stay exact: an index that may leave its axis, as a load may where a select
 * does not take it, is kept within unless it is a sum of loop variables that cannot go far.
 */
export const flatten = (
  body: Scalar,
  extents: Shape,
  operands: readonly { readonly shape: Shape; readonly range: Range }[]
): Scalar => {
  const rangeOf = rangesOf(
    extents,
    operands.map(({ range }) => range)
  )
  const offsetOf = (operand: number, index: readonly Scalar[]): Scalar => {
    const { shape } = operands[operand]!
    const strides = stridesOf(shape)
    const reach = (e: Scalar, i: number): number => Math.max(-rangeOf(e).low, rangeOf(e).high) * strides[i]!
    const isNear = index.reduce((sum, e, i) => sum + reach(e, i), 0) <= exactIntegers
    return index.reduce<Scalar>((sum, e, i) => {
      const extent = shape[i]!
      if (extent === 1) return sum
      const { low, high } = rangeOf(e)
      const stays = (low >= 0 && high < extent) || (isNear && affineOf(e) !== undefined)
      return plus(times(stays ? e : clamped(e, extent), strides[i]!), sum)
    }, int(0))
  }
  const visit = substituteIn({
    axis: (e) => e,
    load: (e, index) => load(e.operand, [offsetOf(e.operand, index)], e.dtype)
  })
  return visit(body)
}
