import { add, div, max, min, sub } from '../../../ops/arithmetic.ts'
import { equal, where } from '../../../ops/comparison.ts'
import { log } from '../../../ops/elementary.ts'
import type { Tensor } from '../../../tensor/tensor.ts'

/** Eigenvalues of M = J'J that are a smaller part of its largest are lost in the rounding of M, in single precision. */
const resolution = 2 ** -24

/**
 * Computes the logarithm of an eigenvalue of M over the largest one. Below 2^-24 it goes on along its tangent, down to
 * -17.6 at 0, so that value and derivative are finite where J has lost rank: the derivative is then that of an eigenvalue
 * that is at its least, 0.
 */
export const resolvedLog = (value: Tensor, largest: Tensor): Tensor => {
  const ratio = div(value, where(equal(largest, 0), 1, largest))
  return add(log(max(ratio, resolution)), min(sub(div(ratio, resolution), 1), 0))
}
