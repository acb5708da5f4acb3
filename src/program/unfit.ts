import type { Data } from '../tensor/dtype.ts'
import { fail } from '../tensor/error.ts'
import { sizeOf } from '../tensor/shape.ts'
import type { Aval } from '../tensor/tensor.ts'
import { showAval } from '../tensor/tensor.ts'
import type { AnyPrimitive } from './primitive.ts'

/**
 * Fails with InvalidArgument where a primitive that takes certain numbers only was given others, which its result tells by
 * NaN and infinities: for what is computed at once. A program on an engine computes on, and training finds the operation.
 */
export const refuseUnfit = (primitive: AnyPrimitive, operands: readonly Aval[], result: Aval, data: Data): void => {
  if (primitive.expects === undefined) return
  const at = data.findIndex((x) => !Number.isFinite(x))
  if (at < 0) return
  const leading = result.shape.slice(0, -2)
  const which = Math.floor(at / sizeOf(result.shape.slice(-2)))
  const place = leading.map((_, axis) => Math.floor(which / sizeOf(leading.slice(axis + 1))) % leading[axis]!)
  fail('InvalidArgument', {
    op: primitive.name,
    expected: primitive.expects,
    actual:
      operands.map(showAval).join(' and ') + (place.length === 0 ? '' : ` with another one at [${place.join(', ')}]`)
  })
}
