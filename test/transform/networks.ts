import { leakyRelu } from '../../src/ops/activation.ts'
import { add } from '../../src/ops/arithmetic.ts'
import { conv2d } from '../../src/ops/convolution.ts'
import { tanh } from '../../src/ops/elementary.ts'
import { matmul } from '../../src/ops/matmul.ts'
import { reshape } from '../../src/ops/shaping.ts'
import type { Shape } from '../../src/tensor/shape.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { drawn } from '../support/smooth.ts'

/** Small networks as plain functions, [B, ...] to [B]. */
export interface Affine {
  readonly w: Tensor
  readonly b: Tensor
}
export type Params = readonly Affine[]

const affine = (seed: number, w: Shape, b: Shape): Affine => ({ w: drawn(seed, w), b: drawn(seed + 1, b) })

export const mlpParams = (seed: number, ...sizes: readonly number[]): Params =>
  sizes.slice(1).map((size, i) => affine(seed + 2 * i, [sizes[i]!, size], [size]))

export const mlp =
  (activation: (x: Tensor) => Tensor) =>
  (params: Params, x: Tensor): Tensor =>
    params.reduce((h, { w, b }, i) => {
      const y = add(matmul(h, w), b)
      return i === params.length - 1 ? y : activation(y)
    }, x)

const scores = (y: Tensor): Tensor => reshape(y, [y.shape[0]!])
const leaky = (x: Tensor): Tensor => leakyRelu(x, 0.2)

export const leakyCritic = (params: Params, x: Tensor): Tensor => scores(mlp(leaky)(params, x))
export const tanhCritic = (params: Params, x: Tensor): Tensor => scores(mlp(tanh)(params, x))

/** Two strided convolutions of 8 by 8 images of one channel, then a dense layer. */
export const convParams = (seed: number): Params => [
  affine(seed, [3, 1, 3, 3], [3, 1, 1]),
  affine(seed + 2, [4, 3, 3, 3], [4, 1, 1]),
  affine(seed + 4, [16, 1], [1])
]

export const convCritic = ([first, second, last]: Params, x: Tensor): Tensor => {
  const convolved = (h: Tensor, { w, b }: Affine): Tensor => leaky(add(conv2d(h, w, { stride: 2, padding: 1 }), b))
  const h = convolved(convolved(x, first!), second!)
  return scores(add(matmul(reshape(h, [h.shape[0]!, 16]), last!.w), last!.b))
}
