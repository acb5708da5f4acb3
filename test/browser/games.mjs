// Two GANs as a page trains them: the Dirac-GAN, whose players are one number each, and eight Gaussians on a ring.
import {
  E,
  Gan,
  Issue,
  Loss,
  Net,
  Opt,
  Prior,
  Reg,
  Toy,
  add,
  modeCoverage,
  mul,
  pipe,
  reshape,
  tensor,
  zeros
} from 'saddlepoint'

const number = (name, initial, f) =>
  Net.layer({
    name,
    init: () => ({ params: tensor(initial), state: [] }),
    apply: ({ params, state }, x) => [f(params, x), state]
  })

const dirac = pipe(
  Gan.between({
    generator: number('theta', 1, (theta, z) => add(mul(z, 0), theta)),
    discriminator: number('psi x', -1, (psi, x) => reshape(mul(x, psi), [x.shape[0]])),
    prior: Prior.normal([1])
  }),
  Gan.withLoss(Loss.nonSaturating),
  Gan.withRegularizer('discriminator', Reg.r1({ gamma: 1 })),
  Gan.withOptimizer('generator', Opt.sgd({ learningRate: 0.2 })),
  Gan.withOptimizer('discriminator', Opt.sgd({ learningRate: 0.2 }))
)

const network = (inputs, width, activation, outputs) =>
  Net.serial(Net.dense(inputs, width), activation, Net.dense(width, width), activation, Net.dense(width, outputs))

const adam = Opt.adam({ learningRate: 2e-3, b1: 0, b2: 0.9 })

const ring = (width) =>
  pipe(
    Gan.between({
      generator: network(8, width, Net.relu, 2),
      discriminator: network(2, width, Net.leakyRelu(0.2), 1),
      prior: Prior.normal([8])
    }),
    Gan.withLoss(Loss.nonSaturating),
    Gan.withRegularizer('discriminator', Reg.r1({ gamma: 0.02 })),
    Gan.withOptimizer('generator', adam),
    Gan.withOptimizer('discriminator', adam),
    Gan.withAverage({ decay: 0.99 })
  )

const trained = async (spec, options) => {
  const result = await pipe(spec, Gan.train(options))()
  if (E.isLeft(result)) throw new Error(Issue.show(result.left))
  return result.right
}

/** Where both players are after so many steps; they meet the data at 0. */
export const trainDirac = async ({ engine, steps }) => {
  const data = (_, count) => zeros([count, 1])
  const { state, step } = await trained(dirac, { data, batchSize: 1, steps, seed: 0, engine })
  const { generator, discriminator } = state.players
  return { engine: step.engine, players: [generator.params.data[0], discriminator.params.data[0]] }
}

/** Samples after so many steps, and which modes they cover. */
export const trainRing = async ({ engine, steps, width = 32, batchSize = 128, count = 1000 }) => {
  const toy = Toy.ring()
  const spec = ring(width)
  const { state, step } = await trained(spec, { data: toy.sample, batchSize, steps, seed: 1, engine })
  const samples = await Gan.generate({ count, engine })(spec)(state, 3)
  const { captured, highQuality } = modeCoverage(samples, toy.modes)
  return {
    engine: step.engine,
    explained: step.explain(),
    samples: Array.from(samples.data),
    captured,
    highQuality
  }
}
