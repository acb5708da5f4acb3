import { stridesOf } from '../../tensor/shape.ts'
import { rowMajor } from '../../tensor/strided.ts'
import type { Aval } from '../../tensor/tensor.ts'
import { otherAxes } from '../rules/requirements.ts'
import type { Walk } from './walk.ts'
import { walk } from './walk.ts'

/** Walks x as it lies in memory, beside the element of the result that each of its elements goes into. */
export const reductionWalk = (x: Aval, result: Aval, axes: readonly number[]): Walk => {
  const own = stridesOf(result.shape)
  const strides = x.shape.map(() => 0)
  otherAxes(x, axes).forEach((a, i) => (strides[a] = own[i]!))
  return walk(x.shape, rowMajor(x.shape), { start: 0, strides })
}
