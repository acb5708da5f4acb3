import { pipe } from '#fp-ts/function'
import { nonSaturating } from '../gan/game/losses/logistic.ts'
import { normal } from '../gan/game/prior.ts'
import * as Reg from '../gan/game/regularizer.ts'
import type { Spec } from '../gan/game/spec.ts'
import { every } from '../gan/game/objective.ts'
import { between, withAverage, withLoss, withOptimizer, withRegularizer, withUpdate } from '../gan/game/editSpec.ts'
import { alternating } from '../gan/game/updates/alternating.ts'
import * as Net from '../nn/net.ts'
import * as Opt from '../optim/opt.ts'
import type { Dataset } from './dataset.ts'
import type { DemoOptions } from './options.ts'

/** Pairs a spec with the sizes it was tried at. */
export interface Recipe {
  readonly spec: Spec
  readonly batchSize: number
  readonly steps: number
}

/**
 * Points of a few dimensions: small MLPs, R1 with a small gamma, learning rates that end at zero. On the ring, clamping
 * the generator's Jacobian at 20 as well leaves more samples between the modes (docs/results.md), so it is not done
 * here.
 */
const toyRecipe = (dimension: number, steps: number): Recipe => {
  const learningRate = Opt.linear(2e-3, 0, steps)
  return {
    batchSize: 128,
    steps,
    spec: pipe(
      between({
        generator: Net.serial(Net.dense(8, 64), Net.relu, Net.dense(64, 64), Net.relu, Net.dense(64, dimension)),
        discriminator: Net.serial(
          Net.dense(dimension, 64),
          Net.leakyRelu(0.2),
          Net.dense(64, 64),
          Net.leakyRelu(0.2),
          Net.dense(64, 1)
        ),
        prior: normal([8])
      }),
      withLoss(nonSaturating),
      withRegularizer('discriminator', Reg.r1({ gamma: 0.02 })),
      withOptimizer('generator', Opt.adam({ learningRate, b1: 0, b2: 0.9 })),
      withOptimizer('discriminator', Opt.adam({ learningRate, b1: 0, b2: 0.9 })),
      withUpdate(alternating({ discriminatorSteps: 1 })),
      withAverage({ decay: 0.999 })
    )
  }
}

/** Trains on small images in [-1, 1]: a DCGAN pair for images whose sides divide by 4, an MLP pair for any. */
const imageRecipe = (
  { channels, height, width }: Dataset & { readonly kind: 'images' },
  net: DemoOptions['net'],
  steps: number
): Recipe => {
  const [h, w] = [height / 4, width / 4]
  const pixels = channels * height * width
  const learningRate = Opt.linear(1e-3, 1e-4, steps)
  const networks =
    net === 'dcgan'
      ? {
          generator: Net.serial(
            Net.dense(64, 64 * h * w),
            Net.reshape([64, h, w]),
            Net.batchNorm(64),
            Net.relu,
            Net.transposedConvolution(64, 32, { kernel: 4, stride: 2, padding: 1 }),
            Net.batchNorm(32),
            Net.relu,
            Net.transposedConvolution(32, channels, { kernel: 4, stride: 2, padding: 1 }),
            Net.tanh
          ),
          discriminator: Net.serial(
            Net.convolution(channels, 32, { kernel: 4, stride: 2, padding: 1 }),
            Net.leakyRelu(0.2),
            Net.convolution(32, 64, { kernel: 4, stride: 2, padding: 1 }),
            Net.leakyRelu(0.2),
            Net.flatten,
            Net.dense(64 * h * w, 1)
          )
        }
      : {
          generator: Net.serial(
            Net.dense(64, 256),
            Net.relu,
            Net.dense(256, 256),
            Net.relu,
            Net.dense(256, pixels),
            Net.tanh,
            Net.reshape([channels, height, width])
          ),
          discriminator: Net.serial(
            Net.flatten,
            Net.dense(pixels, 256),
            Net.leakyRelu(0.2),
            Net.dense(256, 256),
            Net.leakyRelu(0.2),
            Net.dense(256, 1)
          )
        }
  return {
    batchSize: 64,
    steps,
    spec: pipe(
      between({ ...networks, prior: normal([64]) }),
      withLoss(nonSaturating),
      withRegularizer('discriminator', pipe(Reg.r1({ gamma: 0.5 }), every(4))),
      withOptimizer('generator', Opt.adam({ learningRate, b1: 0.5, b2: 0.99 })),
      withOptimizer('discriminator', Opt.adam({ learningRate, b1: 0.5, b2: 0.99 })),
      withAverage({ decay: 0.99 })
    )
  }
}

/**
 * Says how many steps take a minute or so: the plain evaluator and gpu.js by name get as far as they need, wasm all the
 * way.
 */
const usualSteps = (data: Dataset, engine: string): number => {
  const fast = engine === 'wasm' || engine === 'auto'
  return data.kind === 'toy' ? (fast ? 25000 : 7000) : fast ? 2000 : 300
}

/**
 * Chooses the recipe for some data, on the engine of that name; learning rates end with `steps`, so they are part of
 * it.
 */
export const recipeFor = (
  data: Dataset,
  net: DemoOptions['net'],
  steps: number | undefined,
  engine: string
): Recipe => {
  const count = steps ?? usualSteps(data, engine)
  return data.kind === 'toy' ? toyRecipe(data.toy.dimension, count) : imageRecipe(data, net, count)
}
