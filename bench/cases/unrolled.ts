import { add, grad, leakyRelu, matmul, mean, mul, neg, Opt, relu, softplus, sub } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import type { Bench } from '../measure/bench.ts'
import type { Job } from '../measure/job.ts'
import { jobOf } from '../measure/job.ts'
import { mulberry32, uniform, weights, zerosOf } from '../measure/random.ts'
import type { Random } from '../measure/random.ts'
import { training } from './training.ts'

type Params = readonly Tensor[]

interface Data {
  readonly critic: Params
  readonly real: Tensor
  readonly latents: Tensor
}

const mlp = (params: Params, x: Tensor, activation: (x: Tensor) => Tensor): Tensor => {
  let h = x
  for (let i = 0; i < params.length; i += 2) {
    h = add(matmul(h, params[i]!), params[i + 1]!)
    if (i + 2 < params.length) h = activation(h)
  }
  return h
}

const score = (critic: Params, x: Tensor): Tensor => mlp(critic, x, (h) => leakyRelu(h, 0.2))

const criticLoss = (critic: Params, real: Tensor, fake: Tensor): Tensor =>
  add(mean(softplus(neg(score(critic, real)))), mean(softplus(score(critic, fake))))

/** The generator's loss against the critic after so many updates of it, which the gradient goes through. */
const unrolledLoss =
  (updates: number) =>
  (generator: Params, { critic, real, latents }: Data): Tensor => {
    const fake = mlp(generator, latents, relu)
    let ahead = critic
    for (let i = 0; i < updates; i++) {
      const slopes = grad((params: Params) => criticLoss(params, real, fake))(ahead)
      ahead = ahead.map((param, n) => sub(param, mul(slopes[n]!, 0.1)))
    }
    return mean(softplus(neg(score(ahead, fake))))
  }

const layers = (extents: readonly number[], random: Random): Params =>
  extents.slice(1).flatMap((n, i) => [weights([extents[i]!, n], extents[i]!, random), zerosOf(n)])

/** @see Metz et al. (2017), unrolled GANs */
const job = (updates: number): Job => {
  const random = mulberry32(1)
  const generator = layers([64, 128, 128, 2], random)
  const data: Data = {
    critic: layers([2, 128, 128, 1], random),
    real: uniform([256, 2], 1, random),
    latents: uniform([256, 64], 1, random)
  }
  return jobOf(
    { name: `unrolled-${updates}` },
    training(unrolledLoss(updates), Opt.adam({ learningRate: 1e-3, b1: 0.5, b2: 0.9 }), generator, data)
  )
}

export const unrolled: Bench = { name: 'unrolled-10', groups: () => [{ jobs: [job(10)] }] }
