import {
  add,
  conv2d,
  grad,
  leakyRelu,
  matmul,
  mean,
  mul,
  neg,
  Opt,
  reshape,
  softplus,
  square,
  sum
} from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import type { Bench } from '../measure/bench.ts'
import type { Job } from '../measure/job.ts'
import { jobOf } from '../measure/job.ts'
import { between, mulberry32, uniform, weights, zerosOf } from '../measure/random.ts'
import { training } from './training.ts'

type Params = readonly Tensor[]

interface Data {
  readonly real: Tensor
  readonly fake: Tensor
}

interface Sizes {
  readonly batch: number
  readonly channels: readonly [number, number]
}

const halving = { stride: 2, padding: 1 }

const layer = (x: Tensor, w: Tensor, b: Tensor): Tensor =>
  leakyRelu(add(conv2d(x, w, halving), reshape(b, [b.shape[0]!, 1, 1])), 0.2)

const critic = ([w1, b1, w2, b2, w3, b3]: Params, x: Tensor): Tensor => {
  const h = layer(layer(x, w1!, b1!), w2!, b2!)
  return add(matmul(reshape(h, [x.shape[0]!, w3!.shape[0]!]), w3!), b3!)
}

/** The logistic loss of a DCGAN's critic with R1 of gamma 10. */
const loss = (params: Params, { real, fake }: Data): Tensor => {
  const slope = grad((x: Tensor) => sum(critic(params, x)))(real)
  const r1 = mul(5, mean(sum(square(slope), { axes: [1, 2, 3] })))
  return add(add(mean(softplus(neg(critic(params, real)))), mean(softplus(critic(params, fake)))), r1)
}

const job = (name: string, { batch, channels }: Sizes, rateAgainst?: string): Job => {
  const random = mulberry32(2)
  const [c1, c2] = channels
  const params: Params = [
    weights([c1, 1, 4, 4], 16, random),
    zerosOf(c1),
    weights([c2, c1, 4, 4], 16 * c1, random),
    zerosOf(c2),
    weights([49 * c2, 1], 49 * c2, random),
    zerosOf(1)
  ]
  const images = (): Tensor => uniform([batch, 1, 28, 28], 1, random)
  const data: Data = { real: images(), fake: images() }
  return jobOf(
    { name, script: 'r1_conv', sizes: { batch, channels }, ...(rateAgainst === undefined ? {} : { rateAgainst }) },
    training(loss, Opt.adam({ learningRate: 2e-4, b1: 0.5, b2: 0.9 }), params, data)
  )
}

const named: Sizes = { batch: 32, channels: [64, 128] }

export const convR1: Bench = {
  name: 'conv-r1',
  groups: () => [{ jobs: [job('conv-r1', named)] }],
  drawn: (random) =>
    Array.from({ length: 3 }, () => {
      const sizes: Sizes = {
        batch: between(48, 320, random),
        channels: [between(24, 96, random), between(24, 96, random)]
      }
      const name = `conv-r1 ${sizes.batch}: ${sizes.channels.join('-')}`
      return { jobs: [job('conv-r1', named), job(name, sizes, 'conv-r1')] }
    })
}
