import * as E from '#fp-ts/Either'
import { concat } from '../ops/assembly.ts'
import { broadcastTo, reshape } from '../ops/shaping.ts'
import type { None } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import type { Rule } from '../tensor/options.ts'
import { count, readOptions } from '../tensor/options.ts'
import type { Shape } from '../tensor/shape.ts'
import { equalShapes, showShape } from '../tensor/shape.ts'
import { showAval } from '../tensor/tensor.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { Features } from './features.ts'
import { agree, misfit } from './features.ts'
import type { Layer } from './layer.ts'
import { layer } from './layer.ts'

const shapeRule: Rule = {
  expected: 'the shape of one condition, whole numbers of at least 1',
  accepts: (x) => Array.isArray(x) && x.length > 0 && x.every(count.accepts)
}

/** Repeats conditions [batch, k] over the pixels of x, [batch, C, ...], to [batch, k, ...]; conditions of images stay. */
const like = (x: Tensor, condition: Tensor): Tensor => {
  const extents = x.shape.slice(2)
  return condition.shape.length === x.shape.length
    ? condition
    : broadcastTo(reshape(condition, [...condition.shape, ...extents.map(() => 1)]), [...condition.shape, ...extents])
}

/**
 * Appends the condition of each sample (`Gan.withConditions`) as features: a vector [k] to [n], which becomes [n +
 * k], or as k planes to images [C, H, W], which become [C + k, H, W]; an image [k, H, W] to images of its size.
 *
 * @formula y = (x, condition)
 * @when samples are to follow vectors or images
 * @see Mirza and Osindero, Conditional generative adversarial nets (2014)
 * @see Isola et al., Image-to-image translation with conditional adversarial networks (2017): of images
 *
 * @throws InvalidArgument where the context has no condition; ShapeMisfit where it has another shape
 *
 * @example
 * import { Net, tensor } from 'saddlepoint'
 * const labels = tensor([[0.5, 2], [1, 3]])
 * Net.appendCondition([2]).apply({ params: [], state: [], labels }, tensor([[5], [6]]))[0].data // => [5, 0.5, 2, 6, 1, 3]
 */
export const appendCondition = (shape: Shape, ...more: None): Layer => {
  const title = `appendCondition(${shapeRule.accepts(shape) ? showShape(shape) : '?'})`
  const [channels = 1, ...extents] = shapeRule.accepts(shape) ? shape : []
  const isVector = extents.length === 0
  const fits = (features: NonNullable<Features>): boolean => isVector || agree(features.slice(1), extents)
  return layer<unknown, unknown>({
    name: 'appendCondition',
    title,
    options: { shape },
    problems: readOptions({}, {}, { shape: shapeRule }, { shape }, more).problems,
    takesLabels: true,
    fit: (features) => {
      if (features === undefined) return E.right(undefined)
      const [first = null, ...rest] = features
      return features.length > 0 && fits(features)
        ? E.right([first === null ? null : first + channels, ...rest])
        : misfit(
            isVector ? 'with an axis to append to' : `[?, ${extents.join(', ')}]`,
            features,
            `Put Net.reshape(${isVector ? '[1]' : `[?, ${extents.join(', ')}]`}) before it`
          )
    },
    apply: ({ labels, state }, x) => {
      const wanted = [x.shape[0] ?? 0, channels, ...extents]
      if (labels === undefined)
        return fail('InvalidArgument', {
          op: title,
          expected: 'conditions',
          actual: 'none',
          hint: 'Gan.withConditions({ shape }), or labels in the context'
        })
      if (labels.dtype !== 'float32' || !equalShapes(labels.shape, wanted))
        return fail('ShapeMisfit', {
          op: title,
          expected: `conditions float32${showShape(wanted)}`,
          actual: showAval(labels)
        })
      return [concat([x, like(x, labels)], { axis: 1 }), state]
    }
  })
}
