import { pipe } from '#fp-ts/function'
import * as E from '#fp-ts/Either'
import * as TE from '#fp-ts/TaskEither'
import type { Engine } from '../../src/engines/engine.ts'
import { reference } from '../../src/engines/reference.ts'
import { Gan, Issue, Loss, Net, Opt, Prior, Reg, Update } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import type { Program } from '../../src/program/program.ts'
import type { Data } from '../../src/tensor/dtype.ts'
import { drawsFrom, drawTensor } from './draws.ts'

/** One cycle of training as an engine gets it: its program, how much of it is the carry, and inputs of a first step. */
export interface TrainingProgram {
  readonly program: Program
  readonly carry: number
  readonly inputs: readonly Data[]
}

/** The program that Gan.compile makes of a spec, with the inputs of a step on drawn minibatches. */
export const trainingProgram = async (spec: Gan.Spec, batchSize: number): Promise<TrainingProgram> => {
  let program: Program | undefined
  let carry = 0
  let inputs: readonly Data[] = []
  const engine: Engine = {
    name: 'recording',
    compile: (given, options = {}) => {
      // The program of the first state has no carry, and is run as it is.
      if (options.carry === undefined) return reference().compile(given, options)
      program = given
      carry = options.carry
      return pipe(
        reference().compile(given, options),
        TE.map((executable) => ({
          ...executable,
          run: (data: readonly Data[]) => {
            inputs = data
            return TE.right(given.outputs.map(({ shape }) => new Float32Array(shape.reduce((a, b) => a * b, 1))))
          }
        }))
      )
    }
  }
  const compiled = await pipe(spec, Gan.compile({ batchSize, engine }))()
  if (E.isLeft(compiled)) throw new Error(Issue.show(compiled.left))
  const step = compiled.right
  const d = drawsFrom(1)
  const batch = (of: readonly number[]): Tensor => {
    const { shape, data } = drawTensor(of, () => d.real(-1, 1))
    return { shape, dtype: 'float32', data: Float32Array.from(data) }
  }
  await step(await step.init(1), step.shapesAt(0).map(batch))
  return { program: program!, carry, inputs }
}

const adam = Opt.adam({ learningRate: Opt.linear(2e-3, 0, 30000), b1: 0, b2: 0.9 })

/** The ring of the design: R1 on the critic, Jacobian clamping on the generator, averages. */
export const ringSpec = (width = 64): Gan.Spec =>
  pipe(
    Gan.between({
      generator: Net.serial(Net.dense(8, width), Net.relu, Net.dense(width, width), Net.relu, Net.dense(width, 2)),
      discriminator: Net.serial(
        Net.dense(2, width),
        Net.leakyRelu(0.2),
        Net.dense(width, width),
        Net.leakyRelu(0.2),
        Net.dense(width, 1)
      ),
      prior: Prior.normal([8])
    }),
    Gan.withLoss(Loss.nonSaturating),
    Gan.withRegularizer('discriminator', Reg.r1({ gamma: 0.02 })),
    Gan.withRegularizer('generator', Reg.jacobianClamp({ min: 0, max: 20, mode: 'jvp' })),
    Gan.withOptimizer('generator', adam),
    Gan.withOptimizer('discriminator', adam),
    Gan.withAverage({ decay: 0.999 })
  )

/** WGAN-GP of three hidden layers, several critic steps a cycle. */
export const wganGpSpec = (width = 128, discriminatorSteps = 1): Gan.Spec =>
  pipe(
    Gan.between({
      generator: Net.serial(Net.dense(8, width), Net.tanh, Net.dense(width, 2)),
      discriminator: Net.serial(
        Net.dense(2, width),
        Net.leakyRelu(0.2),
        Net.dense(width, width),
        Net.leakyRelu(0.2),
        Net.dense(width, width),
        Net.leakyRelu(0.2),
        Net.dense(width, 1)
      ),
      prior: Prior.normal([8])
    }),
    Gan.withLoss(Loss.wasserstein),
    Gan.withRegularizer('discriminator', Reg.gradientPenalty({ lambda: 10 })),
    Gan.withOptimizer('generator', adam),
    Gan.withOptimizer('discriminator', adam),
    Gan.withUpdate(Update.alternating({ discriminatorSteps }))
  )

/** Alternating steps of which each phase is a value of its own, so that none is repeated by a loop: a longer program. */
export const writtenOut = (discriminatorSteps: number): Update.Update =>
  Update.of('written out', (players) =>
    Update.alternating({ discriminatorSteps })
      .phases(players)
      .map((phase) => ({ ...phase }))
  )

/** A DCGAN of two strided convolutions each way, with batch norm in the generator and R1 on the critic. */
export const convolutionalSpec = (channels = 8, extent = 8): Gan.Spec => {
  const small = extent / 4
  return pipe(
    Gan.between({
      generator: Net.serial(
        Net.dense(6, 2 * channels * small * small),
        Net.reshape([2 * channels, small, small]),
        Net.batchNorm(2 * channels),
        Net.relu,
        Net.transposedConvolution(2 * channels, channels, { kernel: 4, stride: 2, padding: 1 }),
        Net.batchNorm(channels),
        Net.relu,
        Net.transposedConvolution(channels, 3, { kernel: 4, stride: 2, padding: 1 }),
        Net.tanh
      ),
      discriminator: Net.serial(
        Net.convolution(3, channels, { kernel: 4, stride: 2, padding: 1 }),
        Net.leakyRelu(0.2),
        Net.convolution(channels, 2 * channels, { kernel: 4, stride: 2, padding: 1 }),
        Net.leakyRelu(0.2),
        Net.flatten,
        Net.dense(2 * channels * small * small, 1)
      ),
      prior: Prior.normal([6])
    }),
    Gan.withLoss(Loss.nonSaturating),
    Gan.withRegularizer('discriminator', Reg.r1({ gamma: 0.5 })),
    Gan.withOptimizer('generator', adam),
    Gan.withOptimizer('discriminator', adam)
  )
}
