import { Gan, Init, Net, Reg, Update } from '../../src/index.ts'
import type { Bench } from '../measure/bench.ts'
import type { Job } from '../measure/job.ts'
import { jobOf } from '../measure/job.ts'
import type { Random } from '../measure/random.ts'
import { mulberry32, weights } from '../measure/random.ts'
import { ganData, ganStep, latentSize, specOf } from './gan.ts'

const dense = (from: number, to: number, random: Random) => {
  const value = weights([from, to], from, random)
  return Net.dense(from, to, { weights: () => value, bias: Init.zeros })
}

const rules: readonly (readonly [Update.Update, against?: string])[] = [
  [Update.simultaneous],
  [Update.alternating(), 'simultaneous'],
  [Update.extragradient(), 'simultaneous'],
  [Update.optimistic, 'simultaneous'],
  [Update.consensus({ gamma: 0.1 }), 'simultaneous'],
  [Update.symplectic(), 'simultaneous'],
  [Update.competitive({ learningRate: 2e-4, solver: 'neumann', steps: 2 }), 'simultaneous'],
  [Update.unrolled({ steps: 5 }), 'alternating']
]

/** The pair of MLPs of `gan-mlp` under each rule; with R1, fields hold a gradient of a gradient already. */
const jobs = (suffix: string, edit: (spec: Gan.Spec) => Gan.Spec): readonly Job[] =>
  rules.map(([rule, against]) => {
    const random = mulberry32(1)
    const generator = Net.serial(
      dense(latentSize, 128, random),
      Net.relu,
      dense(128, 128, random),
      Net.relu,
      dense(128, 2, random)
    )
    const critic = Net.serial(
      dense(2, 128, random),
      Net.leakyRelu(0.2),
      dense(128, 128, random),
      Net.leakyRelu(0.2),
      dense(128, 1, random)
    )
    const spec = Gan.withUpdate(rule)(edit(specOf(generator, critic)))
    const about = {
      name: `${rule.name}${suffix}`,
      losses: 2,
      ...(against === undefined ? {} : { against: `${against}${suffix}` })
    }
    return jobOf(about, ganStep(spec, ganData(256, [2], random)))
  })

export const updateRules: Bench = {
  name: 'update-rules',
  groups: () => [
    { jobs: jobs('', (spec) => spec) },
    { jobs: jobs(' R1', Gan.withRegularizer('discriminator', Reg.r1({ gamma: 10 }))) }
  ]
}
