import type { None } from '../tensor/arguments.ts'
import { showValue } from '../tensor/problem.ts'
import * as E from '#fp-ts/Either'
import { add } from '../ops/arithmetic.ts'
import { matmul } from '../ops/matmul.ts'
import { reduceMax } from '../ops/reduction.ts'
import { reshape } from '../ops/shaping.ts'
import { foldIn } from '../random/key.ts'
import { count, readOptions } from '../tensor/options.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { agree, misfit, showFeatures } from './features.ts'
import type { Initializer } from './initializer.ts'
import { fanInUniform, initializerProblems, initializerRule, sampled } from './initializer.ts'
import type { Layer, Tree } from './layer.ts'
import { layer } from './layer.ts'

export interface MaxoutOptions {
  /** How many affine maps the maximum is taken of, a whole number >= 1; 5 by default. */
  readonly pieces?: number
  /** What weights begin with: fanInUniform by default. */
  readonly weights?: Initializer
  /** What the bias begins with: fanInUniform by default. */
  readonly bias?: Initializer
}

/**
 * Makes a dense layer with its own activation, the largest of `pieces` affine maps: [inFeatures] -> [outFeatures].
 * Weights are [pieces, inFeatures, outFeatures]. PacGAN's critics are made of it.
 *
 * @formula y = max over p of x W_p + b_p
 * @cost a dense layer for each piece
 * @when an activation is to be learnt
 * @see Goodfellow et al., Maxout networks (2013), section 2
 *
 * @example
 * import { Net, Random, ones } from 'saddlepoint'
 * const layer = Net.maxout(2, 200, { pieces: 5 })
 * layer.apply(layer.init(Random.key(0)), ones([3, 2]))[0].shape // => [3, 200]
 */
export const maxout = <const I extends number, const O extends number>(
  inFeatures: I,
  outFeatures: O,
  options: MaxoutOptions = {},
  ...more: None
): Layer<readonly [I], readonly [O]> => {
  const rules = {
    inFeatures: count,
    outFeatures: count,
    pieces: count,
    weights: initializerRule,
    bias: initializerRule
  }
  const usual = { pieces: 5, weights: fanInUniform, bias: fanInUniform }
  const { all, problems } = readOptions<MaxoutOptions>(usual, options, rules, { inFeatures, outFeatures }, more)
  const { pieces } = all
  type Params = { readonly weights: Tensor; readonly bias: Tensor; readonly [name: string]: Tree }
  return layer<readonly [I], readonly [O], Params>({
    name: 'maxout',
    title: `maxout(${showValue(inFeatures)}, ${showValue(outFeatures)}, pieces ${showValue(pieces)})`,
    options: { inFeatures, outFeatures, ...all },
    problems: [...problems, ...initializerProblems(all)],
    accepts: [inFeatures],
    fit: (features) =>
      agree(features, [inFeatures])
        ? E.right([outFeatures])
        : misfit(showFeatures([inFeatures]), features, 'Put Net.flatten before it, or change its features'),
    init: (key) => {
      const fans = { fanIn: inFeatures, fanOut: outFeatures }
      return {
        params: {
          weights: sampled('weights', all.weights, foldIn(key, 0), [pieces, inFeatures, outFeatures], fans),
          bias: sampled('bias', all.bias, foldIn(key, 1), [pieces, outFeatures], fans)
        },
        state: []
      }
    },
    apply: ({ params: { weights, bias }, state }, x) => {
      const maps = add(matmul(x, weights), reshape(bias, [pieces, 1, outFeatures]))
      return [reduceMax(maps, { axes: [0] }), state]
    }
  })
}
