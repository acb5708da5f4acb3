import * as E from '#fp-ts/Either'
import { describe, expect, it } from 'vitest'
import { wasm } from '../../../src/engines/wasm/engine.ts'
import type { Engine } from '../../../src/engines/engine.ts'
import { Gan, Loss, Net, Opt, pipe, Prior, Reg, Toy } from '../../../src/index.ts'
import type { State } from '../../../src/gan/step/state.ts'
import { flatten } from '../../../src/tensor/tree.ts'
import type { Tensor } from '../../../src/tensor/tensor.ts'
import { bitsOf } from './support.ts'

const adam = Opt.adam({ learningRate: 2e-3, b1: 0, b2: 0.9 })
const spec = pipe(
  Gan.between({
    generator: Net.serial(Net.dense(8, 32), Net.relu, Net.dense(32, 2)),
    discriminator: Net.serial(
      Net.dense(2, 32),
      Net.leakyRelu(0.2),
      Net.dense(32, 32),
      Net.leakyRelu(0.2),
      Net.dense(32, 1)
    ),
    prior: Prior.normal([8])
  }),
  Gan.withLoss(Loss.nonSaturating),
  Gan.withRegularizer('discriminator', Reg.r1({ gamma: 0.02 })),
  Gan.withRegularizer('generator', Reg.jacobianClamp({ min: 0, max: 20, mode: 'jvp' })),
  Gan.withOptimizer('generator', adam),
  Gan.withOptimizer('discriminator', adam),
  Gan.withAverage({ decay: 0.99 })
)

const train = async (engine: Engine | 'reference', steps: number, state?: State) => {
  const losses: number[] = []
  const trained = await pipe(
    spec,
    Gan.train({
      data: Toy.ring().sample,
      batchSize: 64,
      steps,
      engine,
      seed: 3,
      ...(state && { state }),
      onStep: (_, figures) => void losses.push(figures['discriminator']!.loss + figures['generator']!.loss)
    })
  )()
  if (E.isLeft(trained)) throw new Error(JSON.stringify(trained.left))
  trained.right.step.dispose()
  const leaves = flatten(trained.right.state).leaves as readonly Tensor[]
  return { state: trained.right.state, losses, bits: bitsOf(leaves.map(({ data }) => data)) }
}

describe('a GAN', () => {
  it('trains to the same bits twice, on any number of threads, and across a break', async () => {
    const whole = await train(wasm({ threads: 1 }), 60)
    expect(whole.losses.every(Number.isFinite)).toBe(true)
    for (const threads of [1, 2, 3]) expect((await train(wasm({ threads }), 60)).bits === whole.bits).toBe(true)
    const half = await train(wasm({ threads: 2 }), 30)
    expect((await train(wasm({ threads: 2 }), 30, half.state)).bits === whole.bits).toBe(true)
  })

  it('has the losses that the reference has', async () => {
    const [fast, plain] = [await train(wasm(), 30), await train('reference', 30)]
    fast.losses.forEach((loss, i) => expect(Math.abs(loss - plain.losses[i]!)).toBeLessThan(2e-3))
  })
})
