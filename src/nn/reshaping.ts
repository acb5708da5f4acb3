import * as E from '#fp-ts/Either'
import { reshape as reshapeOf } from '../ops/shaping.ts'
import type { Problem } from '../tensor/problem.ts'
import { count } from '../tensor/options.ts'
import { showShape, sizeOf } from '../tensor/shape.ts'
import { misfit, sizeOfFeatures } from './features.ts'
import type { Layer } from './layer.ts'
import { layer } from './layer.ts'

/**
 * Flattens all features into one axis: [C, H, W] -> [C H W].
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
 * @example
 * import { Net } from 'saddlepoint'
 * Net.serial(Net.dense(64, 3136), Net.reshape([64, 7, 7])).output // => [64, 7, 7]
 */
export const reshape = <const S extends readonly number[]>(shape: S): Layer<unknown, S> => {
  const problems: readonly Problem[] = shape.flatMap((extent, i) =>
    count.accepts(extent)
      ? []
      : [{ path: ['shape', i], expected: count.expected, actual: String(extent), hint: 'Change it' }]
  )
  const size = sizeOf(shape)
  return layer<unknown, S>({
    name: 'reshape',
    title: `reshape(${showShape(shape)})`,
    options: { shape },
    problems,
    fit: (features) =>
      features === undefined || [null, size].includes(sizeOfFeatures(features))
        ? E.right(shape)
        : misfit(`of ${String(size)} numbers in all, for ${showShape(shape)}`, features, 'Make the sizes agree'),
    apply: ({ state }, x) => [reshapeOf(x, [x.shape[0] ?? 0, ...shape]), state]
  })
}
