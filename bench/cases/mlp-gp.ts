import { add, grad, leakyRelu, matmul, mean, mul, Opt, sqrt, square, sub, sum } from '../../src/index.ts'
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
  readonly eps: Tensor
}

interface Sizes {
  readonly batch: number
  readonly widths: readonly number[]
}

const critic = (params: Params, x: Tensor): Tensor => {
  const layers = params.length / 2
  let h = x
  for (let i = 0; i < layers; i++) {
    h = add(matmul(h, params[2 * i]!), params[2 * i + 1]!)
    if (i + 1 < layers) h = leakyRelu(h, 0.2)
  }
  return h
}

/** The WGAN-GP critic's loss. The peers' norm is sqrt(. + 1e-12), so this one is, too. */
const loss = (params: Params, { real, fake, eps }: Data): Tensor => {
  const between01 = add(mul(eps, real), mul(sub(1, eps), fake))
  const slope = grad((x: Tensor) => sum(critic(params, x)))(between01)
  const penalty = mean(square(sub(sqrt(add(sum(square(slope), { axes: [1] }), 1e-12)), 1)))
  return add(sub(mean(critic(params, fake)), mean(critic(params, real))), mul(10, penalty))
}

const job = (name: string, { batch, widths }: Sizes, rateAgainst?: string): Job => {
  const random = mulberry32(1)
  const extents = [2, ...widths, 1]
  const params = widths.concat(1).flatMap((n, i) => [weights([extents[i]!, n], extents[i]!, random), zerosOf(n)])
  const data: Data = {
    real: uniform([batch, 2], 1, random),
    fake: uniform([batch, 2], 1, random),
    eps: uniform([batch, 1], 0.5, random, 0)
  }
  return jobOf(
    { name, script: 'gp_mlp', sizes: { batch, widths }, ...(rateAgainst === undefined ? {} : { rateAgainst }) },
    training(loss, Opt.adam({ learningRate: 1e-4, b1: 0.5, b2: 0.9 }), params as Params, data)
  )
}

const named: Sizes = { batch: 256, widths: [128, 128, 128] }

export const mlpGp: Bench = {
  name: 'mlp-gp',
  groups: () => [{ jobs: [job('mlp-gp', named)] }],
  drawn: (random) =>
    Array.from({ length: 3 }, () => {
      const sizes = { batch: between(48, 320, random), widths: named.widths.map(() => between(96, 260, random)) }
      return { jobs: [job('mlp-gp', named), job(`mlp-gp ${sizes.batch}: ${sizes.widths.join('-')}`, sizes, 'mlp-gp')] }
    })
}
