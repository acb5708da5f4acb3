import type { Held } from '../gan/game/networks.ts'
import type { Layer } from '../nn/layer.ts'
import { concat, slice } from '../ops/assembly.ts'
import { reshape } from '../ops/shaping.ts'
import { softmax } from '../ops/softmax.ts'
import type { None } from '../tensor/arguments.ts'
import { refuseMore, requireNumbers } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import { optional, requireOptions } from '../tensor/options.ts'
import { refuse, showValue } from '../tensor/problem.ts'
import { showShape, sizeOf } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { isRecord } from '../tensor/tree.ts'
import { compile } from '../transform/compile.ts'
import type { Engine, EngineName } from '../transform/compileStep.ts'
import { engineRule } from '../transform/compileStep.ts'
import { requireFinite } from './finite.ts'

/** Tells classes of samples, and gives the features by which it does. */
export interface Classifier {
  /** Computes class probabilities [n, classes] of samples [n, ...]. */
  readonly probabilities: (x: Tensor) => Promise<Tensor>
  /** Computes what goes into the last layer, [n, features]: the coordinates of Fréchet and kernel distances. */
  readonly features: (x: Tensor) => Promise<Tensor>
  /** The part of samples, in [0, 1], whose likeliest class is their label, int32 [n]. */
  readonly accuracy: (x: Tensor, labels: Tensor) => Promise<number>
  /** What the network is applied with: `Gan.networkToSafetensors(held)` writes it. */
  readonly held: Held
  /** Frees the engine's memory. */
  readonly dispose: () => void
}

export interface ClassifierOptions {
  /** 'auto' by default. */
  readonly engine?: EngineName | Engine
}

/** Rows that go through the network at a time: few enough that what is in between stays near. */
const rowsAtATime = 250

const isNet = (x: unknown): x is Layer =>
  isRecord(x) && typeof x['apply'] === 'function' && typeof x['init'] === 'function'

/** Returns a network without problems, and fails in words otherwise. */
export const requireNet = (op: string, net: unknown): Layer => {
  if (!isNet(net))
    return fail('InvalidArgument', {
      op,
      expected: 'a network that tells classes',
      actual: showValue(net),
      hint: 'Net.serial(Net.flatten, Net.dense(784, 10)), say'
    })
  refuse(op, net.problems)
  return net
}

/** Applies f to rows of x, equally many at a time; the last are filled up with rows of zeros, which are cut off again. */
const inPortions = async (x: Tensor, f: (x: Tensor) => Promise<Tensor>): Promise<Tensor> => {
  const [n = 0, ...features] = x.shape
  const each = Math.min(n, rowsAtATime)
  const size = sizeOf(features)
  const parts: Tensor[] = []
  for (let from = 0; from < n; from += each) {
    const data = new Float32Array(each * size)
    data.set(Float32Array.from(x.data.subarray(from * size, Math.min(n, from + each) * size)))
    parts.push(await f({ shape: [each, ...features], dtype: 'float32', data }))
  }
  const all = parts.length === 1 ? parts[0]! : concat(parts, { axis: 0 })
  return slice(all, { end: [n] })
}

/** Counts rows whose largest probability is at their label. */
const hits = ({ shape: [n = 0, classes = 0], data }: Tensor, labels: Tensor): number => {
  let right = 0
  for (let i = 0; i < n; i++) {
    const row = Float64Array.from(data.subarray(i * classes, (i + 1) * classes))
    if (row[labels.data[i]!] === Math.max(...row)) right += 1
  }
  return right
}

/**
 * Makes a classifier of a network that gives logits [n, classes], and of its parameters: those that `Lab.trainClassifier`
 * found, or that `Gan.networkFromSafetensors` read, PyTorch's among them. The network is applied in evaluation mode.
 *
 * @throws InvalidArgument for what is no network; its functions reject with InvalidArgument or ShapeMisfit for other samples
 *
 * @example
 * import { Lab, Net, tensor } from 'saddlepoint'
 * const net = Net.serial(Net.dense(2, 2), Net.relu, Net.dense(2, 2))
 * const dense = { weights: tensor([[1, 0], [0, 1]]), bias: tensor([0, 0]) }
 * const classifier = Lab.classifier(net, { params: [dense, [], dense], layers: [[], [], []] }, { engine: 'reference' })
 * const x = tensor([[3, 1], [-1, 2]])
 * const [features, accuracy] = [await classifier.features(x), await classifier.accuracy(x, tensor([0, 0], [2], 'int32'))]
 * features.data // => [3, 1, 0, 2]
 * accuracy // => 0.5
 */
export const classifier = (net: Layer, held: Held, options: ClassifierOptions = {}, ...more: None): Classifier => {
  const op = 'Lab.classifier'
  refuseMore(op, more)
  const { layers: parts } = requireNet(op, net)
  const { engine } = requireOptions(op, options, { engine: optional(engineRule) })
  if (!isRecord(held) || !('params' in held) || !('layers' in held))
    fail('InvalidArgument', { op, expected: 'what a network holds, { params, layers }', actual: showValue(held) })
  const chosen = engine === undefined ? {} : { engine }
  const apply = (of: Layer, params: unknown, layers: unknown, x: Tensor): Tensor =>
    of.apply({ params, state: layers }, x)[0]

  const probabilities = compile((params: unknown, layers: unknown, x: Tensor) => {
    const logits = apply(net, params, layers, x)
    if (logits.shape.length !== 2)
      fail('ShapeMisfit', { op, expected: 'a network that gives logits [n, classes]', actual: showShape(logits.shape) })
    return softmax(logits)
  }, chosen)
  const features = compile((params: unknown, layers: unknown, x: Tensor) => {
    if (parts === undefined || parts.length < 2)
      return fail('InvalidArgument', {
        op,
        expected: 'a network of several layers, whose last takes the features',
        actual: net.title,
        hint: 'Net.serial(..., Net.dense(features, classes))'
      })
    const [own, states] = [params as readonly unknown[], layers as readonly unknown[]]
    const y = parts.slice(0, -1).reduce((rows, one, i) => apply(one, own[i], states[i], rows), x)
    return reshape(y, [y.shape[0]!, sizeOf(y.shape.slice(1))])
  }, chosen)

  const over =
    (f: typeof features) =>
    async (x: Tensor): Promise<Tensor> => {
      const { shape } = requireNumbers(op, x, 'samples [n, ...]')
      if (shape.length < 2 || shape[0] === 0)
        fail('ShapeMisfit', { op, expected: 'samples [n, ...], at least one', actual: showShape(shape) })
      return inPortions(requireFinite(op, 'samples', x), (rows) => f(held.params, held.layers, rows))
    }
  return {
    probabilities: over(probabilities),
    features: over(features),
    accuracy: async (x, labels) => {
      requireNumbers(op, labels, 'labels, int32 [n]')
      if (labels.shape.length !== 1 || labels.shape[0] !== x.shape[0])
        fail('ShapeMisfit', { op, expected: `labels [${String(x.shape[0])}]`, actual: showShape(labels.shape) })
      return hits(await over(probabilities)(x), labels) / labels.shape[0]!
    },
    held,
    dispose: () => {
      probabilities.dispose()
      features.dispose()
    }
  }
}
