import type { None } from '../tensor/arguments.ts'
import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import { broadcastTo } from '../ops/shaping.ts'
import { foldIn } from '../random/key.ts'
import { normal } from '../random/normal.ts'
import { fail } from '../tensor/error.ts'
import type { Rule } from '../tensor/options.ts'
import { count, readOptions } from '../tensor/options.ts'
import { under } from '../tensor/problem.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { showAval } from '../tensor/tensor.ts'
import type { Context, Layer, Tree } from './layer.ts'
import { givenLayer } from './givenLayer.ts'
import { callOf, layer } from './layer.ts'

/** Styles: features by which a network of latents tells each layer of another one what to do. */

/** Returns the style of the context, [batch, features], or fails where there is none that fits. */
export const styleOf = (op: string, style: Context['style'], x: Tensor, features: number): Tensor => {
  const given =
    style ??
    fail('InvalidArgument', {
      op,
      expected: 'a style',
      actual: 'none',
      hint: 'Net.withStyle(mapping, Net.serial(...))'
    })
  if (given.shape.length !== 2 || given.shape[0] !== x.shape[0] || given.shape[1] !== features)
    fail('ShapeMisfit', {
      op,
      expected: `a style [${String(x.shape[0])}, ${String(features)}]`,
      actual: showAval(given)
    })
  return given
}

/**
 * Makes a generator of two networks: `mapping` makes a style of each latent, and `synthesis` is given the latents
 * and, by its layers that read it (`modulatedConvolution`, `adaptiveInstanceNorm`), the style. Synthesis mostly
 * begins with a `constant`, so that the style alone tells samples apart.
 *
 * @formula y = synthesis(z, mapping(z))
 * @when a generator is to be styled, as StyleGAN's
 * @see Karras et al., A style-based generator architecture (2019), figure 1
 *
 * @example
 * import { Net, Random, ones } from 'saddlepoint'
 * const G = Net.withStyle(
 *   Net.serial(Net.dense(8, 16), Net.leakyRelu(0.2)),
 *   Net.serial(Net.constant([4, 4, 4]), Net.modulatedConvolution(4, 1, { kernel: 3, padding: 1, style: 16 }))
 * )
 * G.apply(G.init(Random.key(0)), ones([5, 8]))[0].shape // => [5, 1, 4, 4]
 */
export const withStyle = <In, Out>(first: Layer<In>, second: Layer<unknown, Out>, ...more: None): Layer<In, Out> => {
  const [mapping, synthesis] = [givenLayer(first), givenLayer(second)] as const
  type Two = { readonly mapping: Tree; readonly synthesis: Tree }
  return layer<In, Out, Two, Two>({
    name: 'withStyle',
    title: `withStyle(${mapping.title}, ${synthesis.title})`,
    options: { mapping, synthesis },
    problems: [
      ...readOptions({}, {}, {}, {}, more).problems,
      ...under(['mapping'], mapping.problems),
      ...under(['synthesis'], synthesis.problems)
    ],
    accepts: mapping.accepts,
    preserves: false,
    couplesSamples: mapping.couplesSamples || synthesis.couplesSamples,
    takesLabels: mapping.takesLabels || synthesis.takesLabels,
    fit: (features) =>
      pipe(
        mapping.fit(features),
        E.chain(() => synthesis.fit(features))
      ),
    init: (key) => {
      const [of, to] = [mapping.init(foldIn(key, 0)), synthesis.init(foldIn(key, 1))]
      return {
        params: { mapping: of.params, synthesis: to.params },
        state: { mapping: of.state, synthesis: to.state }
      }
    },
    apply: ({ params, state, key, ...context }, z) => {
      const keyOf = (place: number): Pick<Context, 'key'> => (key === undefined ? {} : { key: foldIn(key, place) })
      const [style, after] = mapping.apply({ ...context, ...keyOf(0), params: params.mapping, state: state.mapping }, z)
      const [y, last] = synthesis.apply(
        { ...context, ...keyOf(1), params: params.synthesis, state: state.synthesis, style },
        z
      )
      return [y, { mapping: after, synthesis: last }]
    }
  })
}

/**
 * Gives learnt features, the same for each sample, whatever comes in: [...] -> shape. Begins with normal numbers.
 *
 * @formula y = c
 * @when styles alone are to tell samples apart, as in StyleGAN
 * @see Karras et al., A style-based generator architecture (2019), figure 1
 *
 * @example
 * import { Net, Random, ones } from 'saddlepoint'
 * const layer = Net.constant([512, 4, 4])
 * layer.apply(layer.init(Random.key(0)), ones([2, 8]))[0].shape // => [2, 512, 4, 4]
 */
export const constant = <const S extends readonly number[]>(shape: S, ...more: None): Layer<unknown, S> => {
  const list: Rule = {
    expected: 'the extents of a sample, whole numbers of at least 1',
    accepts: (x) => Array.isArray(x) && x.every(count.accepts)
  }
  type Params = { readonly constant: Tensor; readonly [name: string]: Tree }
  return layer<unknown, S, Params>({
    name: 'constant',
    title: callOf('constant', shape),
    options: { shape },
    problems: readOptions({}, {}, { shape: list }, { shape }, more).problems,
    fit: () => E.right(shape),
    init: (key) => ({ params: { constant: normal(key, shape) }, state: [] }),
    apply: ({ params: { constant: features }, state }, x) => [broadcastTo(features, [x.shape[0] ?? 0, ...shape]), state]
  })
}
