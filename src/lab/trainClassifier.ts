import { batches } from '../data/batches.ts'
import type { Held } from '../gan/game/networks.ts'
import type { Layer } from '../nn/layer.ts'
import { add } from '../ops/arithmetic.ts'
import { softmaxCrossEntropyWithLogits } from '../ops/crossEntropy.ts'
import { slice } from '../ops/assembly.ts'
import { take } from '../ops/indexing.ts'
import { mean } from '../ops/reduction.ts'
import { adam } from '../optim/adam.ts'
import type { Optimizer } from '../optim/optimizer.ts'
import { cosine } from '../optim/schedule.ts'
import { permutation } from '../random/integers.ts'
import type { Key } from '../random/key.ts'
import { foldIn, key } from '../random/key.ts'
import type { None } from '../tensor/arguments.ts'
import { refuseMore, requireNumbers } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import { anyFunction, anything, count, optional, requireOptions } from '../tensor/options.ts'
import { showValue } from '../tensor/problem.ts'
import { showShape } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { blank } from '../tensor/tensor.ts'
import { isRecord, treeMap } from '../tensor/tree.ts'
import type { Engine, EngineName } from '../transform/compileStep.ts'
import { engineRule } from '../transform/compileStep.ts'
import { valueAndGrad } from '../transform/grad.ts'
import { loop } from '../transform/loop.ts'
import { shapesOf } from '../transform/shapes.ts'
import type { Classifier } from './classifier.ts'
import { classifier, requireNet } from './classifier.ts'
import { requireFinite } from './finite.ts'
import { seedRule } from './labProbe.ts'

/** Holds samples [n, ...] and their classes, int32 [n] from 0 on: what `readDigits` gives will do. */
export interface Labelled {
  readonly images: Tensor
  readonly labels?: Tensor
}

export interface TrainClassifierOptions {
  readonly data: Labelled
  /** Any network that gives logits [n, classes]. */
  readonly net: Layer
  /** How many samples, drawn by the seed, are held back to be judged by; a fifth by default. */
  readonly held?: number
  /** 64 by default. */
  readonly batchSize?: number
  /** How often each sample is seen, 8 times by default. */
  readonly epochs?: number
  /** Adam by default, its learning rate from 2e-3 to 0 along a cosine. */
  readonly optimizer?: Optimizer
  /** Seed of the split, of the first parameters and of all draws, 0 by default. */
  readonly seed?: number
  readonly engine?: EngineName | Engine
  /** Called with the number of each step, from 1, and its loss. */
  readonly onStep?: (step: number, loss: number) => void
}

/** Is a classifier that was trained here. */
export interface TrainedClassifier extends Classifier {
  /** The part of the samples held back that it tells right, in [0, 1]. */
  readonly heldAccuracy: number
}

const op = 'Lab.trainClassifier'

/** Goes from step to step. */
interface Carry {
  readonly held: Held
  readonly moments: unknown
  readonly step: Tensor
}

/** Reads samples and labels that belong together. */
const labelledIn = (data: unknown): Required<Labelled> => {
  const { images, labels } = isRecord(data) ? (data as unknown as Labelled) : { images: data as Tensor }
  const { shape } = requireNumbers(op, images, 'data { images: [n, ...], labels: [n] }')
  requireFinite(op, 'images', images)
  const found = requireNumbers(op, labels, 'data { images: [n, ...], labels: [n] }')
  if (found.shape.length !== 1 || found.shape[0] !== shape[0] || shape.length < 2)
    fail('ShapeMisfit', {
      op,
      expected: 'images [n, ...] and labels [n]',
      actual: `${showShape(shape)} and ${showShape(found.shape)}`
    })
  const off = found.data.find((label) => !Number.isInteger(label) || label < 0)
  if (off !== undefined)
    fail('InvalidArgument', { op, expected: 'labels that are whole numbers from 0 on', actual: String(off) })
  return { images, labels: { ...found, dtype: 'int32', data: Int32Array.from(found.data) } }
}

/** Fails unless a network gives logits of at least so many classes. */
const requireClasses = (net: Layer, held: Held, { images, labels }: Required<Labelled>): void => {
  const logits = shapesOf(
    op,
    (x: Tensor) => net.apply({ params: held.params, state: held.layers }, x)[0],
    blank({ ...images, shape: images.shape.with(0, 2) })
  )
  const needed = Array.from(labels.data).reduce((most, label) => Math.max(most, label + 1), 0)
  if (logits.shape.length !== 2 || logits.shape[1]! < needed)
    fail('ShapeMisfit', {
      op,
      expected: `a network that gives logits [n, classes] of the ${String(needed)} classes of the labels`,
      actual: showShape(logits.shape)
    })
}

