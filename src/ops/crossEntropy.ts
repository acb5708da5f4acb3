import { o } from '../primitives/vocabulary.ts'
import { fail } from '../tensor/error.ts'
import { equalShapes } from '../tensor/shape.ts'
import type { None } from '../tensor/arguments.ts'
import { requireTensor } from '../tensor/arguments.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { add, mul, sub } from './arithmetic.ts'
import type { AxisOptions } from './axes.ts'
import { axisOption, extentOf, reducedShape } from './axes.ts'
import type { Indices } from './indices.ts'
import { indicesBelow, marks } from './indices.ts'
import type { Operand } from './operands.ts'
import { floating } from './operands.ts'
import { logSoftmax } from './softmax.ts'
import { showAval } from '../tensor/tensor.ts'

/**
 * Computes -t log σ(x) - (1 - t) log σ(-x), elementwise, for logits x and targets t in [0, 1], which broadcast. It does
 * not overflow, and keeps the digits of both tails.
 *
 * @example
 * import { sigmoidCrossEntropyWithLogits, tensor } from 'saddlepoint'
 * sigmoidCrossEntropyWithLogits(tensor([0, 100]), 1).data // => [0.6931472, 0]
 * sigmoidCrossEntropyWithLogits(tensor([100]), 0.9).data // => [10]
 */
export const sigmoidCrossEntropyWithLogits = (x: Operand, target: Operand, ...more: None): Tensor => {
  const logits = floating('sigmoidCrossEntropyWithLogits', x, more)
  if (target === 1) return o.softplus(o.neg(logits))
  if (target === 0) return o.softplus(logits)
  const t = typeof target === 'number' ? target : floating('sigmoidCrossEntropyWithLogits', target)
  return add(mul(t, o.softplus(o.neg(logits))), mul(sub(1, t), o.softplus(logits)))
}

/**
 * Computes -log softmax(x)[label] along `axis`, for logits x and 0-based labels, which have x's shape without that
 * axis; one value a label.
 *
 * @throws ShapeMisfit where the labels do not fit; InvalidArgument where a label is out of range
 *
 * @example
 * import { softmaxCrossEntropyWithLogits, tensor } from 'saddlepoint'
 * softmaxCrossEntropyWithLogits(tensor([[0, 0], [0, 100]]), [0, 1]).data // => [0.6931472, 0]
 */
export const softmaxCrossEntropyWithLogits = (
  x: Tensor,
  labels: Indices,
  options?: AxisOptions,
  ...more: None
): Tensor => {
  const op = 'softmaxCrossEntropyWithLogits'
  const place = axisOption(op, floating(op, requireTensor(op, x)), options, -1, more)
  const at = indicesBelow(op, labels, extentOf(x.shape, place))
  if (!equalShapes(at.shape, reducedShape(x.shape, [place], false)))
    fail('ShapeMisfit', {
      op,
      expected: `labels in the shape of ${showAval(x)} without axis ${String(place)}`,
      actual: showAval(at)
    })
  const isLabel = marks(at, extentOf(x.shape, place), place)
  return o.neg(o.reduceSum(o.select(isLabel, logSoftmax(x, { axis: place }), 0), [place]))
}
