import * as E from '#fp-ts/Either'
import { add } from '../ops/arithmetic.ts'
import { matmul } from '../ops/matmul.ts'
import { foldIn } from '../random/key.ts'
import type { None } from '../tensor/arguments.ts'
import type { Rules } from '../tensor/options.ts'
import { count, either, readOptions } from '../tensor/options.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { agree, showFeatures, misfit, vectorHint } from './features.ts'
import type { Fans, Initializer } from './initializer.ts'
import { fanInUniform, initializerProblems, initializerRule, sampled } from './initializer.ts'
import type { Layer } from './layer.ts'
import { callOf, layer } from './layer.ts'

/** Names the initializers of a layer with weights. */
export interface WeightOptions {
  /** What weights begin with: fanInUniform by default, as in PyTorch. */
  readonly weights?: Initializer
  /** What the bias begins with: fanInUniform by default; false leaves the bias out. */
  readonly bias?: Initializer | false
}

/** The parameters of a layer with weights. A union, since an optional property is no tree in a project without exactOptionalPropertyTypes. */
export type Weights = { readonly weights: Tensor } | { readonly weights: Tensor; readonly bias: Tensor }

export const weightRules: Rules = {
  weights: initializerRule,
  bias: either(initializerRule, { expected: 'false', accepts: (x) => x === false })
}

export const weightDefaults = { weights: fanInUniform, bias: fanInUniform } as const

/** Samples weights and, unless it is left out, bias, each with a key of its own. */
export const initialWeights = (
  { weights, bias }: Required<WeightOptions>,
  key: Tensor,
  shape: readonly number[],
  outputs: number,
  fans: Fans
): Weights => {
  const drawn = sampled('weights', weights, foldIn(key, 0), shape, fans)
  return bias === false
    ? { weights: drawn }
    : { weights: drawn, bias: sampled('bias', bias, foldIn(key, 1), [outputs], fans) }
}

/**
 * Makes a dense layer: [inFeatures] -> [outFeatures], with weights W [inFeatures, outFeatures] and bias b
 * [outFeatures].
 *
 * @formula y = x W + b
 *
 * @example
 * import { Init, Net, Random, tensor } from 'saddlepoint'
 * const layer = Net.dense(2, 3, { weights: Init.ones, bias: Init.constant(0.5) })
 * const { params, state } = layer.init(Random.key(0))
 * layer.apply({ params, state }, tensor([[1, 2]]))[0].data // => [3.5, 3.5, 3.5]
 */
export const dense = <const I extends number, const O extends number>(
  inFeatures: I,
  outFeatures: O,
  options: WeightOptions = {},
  ...more: None
): Layer<readonly [I], readonly [O]> => {
  const rules = { inFeatures: count, outFeatures: count, ...weightRules }
  const { all, problems } = readOptions<WeightOptions>(
    weightDefaults,
    options,
    rules,
    { inFeatures, outFeatures },
    more
  )
  return layer<readonly [I], readonly [O], Weights>({
    name: 'dense',
    title: callOf('dense', inFeatures, outFeatures),
    options: { inFeatures, outFeatures, ...all },
    problems: [...problems, ...initializerProblems(all)],
    accepts: [inFeatures],
    fit: (features) =>
      agree(features, [inFeatures])
        ? E.right([outFeatures])
        : misfit(
            showFeatures([inFeatures]),
            features,
            vectorHint(features, inFeatures, (size) => callOf('dense', size, outFeatures))
          ),
    init: (key) => {
      const fans = { fanIn: inFeatures, fanOut: outFeatures }
      return { params: initialWeights(all, key, [inFeatures, outFeatures], outFeatures, fans), state: [] }
    },
    apply: ({ params, state }, x) => {
      const y = matmul(x, params.weights)
      return ['bias' in params ? add(y, params.bias) : y, state]
    }
  })
}
