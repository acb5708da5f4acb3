import type { Epilogue } from '../../../src/compiler/schedule.ts'
import type { Strided } from '../../../src/tensor/strided.ts'
import type { Shape } from '../../../src/tensor/shape.ts'
import type { Scalar } from '../../../src/nest/expression.ts'
import { axis, int, load, plus, times } from '../../../src/nest/expression.ts'
import { substituteIn } from '../../../src/nest/substitute.ts'
import type { Operand } from '../points/points.ts'
import { total } from '../points/points.ts'

/**
 * What is computed from finished sums: the body reads a sum as `total`, and operands at offsets affine in the axes of
 * `domain`.
 */
export interface Finish {
  readonly domain: Shape
  readonly body: Scalar
  readonly operands: readonly Operand[]
}

/**
 * Rewrites an epilogue for a result that lies in memory as `domain`, whose axis n is axis order[n] of the epilogue's own
 * domain. `operands` are all arrays that the kernel reads. Returns nothing where the sums are the result.
 */
export const finishOf = (
  { outputs, operands: places }: Epilogue,
  domain: Shape,
  order: readonly number[],
  operands: readonly Operand[]
): Finish | undefined => {
  const { body } = outputs[0]!
  if (body.kind === 'load' && body.operand === 0) return undefined
  const placeOf = ({ start, strides }: Strided): Scalar =>
    order.reduce<Scalar>((sum, own, n) => plus(sum, times(axis(n), domain[n] === 1 ? 0 : strides[own]!)), int(start))
  const visit = substituteIn({
    axis: (e) => e,
    load: (e) => (e.operand === 0 ? total : load(e.operand + 1, [placeOf(places[e.operand - 1]!)], e.dtype))
  })
  return { domain, body: visit(body), operands }
}
