import type { Scalar } from '../../nest/expression.ts'
import { axis, load } from '../../nest/expression.ts'
import type { Nest } from '../../nest/nest.ts'
import { stridesOf } from '../../tensor/shape.ts'
import type { Aval, Tensor } from '../../tensor/tensor.ts'
import type { Vocabulary } from '../../program/vocabulary.ts'
import { otherAxes } from './requirements.ts'
import type { Walk } from '../reference/walk.ts'
import { walk } from '../reference/walk.ts'
import { rowMajor } from '../../tensor/strided.ts'

/** What reduceSum and reduceMax share: where each element goes, and how that reads as a loop nest. */

export const reducedShape = (x: Aval, axes: readonly number[]): readonly number[] =>
  otherAxes(x, axes).map((a) => x.shape[a]!)

/** Walks x as it lies in memory, beside the element of the result that it goes into. */
export const reductionWalk = (x: Aval, result: Aval, axes: readonly number[]): Walk => {
  const own = stridesOf(result.shape)
  const strides = x.shape.map(() => 0)
  otherAxes(x, axes).forEach((a, i) => (strides[a] = own[i]!))
  return walk(x.shape, rowMajor(x.shape), { start: 0, strides })
}

export const reductionNest = (x: Aval, result: Aval, axes: readonly number[], combine: 'sum' | 'max'): Nest => {
  const order = [...otherAxes(x, axes), ...axes]
  const index: readonly Scalar[] = x.shape.map((_, a) => axis(order.indexOf(a)))
  return {
    kind: 'nest',
    domain: result.shape,
    dtype: result.dtype,
    body: load(0, index, x.dtype),
    reduction: { extents: axes.map((a) => x.shape[a]!), combine }
  }
}

/** Nothing to combine: the result is x under another shape. */
export const withoutReduction = (o: Vocabulary, x: Tensor, axes: readonly number[]): Tensor | undefined =>
  axes.every((a) => x.shape[a] === 1) ? o.reshape(x, reducedShape(x, axes)) : undefined
