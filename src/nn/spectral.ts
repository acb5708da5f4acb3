import { div, max, mul } from '../ops/arithmetic.ts'
import { stopGradient } from '../ops/conversion.ts'
import { matmul } from '../ops/matmul.ts'
import { norm } from '../ops/norm.ts'
import { sum } from '../ops/reduction.ts'
import { reshape, transpose } from '../ops/shaping.ts'
import { foldIn } from '../random/key.ts'
import { normal } from '../random/normal.ts'
import { fail } from '../tensor/error.ts'
import type { Problem } from '../tensor/problem.ts'
import type { None } from '../tensor/arguments.ts'
import { count, positive, readOptions } from '../tensor/options.ts'
import { under } from '../tensor/problem.ts'
import { sizeOf } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { isTensor } from '../tensor/tensor.ts'
import { givenLayer } from './givenLayer.ts'
import type { Layer, Tree } from './layer.ts'
import { layer } from './layer.ts'

export interface SpectralOptions {
  /** Steps of the power iteration an update, 1 by default. */
  readonly iterations?: number
  /** The least length by which a vector is divided, 1e-12 by default. */
  readonly epsilon?: number
}

/** Holds approximate singular vectors of the largest singular value. */
interface Vectors {
  readonly u: Tensor
  readonly v: Tensor
}
interface SpectralState extends Vectors {
  readonly inner: Tree
  readonly [name: string]: Tree
}
interface WithWeights {
  readonly weights: Tensor
  readonly [name: string]: Tree
}

/** Counts the iterations before the first update, so that σ is right from the beginning. */
const warmUp = 25

const weightsOf = (title: string, params: unknown): WithWeights => {
  const { weights, bias: _, ...others } = params as Readonly<Record<string, unknown>>
  const misfit = (actual: string): never =>
    fail('InvalidTree', {
      op: `spectral(${title})`,
      expected: 'a layer of weights and at most a bias: dense, convolution or transposedConvolution',
      actual,
      hint: 'Wrap each layer that has weights, not the network'
    })
  if (!isTensor(weights)) return misfit('one without weights')
  const rest = Object.keys(others)
  return rest.length === 0 ? (params as WithWeights) : misfit(`one with ${rest.join(', ')} besides`)
}

/** Tells why dividing the weights of a layer would not bound its slope; undefined where it does. */
const obstacleOf = (inner: Layer): Pick<Problem, 'actual' | 'hint'> | undefined =>
  inner.layers !== undefined
    ? { actual: 'a network', hint: 'Wrap each of its layers' }
    : 'inner' in inner.options
      ? { actual: `${inner.title}, a layer around another`, hint: 'Wrap the inner one' }
      : inner.takesLabels
        ? { actual: `${inner.title}, whose slope depends on labels`, hint: 'Wrap the layers before it' }
        : undefined

/** Reshapes a kernel to the matrix [outputs, all else], a dense layer's weights to their transpose. */
const matrixOf = (name: string, weights: Tensor): Tensor => {
  const first =
    name === 'dense'
      ? transpose(weights, [1, 0])
      : name === 'transposedConvolution'
        ? transpose(weights, [1, 0, 2, 3])
        : weights
  const [rows = 1, ...rest] = first.shape
  return reshape(first, [rows, sizeOf(rest)])
}

/** Iterates v <- Wᵀu / |Wᵀu|, u <- W v / |W v|, the given number of times. */
const powerIteration = (matrix: Tensor, vectors: Vectors, iterations: number, epsilon: number): Vectors => {
  const unit = (x: Tensor): Tensor => div(x, max(norm(x), epsilon))
  let { u, v } = vectors
  for (let i = 0; i < iterations; i++) {
    v = unit(matmul(u, matrix))
    u = unit(matmul(matrix, v))
  }
  return { u, v }
}

/**
 * Wraps `inner` so that its weights W are divided by their largest singular value σ, which makes a linear layer
 * 1-Lipschitz. σ = uᵀ W v with vectors u and v of the state, which a step of the power iteration in each training
 * application brings nearer to the singular ones; they count as constants, and the gradient flows through W in σ. A
 * convolution's W is its kernel as the matrix [outChannels, all else]. Refuses layers whose slope σ does not bound:
 * networks, layers around another one (a residual's slope is that of x + inner(x)) and those that read labels.
 *
 * @formula W / σ(W)
 * @cost two products of W with a vector
 * @when a critic is to be Lipschitz without a gradient penalty: cheaper, and bound everywhere
 * @see Miyato et al., Spectral normalization for generative adversarial networks (2018), algorithm 1
 *
 * @example
 * import { Init, Net, Random, tensor } from 'saddlepoint'
 * const layer = Net.spectral(Net.dense(2, 2, { weights: Init.constant(3), bias: false }))
 * layer.apply(layer.init(Random.key(0)), tensor([[1, 1]]))[0].data // => [1, 1]
 */
export const spectral = <In, Out>(
  given: Layer<In, Out>,
  options: SpectralOptions = {},
  ...more: None
): Layer<In, Out> => {
  const inner = givenLayer(given)
  const rules = { iterations: count, epsilon: positive }
  const { all, problems } = readOptions({ iterations: 1, epsilon: 1e-12 }, options, rules, {}, more)
  const obstacle = obstacleOf(inner)
  return layer<In, Out, Tree, SpectralState>({
    name: 'spectral',
    title: `spectral(${inner.title})`,
    options: { inner, ...all },
    problems: [
      ...under(['inner'], inner.problems),
      ...problems,
      ...(obstacle === undefined ? [] : [{ path: ['inner'], expected: 'one layer with weights', ...obstacle }])
    ],
    accepts: inner.accepts,
    preserves: inner.preserves,
    couplesSamples: inner.couplesSamples,
    takesLabels: inner.takesLabels,
    fit: inner.fit,
    init: (key) => {
      const { params, state } = inner.init(key)
      const matrix = matrixOf(inner.name, weightsOf(inner.title, params).weights)
      const [rows = 1, columns = 1] = matrix.shape
      const drawn = { u: normal(foldIn(key, -1), [rows]), v: normal(foldIn(key, -2), [columns]) }
      return { params, state: { ...powerIteration(matrix, drawn, warmUp, all.epsilon), inner: state } }
    },
    apply: (context, x) => {
      const { weights, ...others } = weightsOf(inner.title, context.params)
      const matrix = matrixOf(inner.name, weights)
      const { u, v } = powerIteration(
        stopGradient(matrix),
        context.state,
        context.training === true ? all.iterations : 0,
        all.epsilon
      )
      const [left, right] = [stopGradient(u), stopGradient(v)]
      const sigma = sum(mul(left, matmul(matrix, right)))
      const params = { ...others, weights: div(weights, sigma) }
      const [y, state] = inner.apply({ ...context, params, state: context.state.inner }, x)
      return [y, { u: left, v: right, inner: state }]
    }
  })
}
