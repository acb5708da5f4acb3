import { pipe } from '#fp-ts/function'
import { nonSaturating } from '../../gan/game/losses/logistic.ts'
import { normal } from '../../gan/game/prior.ts'
import * as Reg from '../../gan/game/regularizer.ts'
import type { Spec } from '../../gan/game/spec.ts'
import { every } from '../../gan/game/objective.ts'
import { between, withAverage, withLoss, withOptimizer, withRegularizer, withUpdate } from '../../gan/game/editSpec.ts'
import { alternating } from '../../gan/game/updates/alternating.ts'
import * as Net from '../../nn/net.ts'
import * as Opt from '../../optim/opt.ts'
import type { Dataset } from '../../data/dataset.ts'

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

/** Trains a DCGAN pair on small images in [-1, 1] whose sides divide by 4. */
export const imageRecipe = ([channels = 1, height = 0, width = 0]: readonly number[], steps: number): Recipe => {
  const [h, w] = [height / 4, width / 4]
  const learningRate = Opt.linear(1e-3, 1e-4, steps)
  return {
    batchSize: 64,
    steps,
    spec: pipe(
      between({
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
        ),
        prior: normal([64])
      }),
      withLoss(nonSaturating),
      withRegularizer('discriminator', pipe(Reg.r1({ gamma: 0.5 }), every(4))),
      withOptimizer('generator', Opt.adam({ learningRate, b1: 0.5, b2: 0.99 })),
      withOptimizer('discriminator', Opt.adam({ learningRate, b1: 0.5, b2: 0.99 })),
      withAverage({ decay: 0.99 })
    )
  }
}

/** Names the data that are drawn, whose names are those of recipes, too. */
export const recipeNames: readonly string[] = ['ring', 'grid', 'swissroll', 'dirac', 'shapes']

/**
 * Chooses the recipe for some data, undefined where there is none; learning rates end with `steps`, so they are part of it.
 */
export const recipeFor = ({ shape }: Dataset, steps: number | undefined): Recipe | undefined => {
  const [first = 0, height, width] = shape
  if (height === undefined) return shape.length === 1 ? toyRecipe(first, steps ?? 15_000) : undefined
  return width !== undefined && height % 4 === 0 && width % 4 === 0 ? imageRecipe(shape, steps ?? 2000) : undefined
}
