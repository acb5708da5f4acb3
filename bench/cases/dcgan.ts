import { Gan, Init, Net, Reg } from '../../src/index.ts'
import type { Layer } from '../../src/nn/layer.ts'
import type { Job } from '../measure/job.ts'
import { jobOf } from '../measure/job.ts'
import { ganData, ganStep, latentSize, specOf } from './gan.ts'
import type { Random } from '../measure/random.ts'
import { between, mulberry32, weights } from '../measure/random.ts'

/** Each layer of convolutions doubles or halves the image's extent. */
export interface DcganSizes {
  readonly batch: number
  readonly latent: number
  /** Channels and extent. */
  readonly image: readonly [number, number]
  /** Channels of the generator, before its doublings. */
  readonly generator: readonly number[]
  /** Channels of the critic, after its halvings. */
  readonly critic: readonly number[]
}

export const namedSizes: DcganSizes = {
  batch: 64,
  latent: latentSize,
  image: [1, 28],
  generator: [64, 32],
  critic: [32, 64]
}

/** As large as published, without its batch normalization. @see Radford et al. (2016) */
export const largeSizes: DcganSizes = {
  batch: 64,
  latent: 100,
  image: [3, 64],
  generator: [512, 256, 128, 64],
  critic: [64, 128, 256, 512]
}

/** Images as large, 64 channels in every layer. */
export const evenSizes: DcganSizes = {
  batch: 32,
  latent: latentSize,
  image: [3, 64],
  generator: [64, 64, 64, 64],
  critic: [64, 64, 64, 64]
}

export const drawSizes = (random: Random): DcganSizes => {
  const channels = (): number => between(24, 96, random)
  const batch = between(48, 320, random)
  return { ...namedSizes, batch, generator: [channels(), channels()], critic: [channels(), channels()] }
}

const given = (shape: readonly number[], fanIn: number, random: Random) => {
  const value = weights(shape, fanIn, random)
  return { weights: () => value, bias: Init.zeros }
}

const doubling = { kernel: 4, stride: 2, padding: 1 }

/** [latent] -> [...image], as in peers/gan_step_torch.py. */
export const dcganGenerator = ({ latent, image, generator }: DcganSizes, random: Random): Layer => {
  const [channels, extent] = image
  const start = extent >> generator.length
  const dense = start * start * generator[0]!
  return Net.serial(
    Net.dense(latent, dense, given([latent, dense], latent, random)),
    Net.reshape([generator[0]!, start, start]),
    ...generator.flatMap((inChannels, i) => {
      const outChannels = generator[i + 1] ?? channels
      const weighted = given([inChannels, outChannels, 4, 4], 4 * inChannels, random)
      return [Net.relu, Net.transposedConvolution(inChannels, outChannels, { ...doubling, ...weighted })]
    }),
    Net.tanh
  )
}

const dcganCritic = ({ image, critic }: DcganSizes, random: Random): Layer => {
  const [channels, extent] = image
  const end = extent >> critic.length
  const dense = end * end * critic.at(-1)!
  return Net.serial(
    ...critic.flatMap((outChannels, i) => {
      const inChannels = critic[i - 1] ?? channels
      const weighted = given([outChannels, inChannels, 4, 4], 16 * inChannels, random)
      return [Net.convolution(inChannels, outChannels, { ...doubling, ...weighted }), Net.leakyRelu(0.2)]
    }),
    Net.flatten,
    Net.dense(dense, 1, given([dense, 1], dense, random))
  )
}

/** Both networks at some sizes. */
export const dcganPair = (sizes: DcganSizes, random: Random): readonly [Layer, Layer] => [
  dcganGenerator(sizes, random),
  dcganCritic(sizes, random)
]

/** A step with Jacobian clamping of the generator in one of its two forms, with R1 of the critic, or with neither. */
export type Clamp = 'secant' | 'jvp' | 'none' | 'r1'

/** A pair of these sizes, without a regularizer. */
export const dcganSpec = (sizes: DcganSizes, random: Random = mulberry32(1)): Gan.Spec =>
  specOf(dcganGenerator(sizes, random), dcganCritic(sizes, random), sizes.latent)

export const dcganJob = (
  about: Pick<Job, 'name' | 'against' | 'rateAgainst' | 'losses'>,
  clamp: Clamp,
  sizes: DcganSizes = namedSizes
): Job => {
  const { batch, latent, image } = sizes
  const [channels, extent] = image
  const random = mulberry32(1)
  const plain = dcganSpec(sizes, random)
  const isClamped = clamp === 'secant' || clamp === 'jvp'
  const spec = !isClamped
    ? clamp === 'r1'
      ? Gan.withRegularizer('discriminator', Reg.r1({ gamma: 10 }))(plain)
      : plain
    : Gan.withRegularizer('generator', Reg.jacobianClamp({ min: 1, max: 20, epsilon: 1, mode: clamp }))(plain)
  const peers =
    clamp === 'jvp'
      ? {}
      : {
          script: 'gan_step',
          sizes: { ...sizes, gan: { none: 'dcgan', r1: 'dcgan-r1', secant: 'dcgan-clamp' }[clamp] }
        }
  const data = ganData(batch, [channels, extent, extent], random, latent)
  return jobOf({ ...about, ...peers }, ganStep(spec, data, isClamped))
}

/** The step of a pair at the named sizes, with its spec edited. */
export const dcganSpecJob = (
  about: Pick<Job, 'name' | 'against' | 'losses'>,
  edit: (spec: Gan.Spec) => Gan.Spec
): Job => {
  const { batch, latent, image } = namedSizes
  const [channels, extent] = image
  const random = mulberry32(1)
  const spec = edit(dcganSpec(namedSizes, random))
  return jobOf(about, ganStep(spec, ganData(batch, [channels, extent, extent], random, latent)))
}
