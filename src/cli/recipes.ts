import { pipe } from '#fp-ts/function'
import { nonSaturating } from '../gan/loss.ts'
import { normal } from '../gan/prior.ts'
import * as Reg from '../gan/regularizer.ts'
import type { Spec } from '../gan/spec.ts'
import { between, withAverage, withLoss, withOptimizer, withRegularizer, withUpdate } from '../gan/spec.ts'
import { alternating } from '../gan/update.ts'
import * as Net from '../nn/net.ts'
import * as Opt from '../optim/opt.ts'
import type { Dataset } from './dataset.ts'
import type { DemoOptions } from './options.ts'

/** A spec with the sizes it was tried at. */
export interface Recipe {
  readonly spec: Spec
  readonly batchSize: number
  readonly steps: number
}

/** Points of a few dimensions: small MLPs, R1 with a small gamma, learning rates that end at zero. */
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
      withRegularizer('generator', Reg.jacobianClamp({ min: 0, max: 20, mode: 'jvp' })),
      withOptimizer('generator', Opt.adam({ learningRate, b1: 0, b2: 0.9 })),
      withOptimizer('discriminator', Opt.adam({ learningRate, b1: 0, b2: 0.9 })),
      withUpdate(alternating({ discriminatorSteps: 1 })),
      withAverage({ decay: 0.999 })
    )
  }
}
