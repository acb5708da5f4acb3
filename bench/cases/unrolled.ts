import { add, grad, leakyRelu, matmul, mean, mul, neg, Opt, relu, repeat, softplus, sub } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import { applyUpdates } from '../../src/optim/optimizer.ts'
import type { Bench } from '../measure/bench.ts'
import type { About, Job } from '../measure/job.ts'
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

const adam = Opt.adam({ learningRate: 1e-3, b1: 0.5, b2: 0.9 })

interface AdamOptions {
  /** Whether the updates are a loop; true by default. */
  readonly asLoop?: boolean
  /** What the loop keeps for its gradient. */
  readonly keep?: 'all' | 'sqrt'
}

/** The same through steps of Adam, written out or as a loop. */
const adamLoss =
  (updates: number, { asLoop = true, keep = 'all' }: AdamOptions = {}) =>
  (generator: Params, { critic, real, latents }: Data): Tensor => {
    const fake = mlp(generator, latents, relu)
    const step = ({ params, state }: { readonly params: Params; readonly state: unknown }) => {
      const slopes = grad((own: Params) => criticLoss(own, real, fake))(params)
      const [steps, after] = adam.update(slopes, state, params)
      return { params: applyUpdates(params, steps), state: after }
    }
    let ahead = { params: critic, state: adam.init(critic) }
    if (asLoop) ahead = repeat(updates, step, ahead, { keep })
    else for (let i = 0; i < updates; i++) ahead = step(ahead)
    return mean(softplus(neg(score(ahead.params, fake))))
  }

const layers = (extents: readonly number[], random: Random): Params =>
  extents.slice(1).flatMap((n, i) => [weights([extents[i]!, n], extents[i]!, random), zerosOf(n)])

/** @see Metz et al. (2017), unrolled GANs */
const stepBy = (loss: (generator: Params, data: Data) => Tensor) => {
  const random = mulberry32(1)
  const generator = layers([64, 128, 128, 2], random)
  const data: Data = {
    critic: layers([2, 128, 128, 1], random),
    real: uniform([256, 2], 1, random),
    latents: uniform([256, 64], 1, random)
  }
  return training(loss, adam, generator, data)
}

const jobBy = (name: string, loss: (generator: Params, data: Data) => Tensor, about: Partial<About> = {}): Job =>
  jobOf({ name, ...about }, stepBy(loss))

/** The generator's step through so many updates of the critic by Adam. */
export const adamStep = (updates: number, options: AdamOptions = {}) => stepBy(adamLoss(updates, options))

export const unrolled: Bench = {
  name: 'unrolled-10',
  groups: () => [{ jobs: [jobBy('unrolled-10', unrolledLoss(10))] }]
}

/** Adam divides by the square roots of what are at first single squares, and later losses tell of rounding. */
const losses = 2
const out = 'unrolled-adam-10, written out'

/** Ten updates written out and as a loop, in turns; and loops of other lengths, for what they take to compile. */
export const unrolledLoop: Bench = {
  name: 'unrolled-loop',
  groups: () => [
    {
      jobs: [
        jobBy(out, adamLoss(10, { asLoop: false }), { losses }),
        jobBy('unrolled-adam-10, a loop', adamLoss(10), { losses, against: out })
      ]
    },
    ...[1, 5, 50].map((updates) => ({
      jobs: [jobBy(`unrolled-adam-${updates}, a loop`, adamLoss(updates), { losses })]
    }))
  ]
}
