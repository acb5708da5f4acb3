/** The example that the documentation begins with, as it is written there. */
import { expect, it } from 'vitest'
import { E, Gan, Issue, Loss, Net, Opt, Prior, Reg, Toy, Update, pipe } from '../../../src/index.ts'

const spec = pipe(
  Gan.between({
    generator: Net.serial(Net.dense(8, 64), Net.relu, Net.dense(64, 64), Net.relu, Net.dense(64, 2)),
    discriminator: Net.serial(
      Net.dense(2, 64),
      Net.leakyRelu(0.2),
      Net.dense(64, 64),
      Net.leakyRelu(0.2),
      Net.dense(64, 1)
    ),
    prior: Prior.normal([8])
  }),
  Gan.withLoss(Loss.nonSaturating),
  Gan.withRegularizer('discriminator', Reg.r1({ gamma: 0.02 })),
  Gan.withRegularizer('generator', Reg.jacobianClamp({ min: 0, max: 20, mode: 'jvp' })),
  Gan.withOptimizer('generator', Opt.adam({ learningRate: Opt.linear(2e-3, 0, 30000), b1: 0, b2: 0.9 })),
  Gan.withOptimizer('discriminator', Opt.adam({ learningRate: Opt.linear(2e-3, 0, 30000), b1: 0, b2: 0.9 })),
  Gan.withUpdate(Update.alternating({ discriminatorSteps: 1 })),
  Gan.withAverage({ decay: 0.999 })
)

it('compiles', async () => {
  const step = await pipe(spec, Gan.compile({ batchSize: 128 }))()
  if (E.isLeft(step)) throw new Error(Issue.show(step.left))
  expect(step.right.warnings).toEqual([])
  expect(step.right.batchesPerStep).toBe(1)
  step.right.dispose()
})

it('trains', async () => {
  const ring = Toy.ring()
  const trained = await pipe(spec, Gan.train({ data: ring.sample, batchSize: 16, steps: 3, engine: 'reference' }))()
  if (E.isLeft(trained)) throw new Error(Issue.show(trained.left))
  const { stopped, stepsDone, figures } = trained.right
  expect([stopped, stepsDone]).toEqual(['done', 3])
  expect(Object.keys(figures['discriminator']!.terms)).toEqual(['nonSaturating', 'r1'])
  expect(Object.keys(figures['generator']!.terms)).toEqual(['jacobianClamp', 'nonSaturating'])
})

it('is drawn with every choice in it', () => {
  expect(Gan.show(spec)).toMatchInlineSnapshot(`
    "prior normal [8]
    update alternating({ discriminatorSteps: 1, first: "discriminator", critic: "discriminator" })
    loss nonSaturating({ realTarget: 1 })
    average of generator, decay 0.999 at the end of a ramp
    generator
      layer          output  parameters
      input          [8]
      dense(8, 64)   [64]           576
      relu           [64]             0
      dense(64, 64)  [64]         4,160
      relu           [64]             0
      dense(64, 2)   [2]            130
      total                       4,866
      minimizes 1 x nonSaturating
      minimizes 1 x jacobianClamp({ min: 0, max: 20, mode: "jvp", epsilon: 1 })
      by adam({ learningRate: linear({ from: 0.002, to: 0, steps: 30000 }), b1: 0, b2: 0.9, epsilon: 1e-8, epsilonRoot: 0 })
    discriminator
      layer           output  parameters
      input           [2]
      dense(2, 64)    [64]           192
      leakyRelu(0.2)  [64]             0
      dense(64, 64)   [64]         4,160
      leakyRelu(0.2)  [64]             0
      dense(64, 1)    [1]             65
      total                        4,417
      minimizes 1 x nonSaturating
      minimizes 1 x r1({ gamma: 0.02 })
      by adam({ learningRate: linear({ from: 0.002, to: 0, steps: 30000 }), b1: 0, b2: 0.9, epsilon: 1e-8, epsilonRoot: 0 })"
  `)
})
