import { Gan, Init, Net, Reg, Update, grad } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
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

/** The pair of MLPs of `gan-mlp` under a rule. */
const jobUnder = (rule: Update.Update, edit: (spec: Gan.Spec) => Gan.Spec, name: string, against?: string): Job => {
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
  return jobOf(
    { name, losses: 2, ...(against === undefined ? {} : { against }) },
    ganStep(spec, ganData(256, [2], random))
  )
}

/** Under each rule; with R1, fields hold a gradient of a gradient already. */
const jobs = (suffix: string, edit: (spec: Gan.Spec) => Gan.Spec): readonly Job[] =>
  rules.map(([rule, against]) =>
    jobUnder(rule, edit, `${rule.name}${suffix}`, against === undefined ? undefined : `${against}${suffix}`)
  )

export const updateRules: Bench = {
  name: 'update-rules',
  groups: () => [
    { jobs: jobs('', (spec) => spec) },
    { jobs: jobs(' R1', Gan.withRegularizer('discriminator', Reg.r1({ gamma: 10 }))) }
  ]
}

/** What `Update.unrolled` does in a loop, step by step. */
const writtenOut = (steps: number): Update.Update =>
  Update.of('written out', (players) => [
    Update.phase(players, (game, position) => {
      const after = (params: unknown): Tensor => {
        const { generator } = position.players
        let ahead = { ...position, players: { ...position.players, generator: { ...generator!, params } } }
        for (let k = 0; k < steps; k++) ahead = game.step(ahead, game.field(ahead, { players: ['discriminator'] })) as typeof ahead // prettier-ignore
        return game.loss('generator', ahead)
      }
      const field = game.field(position)
      const generator = grad(after)(position.players['generator']!.params)
      return game.step(position, { ...field, gradients: { ...field.gradients, generator } })
    })
  ])

const plain = (spec: Gan.Spec): Gan.Spec => spec

/** `Update.unrolled`, a loop, against the same written out, in turns; and of other lengths, for what they take to compile. */
export const unrolledRule: Bench = {
  name: 'unrolled-rule',
  groups: () => [
    ...[1, 3, 10].map((steps) => {
      const out = `unrolled ${String(steps)}, written out`
      const loop = jobUnder(Update.unrolled({ steps }), plain, `unrolled ${String(steps)}`, out)
      return { jobs: [jobUnder(writtenOut(steps), plain, out), loop] }
    }),
    ...[5, 50].map((steps) => ({ jobs: [jobUnder(Update.unrolled({ steps }), plain, `unrolled ${String(steps)}`)] }))
  ]
}
