/**
 * A generator that misbehaves and is well conditioned: appendix B.1 of Odena et al., Is generator conditioning causally related to GAN
 * performance? (2018), on images of shapes.
 *
 * No critic: latents are given to images once and for all, and a DCGAN's generator learns each pair by squared error. Half of the images
 * are copies of a single one. Told at the end, of the latents it has learnt and of others of the prior: the error, the classes that a classifier
 * sees, its score, and how latents are stretched.
 *
 *     npm run example -- examples/memorisingGenerator.ts [steps]
 */
import { pathToFileURL } from 'node:url'
import { Engine, Lab, Net, Opt, Random, Toy, batches, compile, concat, loop, mean, slice, square, sub, take, valueAndGrad, zeros } from 'saddlepoint' // prettier-ignore
import type { Tensor } from 'saddlepoint'

export interface MemoriseOptions {
  readonly steps?: number
  /** How many images are learnt, an even number. */
  readonly examples?: number
  /** Pixels along each side, a multiple of 4. */
  readonly size?: number
  readonly latents?: number
  /** Channels of the generator between its convolutions. */
  readonly width?: number
  readonly batchSize?: number
  /** How many images are looked at. */
  readonly samples?: number
  readonly engine?: Engine.Engine
  readonly tell?: (line: string) => void
}

/** What a generator makes of some latents. */
export interface Behaviour {
  readonly histogram: Lab.ClassHistogram
  readonly classifierScore: number
  readonly spectrum: Lab.AverageSpectrum
}

export interface Memorised {
  /** The mean squared error of a pixel at the first and over the last steps. */
  readonly errors: readonly [first: number, last: number]
  readonly untrained: Behaviour
  readonly learnt: Behaviour
  readonly others: Behaviour
}

interface Carry {
  readonly params: unknown
  /** Running statistics of batch norm. */
  readonly layers: unknown
  readonly moments: unknown
}
interface Pairs {
  readonly z: Tensor
  readonly x: Tensor
}

/** Trains it and looks at it. */
export const memorise = async ({
  steps = 4000,
  examples = 2000,
  size = 28,
  latents = 64,
  width = 32,
  batchSize = 64,
  samples = 360,
  engine = Engine.wasm(),
  tell = () => undefined
}: MemoriseOptions = {}): Promise<Memorised> => {
  const quarter = size / 4
  const doubled = { kernel: 4, stride: 2, padding: 1 }
  const net = Net.serial(
    Net.dense(latents, 2 * width * quarter * quarter),
    Net.reshape([2 * width, quarter, quarter]),
    Net.batchNorm(2 * width),
    Net.relu,
    Net.transposedConvolution(2 * width, width, doubled),
    Net.batchNorm(width),
    Net.relu,
    Net.transposedConvolution(width, 1, doubled),
    Net.tanh
  )
  const shapes = Toy.shapes({ size })
  const { real: images, labels } = shapes.sample(Random.key(0), examples)
  // A classifier that has seen every image as it is.
  const classifier = await Lab.trainClassifier({
    data: { images, labels },
    net: Net.serial(
      Net.convolution(1, 16, doubled),
      Net.relu,
      Net.flatten,
      Net.dense(16 * 4 * quarter * quarter, 64),
      Net.relu,
      Net.dense(64, shapes.classes.length)
    ),
    batchSize,
    engine
  })
  tell(`classifier: ${(100 * classifier.heldAccuracy).toFixed(1)} % of the shapes held back`)

  // The second half of the images is one of them.
  const copies = take(images, zeros([examples / 2], 'int32'), { axis: 0 })
  const x = concat([slice(images, { end: [examples / 2] }), copies], { axis: 0 })
  const z = Random.normal(Random.key(1), [examples, latents])
  const { params, state: layers } = net.init(Random.key(2))
  const optimizer = Opt.adam({ learningRate: 1e-3 })
  const descend = (
    { params: now, layers: running, moments }: Carry,
    { z: from, x: to }: Pairs
  ): readonly [Carry, Tensor] => {
    const error = (p: unknown): readonly [Tensor, unknown] => {
      const [y, after] = net.apply({ params: p, state: running, training: true }, from)
      return [mean(square(sub(y, to))), after]
    }
    const [[value, after], gradients] = valueAndGrad(error, { hasAux: true })(now)
    const [updates, next] = optimizer.update(gradients, moments, now)
    return [{ params: Opt.applyUpdates(now, updates), layers: after, moments: next }, value]
  }
  const training = loop(descend, { carry: { params, layers, moments: optimizer.init(params) }, engine })
  const generated = ({ params: p, layers: running }: Pick<Carry, 'params' | 'layers'>, at: Tensor): Tensor =>
    net.apply({ params: p, state: running, training: false }, at)[0]
  const generate = compile(generated, { engine })
  const jacobians = compile((held: Pick<Carry, 'params' | 'layers'>, at: Tensor) => Lab.jacobian((y) => generated(held, y))(at), { engine }) // prettier-ignore

  const behaviour = async (
    { params: p, layers: running }: Pick<Carry, 'params' | 'layers'>,
    at: Tensor
  ): Promise<Behaviour> => {
    const held = { params: p, layers: running }
    const probabilities = await classifier.probabilities(await generate(held, at))
    return {
      histogram: Lab.classHistogram(probabilities),
      classifierScore: Lab.classifierScore(probabilities).mean,
      spectrum: Lab.averageSpectrum(await jacobians(held, slice(at, { end: [8] })))
    }
  }
  const unseen = Random.normal(Random.key(3), [samples, latents])
  const untrained = await behaviour({ params, layers }, unseen)
  const errors = await training.advance(batches({ z, x }, { batchSize, seed: 0 }).from(), { steps })
  const reached = await training.snapshot()
  const order = Random.permutation(Random.key(4), examples)
  const learnt = await behaviour(reached, take(z, slice(order, { end: [Math.min(samples, examples)] }), { axis: 0 }))
  const others = await behaviour(reached, unseen)
  for (const one of [training, generate, jacobians, classifier]) one.dispose()

  const last = errors.slice(-Math.ceil(steps / 20))
  const found: Memorised = {
    errors: [errors[0]?.data[0] ?? NaN, last.reduce((total, { data }) => total + (data[0] ?? NaN), 0) / last.length],
    untrained,
    learnt,
    others
  }
  tell(`squared error of a pixel: ${found.errors[0].toFixed(3)} at first, ${found.errors[1].toFixed(4)} at last`)
  for (const [name, { histogram, classifierScore, spectrum }] of Object.entries({ untrained, learnt, others }))
    tell(
      `${name}: score ${classifierScore.toFixed(2)}, classes ${histogram.counts.join(' ')}, log condition ` +
        `${spectrum.meanLogCondition.toFixed(2)} ± ${spectrum.deviationLogCondition.toFixed(2)}`
    )
  return found
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  await memorise({ steps: Number(process.argv[2] ?? 4000), tell: (line) => process.stdout.write(`${line}\n`) })