/** Makes the step of descent on the cross entropy of a minibatch. */
const stepOf =
  (net: Layer, optimizer: Optimizer, root: Key) =>
  ({ held, moments, step }: Carry, { images, labels }: Required<Labelled>): readonly [Carry, Tensor] => {
    const loss = (params: unknown): readonly [Tensor, unknown] => {
      const context = { params, state: held.layers, key: foldIn(root, step), training: true }
      const [logits, layers] = net.apply(context, images)
      return [mean(softmaxCrossEntropyWithLogits(logits, labels)), layers]
    }
    const [[value, layers], gradients] = valueAndGrad(loss, { hasAux: true })(held.params)
    const [updates, next] = optimizer.update(gradients, moments, held.params, step)
    const params = treeMap((p: Tensor, u: Tensor) => add(p, u), held.params as Tensor, updates as Tensor)
    return [{ held: { params, layers }, moments: next, step: add(step, 1) }, value]
  }

/**
 * Trains a classifier on labelled samples, by the resident loop that any step gets: what classifier scores and Fréchet
 * distances of one's own data are measured with. The same seed gives the same bits on one engine.
 *
 * @returns a promise of the classifier and of its accuracy on samples that were held back
 * @throws InvalidArgument or ShapeMisfit, as rejections, for data, networks and options that do not fit
 *
 * @example
 * import { Lab, Net, Opt, Random, tensor } from 'saddlepoint'
 * const images = Random.normal(Random.key(0), [200, 2])
 * const labels = tensor(Array.from({ length: 200 }, (_, i) => (images.data[2 * i] > 0 ? 1 : 0)), [200], 'int32')
 * const net = Net.serial(Net.dense(2, 8), Net.relu, Net.dense(8, 2))
 * const optimizer = Opt.adam({ learningRate: 0.05 })
 * const { heldAccuracy } = await Lab.trainClassifier({ data: { images, labels }, net, optimizer, batchSize: 16, engine: 'reference' })
 * heldAccuracy > 0.9 // => true
 */
export const trainClassifier = async (options: TrainClassifierOptions, ...more: None): Promise<TrainedClassifier> => {
  refuseMore(op, more)
  const {
    data,
    net,
    epochs = 8,
    batchSize = 64,
    seed = 0,
    engine,
    onStep,
    ...given
  } = requireOptions(op, options, {
    data: anything,
    net: anything,
    held: optional(count),
    batchSize: optional(count),
    epochs: optional(count),
    optimizer: anything,
    seed: seedRule,
    engine: optional(engineRule),
    onStep: optional(anyFunction)
  })
  requireNet(op, net)
  const { images, labels } = labelledIn(data)
  const n = labels.shape[0]!
  const { held: back = Math.floor(n / 5) } = given
  const learnt = n - back
  if (back < 1 || learnt < batchSize)
    fail('InvalidArgument', {
      op,
      expected: `samples to hold back, and at least a minibatch of ${String(batchSize)} to learn from`,
      actual: `${String(n)} samples, of which ${String(back)} are held back`,
      hint: 'Give more data, or a smaller held or batchSize'
    })
  const steps = epochs * Math.floor(learnt / batchSize)
  const { optimizer = adam({ learningRate: cosine(2e-3, 0, steps) }) } = given
  if (!isRecord(optimizer) || typeof optimizer.update !== 'function')
    fail('InvalidArgument', {
      op,
      expected: 'an optimizer',
      actual: showValue(optimizer),
      hint: 'Opt.adam({ learningRate: 1e-3 })'
    })

  const [forSplit, forInit, forSteps] = [0, 1, 2].map((i) => foldIn(key(seed), i)) as [Key, Key, Key]
  const order = permutation(forSplit, n)
  const part = (from: number, to: number): Required<Labelled> => {
    const rows = slice(order, { start: [from], end: [to] })
    return { images: take(images, rows, { axis: 0 }), labels: take(labels, rows, { axis: 0 }) }
  }
  const { params, state: layers } = net.init(forInit)
  requireClasses(net, { params, layers }, { images, labels })
  const carry: Carry = {
    held: { params, layers },
    moments: optimizer.init(params),
    step: { shape: [], dtype: 'int32', data: Int32Array.of(0) }
  }
  const training = loop(stepOf(net, optimizer, forSteps), { carry, ...(engine === undefined ? {} : { engine }) })
  await training.advance(batches(part(back, n), { batchSize, seed }).from(), {
    steps,
    onStep: (i: number, loss: Tensor) => onStep?.(i + 1, loss.data[0]!)
  })
  const { held } = await training.snapshot()
  training.dispose()
  const made = classifier(net, held, engine === undefined ? {} : { engine })
  const judged = part(0, back)
  return { ...made, heldAccuracy: await made.accuracy(judged.images, judged.labels) }
}
