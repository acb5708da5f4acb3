// What a page does with the library: trains a small GAN on the default engine, and tells the server what came out.
import { E, Gan, Loss, Net, Opt, Prior, Reg, Toy, pipe } from 'saddlepoint'

const spec = pipe(
  Gan.between({
    generator: Net.serial(Net.dense(8, 32), Net.relu, Net.dense(32, 2)),
    discriminator: Net.serial(Net.dense(2, 32), Net.leakyRelu(0.2), Net.dense(32, 1)),
    prior: Prior.normal([8])
  }),
  Gan.withLoss(Loss.nonSaturating),
  Gan.withRegularizer('discriminator', Reg.r1({ gamma: 0.02 })),
  Gan.withOptimizer('generator', Opt.adam({ learningRate: 2e-3, b1: 0, b2: 0.9 })),
  Gan.withOptimizer('discriminator', Opt.adam({ learningRate: 2e-3, b1: 0, b2: 0.9 })),
  Gan.withAverage({ decay: 0.999 })
)

const train = async (engine) => {
  const trained = await pipe(spec, Gan.train({ data: Toy.ring().draw, batchSize: 128, steps: 200, seed: 1, engine }))()
  if (E.isLeft(trained)) throw new Error(Gan.Issue.draw(trained.left))
  const { state, step } = trained.right
  const weights = state.players.generator.params.flatMap(({ weight, bias }) => [weight, bias].filter(Boolean))
  const samples = await Gan.generate({ count: 64, engine })(spec)(state, 3)
  return {
    engine: step.engine,
    explained: step.explain().split('\n')[0],
    samples: Array.from(samples.data),
    tensors: weights.length
  }
}

const report = async () => {
  try {
    return {
      ok: true,
      isolated: globalThis.crossOriginIsolated,
      wasm: await train('auto'),
      reference: await train('reference')
    }
  } catch (cause) {
    return { ok: false, error: String(cause?.stack ?? cause) }
  }
}
await fetch('/report', { method: 'POST', body: JSON.stringify(await report()) })
