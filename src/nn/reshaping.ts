import * as E from '#fp-ts/Either'
import { reshape as reshapeOf } from '../ops/shaping.ts'
import type { None } from '../tensor/arguments.ts'
import type { Problem } from '../tensor/problem.ts'
import { showValue } from '../tensor/problem.ts'
import type { Rule } from '../tensor/options.ts'
import { count, readOptions } from '../tensor/options.ts'
import { showShape, sizeOf } from '../tensor/shape.ts'
import { misfit, sizeOfFeatures } from './features.ts'
import type { Layer } from './layer.ts'
import { callOf, layer } from './layer.ts'

/**
 * Flattens all features into one axis.
 *
 * @formula [C, H, W] -> [C H W]
 *
 * @example
 * import { Net } from 'saddlepoint'
 * Net.serial(Net.reshape([64, 7, 7]), Net.flatten).output // => [3136]
 */
export const flatten: Layer<unknown, readonly [number]> = layer<unknown, readonly [number]>({
  name: 'flatten',
  fit: (features) => E.right([sizeOfFeatures(features)]),
  apply: ({ state }, x) => {
    const [batch = 0, ...features] = x.shape
    return [reshapeOf(x, [batch, sizeOf(features)]), state]
  }
})

/**
 * Reshapes each sample's features, row-major.
 *
 * @formula [...] -> shape
 *
 * @example
 * import { Net } from 'saddlepoint'
 * Net.serial(Net.dense(64, 3136), Net.reshape([64, 7, 7])).output // => [64, 7, 7]
 */
export const reshape = <const S extends readonly number[]>(shape: S, ...more: None): Layer<unknown, S> => {
  const list: Rule = { expected: 'the extents of a sample, a list', accepts: Array.isArray }
  const { problems: ofShape } = readOptions({}, {}, { shape: list }, { shape }, more)
  const extents: readonly number[] = Array.isArray(shape) ? shape : []
  const ofExtents = extents.flatMap((extent, i): readonly Problem[] =>
    count.accepts(extent)
      ? []
      : [{ path: ['shape', i], expected: count.expected, actual: showValue(extent), hint: 'Change it' }]
  )
  return layer<unknown, S>({
    name: 'reshape',
    title: callOf('reshape', shape),
    options: { shape },
    problems: [...ofShape, ...ofExtents],
    fit: (features) => {
      const size = sizeOf(shape)
      return features === undefined || [null, size].includes(sizeOfFeatures(features))
        ? E.right(shape)
        : misfit(`of ${String(size)} numbers in all, for ${showShape(shape)}`, features, 'Make the sizes agree')
    },
    apply: ({ state }, x) => [reshapeOf(x, [x.shape[0] ?? 0, ...shape]), state]
  })
}
