import { Gan, Init, Net, Reg } from '../src/index.ts'
import type { Layer } from '../src/nn/layer.ts'
import type { Job } from './job.ts'
import { jobOf } from './job.ts'
import { ganData, ganStep, latentSize, specOf } from './gan.ts'
import type { Random } from './random.ts'
import { between, mulberry32, weights } from './random.ts'

export interface DcganSizes {
  readonly batch: number
  /** Of the generator at 7x7 and 14x14, of the critic at 14x14 and 7x7. */
  readonly channels: readonly [number, number, number, number]
}

export const namedSizes: DcganSizes = { batch: 64, channels: [64, 32, 32, 64] }

export const drawSizes = (random: Random): DcganSizes => {
  const channels = (): number => between(24, 96, random)
  return { batch: between(48, 320, random), channels: [channels(), channels(), channels(), channels()] }
}

const given = (shape: readonly number[], fanIn: number, random: Random) => {
  const value = weights(shape, fanIn, random)
  return { weights: () => value, bias: Init.zeros }
}

const doubling = { kernel: 4, stride: 2, padding: 1 }

/** [64] -> [1, 28, 28], as in peers/gan_step_torch.py. */
export const dcganGenerator = ([c1, c2]: DcganSizes['channels'], random: Random): Layer =>
  Net.serial(
    Net.dense(latentSize, 49 * c1, given([latentSize, 49 * c1], latentSize, random)),
    Net.relu,
    Net.reshape([c1, 7, 7]),
    Net.transposedConvolution({
      inChannels: c1,
      outChannels: c2,
      ...doubling,
      ...given([c1, c2, 4, 4], 4 * c1, random)
    }),
    Net.relu,
    Net.transposedConvolution({ inChannels: c2, outChannels: 1, ...doubling, ...given([c2, 1, 4, 4], 4 * c2, random) }),
    Net.tanh
  )

const dcganCritic = ([, , c1, c2]: DcganSizes['channels'], random: Random): Layer =>
  Net.serial(
    Net.convolution({ inChannels: 1, outChannels: c1, ...doubling, ...given([c1, 1, 4, 4], 16, random) }),
    Net.leakyRelu(0.2),
    Net.convolution({ inChannels: c1, outChannels: c2, ...doubling, ...given([c2, c1, 4, 4], 16 * c1, random) }),
    Net.leakyRelu(0.2),
    Net.flatten,
    Net.dense(49 * c2, 1, given([49 * c2, 1], 49 * c2, random))
  )

/** A step with Jacobian clamping of the generator in one of its two forms, or without. */
export type Clamp = 'secant' | 'jvp' | 'none'

export const dcganJob = (
  about: Pick<Job, 'name' | 'against' | 'rateAgainst'>,
  clamp: Clamp,
  { batch, channels }: DcganSizes = namedSizes
): Job => {
  const random = mulberry32(1)
  const generator = dcganGenerator(channels, random)
  const plain = specOf(generator, dcganCritic(channels, random))
  const spec =
    clamp === 'none'
      ? plain
      : Gan.withRegularizer('generator', Reg.jacobianClamp({ min: 1, max: 20, epsilon: 1, mode: clamp }))(plain)
  const peers =
    clamp === 'jvp'
      ? {}
      : { script: 'gan_step', sizes: { batch, channels, gan: clamp === 'none' ? 'dcgan' : 'dcgan-clamp' } }
  return jobOf({ ...about, ...peers }, ganStep(spec, ganData(batch, [1, 28, 28], random), clamp !== 'none'))
}
