import * as Init from '../../nn/init.ts'
import * as Net from '../../nn/net.ts'
import { normal } from '../game/prior.ts'
import type { Players } from '../game/editSpec.ts'
import type { Design } from './options.ts'
import { isImage } from './options.ts'

/** The networks of presets: of dense layers for points, of strided convolutions for images, as DCGAN's. */

/** Chooses what differs from preset to preset. */
export interface Choices {
  /** How the critic's hidden layers are kept in bounds: batch norm, spectral norm, or nothing (default). */
  readonly critic?: 'plain' | 'batch' | 'spectral'
  /** The critic's last layer, given the features that reach it; a score by default. */
  readonly last?: (features: number) => Net.Layer
  /** What stands before the critic. */
  readonly first?: Net.Layer
  /** How many times as many channels the critic sees as samples have. */
  readonly packed?: number
  /** Channels by which the generator's first layer is wider: labels that are appended to latents. */
  readonly appended?: number
  /** What stands before the generator. */
  readonly before?: Net.Layer
  /** Makes the norm of the generator's hidden layers for images. */
  readonly norm?: (channels: number) => Net.Layer
  /** Makes what follows the second hidden layer of both networks for images, given its channels. */
  readonly attention?: (channels: number) => Net.Layer
}

const weights = { weights: Init.normal(0.02) }

const listed = (layer: Net.Layer | undefined): readonly Net.Layer[] => (layer === undefined ? [] : [layer])

const chained = (layers: readonly Net.Layer[]): Net.Layer => Net.serial(...layers)

/** Counts how often a side is halved: 28, 32, 48 and 64 pixels come down to 7, 4, 6 and 4. */
const halvings = (side: number): number => (side % 2 === 0 && side > 7 ? 1 + halvings(side / 2) : 0)

const densePlayers = ({ shape: [size = 2], width, latents }: Design, choices: Choices): Players => {
  const { critic = 'plain', packed = 1, appended = 0 } = choices
  const bounded = (layer: Net.Layer): Net.Layer => (critic === 'spectral' ? Net.spectral(layer) : layer)
  const { last = (n) => bounded(Net.dense(n, 1)) } = choices
  return {
    generator: chained([
      ...listed(choices.before),
      ...[Net.dense(latents + appended, width), Net.relu, Net.dense(width, width), Net.relu, Net.dense(width, size)]
    ]),
    discriminator: chained([
      ...listed(choices.first),
      ...[bounded(Net.dense(size * packed, width)), Net.leakyRelu(0.2)],
      ...[bounded(Net.dense(width, width)), Net.leakyRelu(0.2)],
      last(width)
    ]),
    prior: normal([latents])
  }
}

const up = (from: number, to: number): Net.Layer =>
  Net.transposedConvolution(from, to, { kernel: 4, stride: 2, padding: 1, ...weights })
const down = (from: number, to: number): Net.Layer =>
  Net.convolution(from, to, { kernel: 4, stride: 2, padding: 1, ...weights })

const imagePlayers = ({ shape: [channels = 1, side = 32], width, latents }: Design, choices: Choices): Players => {
  const { critic = 'plain', packed = 1, appended = 0 } = choices
  const bounded = (layer: Net.Layer): Net.Layer => (critic === 'spectral' ? Net.spectral(layer) : layer)
  const { last = (n) => bounded(Net.dense(n, 1, weights)) } = choices
  const { norm = (n) => Net.batchNorm(n), attention = () => Net.serial() } = choices
  const depth = halvings(side)
  const small = side / 2 ** depth
  const widths = Array.from({ length: depth }, (_, i) => width * 2 ** i)
  const widest = widths[depth - 1] ?? width
  const beside = (n: number, i: number): readonly Net.Layer[] => (i === 1 ? [attention(n)] : [])
  const upwards = widths.toReversed().flatMap((n, i) => {
    const next = widths[depth - 2 - i]
    return next === undefined
      ? [up(n, channels), Net.tanh]
      : [up(n, next), norm(next), Net.relu, ...beside(next, depth - 2 - i)]
  })
  const downwards = widths.flatMap((n, i) => [
    bounded(down(widths[i - 1] ?? channels * packed, n)),
    ...(critic === 'batch' && i > 0 ? [Net.batchNorm(n)] : []),
    Net.leakyRelu(0.2),
    ...beside(n, i)
  ])
  const size = widest * small ** 2
  return {
    generator: chained([
      ...listed(choices.before),
      ...[Net.dense(latents + appended, size, weights), Net.reshape([widest, small, small]), norm(widest), Net.relu],
      ...upwards
    ]),
    discriminator: chained([...listed(choices.first), ...downwards, Net.flatten, last(size)]),
    prior: normal([latents])
  }
}

/** Makes generator, discriminator and prior for samples of a shape. */
export const playersFor = (design: Design, choices: Choices = {}): Players =>
  isImage(design) ? imagePlayers(design, choices) : densePlayers(design, choices)
