import type { Scalar } from '../../nest/expression.ts'
import { axis, load } from '../../nest/expression.ts'
import type { Nest } from '../../nest/nest.ts'
import type { Aval, Tensor } from '../../tensor/tensor.ts'
import type { Vocabulary } from '../../program/vocabulary.ts'
import { otherAxes } from './requirements.ts'

/** What reduceSum and reduceMax share: the shape of the result, the loop nest, and what needs no reduction. */

/** Returns the extents of x without the reduced axes. */
export const reducedShape = (x: Aval, axes: readonly number[]): readonly number[] =>
  otherAxes(x, axes).map((a) => x.shape[a]!)

/** Lowers a reduction to a loop nest: the axes that stay are its domain, the reduced ones are combined. */
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

/** Returns x under the reduced shape where every reduced axis has extent 1, so that there is nothing to combine. */
export const withoutReduction = (o: Vocabulary, x: Tensor, axes: readonly number[]): Tensor | undefined =>
  axes.every((a) => x.shape[a] === 1) ? o.reshape(x, reducedShape(x, axes)) : undefined
