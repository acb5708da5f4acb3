import { Gan, Init, Net, Reg } from '../../src/index.ts'
import type { Layer } from '../../src/nn/layer.ts'
import type { Bench } from '../measure/bench.ts'
import { ganData, ganStep, latentSize, specOf } from './gan.ts'
import type { Job } from '../measure/job.ts'
import { jobOf } from '../measure/job.ts'
import type { Random } from '../measure/random.ts'
import { between, mulberry32, weights } from '../measure/random.ts'

interface Sizes {
  readonly batch: number
  /** Two of the generator, two of the critic. */
  readonly widths: readonly [number, number, number, number]
}

const dense = (from: number, to: number, random: Random) => {
  const value = weights([from, to], from, random)
  return Net.dense(from, to, { weights: () => value, bias: Init.zeros })
}

const mlp = ([a, b, c, d]: Sizes['widths'], activation: typeof Net.relu, random: Random): Layer =>
  Net.serial(dense(a, b, random), activation, dense(b, c, random), activation, dense(c, d, random))

/** Non-saturating with R1 of gamma 10, as in peers/gan_step_torch.py. */
const job = (name: string, { batch, widths }: Sizes, rateAgainst?: string): Job => {
  const random = mulberry32(1)
  const [g1, g2, d1, d2] = widths
  const generator = mlp([latentSize, g1, g2, 2], Net.relu, random)
  const critic = mlp([2, d1, d2, 1], Net.leakyRelu(0.2), random)
  const spec = Gan.withRegularizer('discriminator', Reg.r1({ gamma: 10 }))(specOf(generator, critic))
  return jobOf(
    {
      name,
      script: 'gan_step',
      sizes: { batch, latent: latentSize, widths, gan: 'mlp' },
      ...(rateAgainst === undefined ? {} : { rateAgainst })
    },
    ganStep(spec, ganData(batch, [2], random))
  )
}

const named: Sizes = { batch: 256, widths: [128, 128, 128, 128] }

export const ganMlp: Bench = {
  name: 'gan-mlp',
  groups: () => [{ jobs: [job('gan-mlp', named)] }],
  drawn: (random) =>
    Array.from({ length: 3 }, () => {
      const width = (): number => between(96, 260, random)
      const sizes: Sizes = { batch: between(48, 320, random), widths: [width(), width(), width(), width()] }
      const name = `gan-mlp ${sizes.batch}: ${sizes.widths.join('-')}`
      return { jobs: [job('gan-mlp', named), job(name, sizes, 'gan-mlp')] }
    })
}
