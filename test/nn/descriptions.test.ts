import { describe, expect, it } from 'vitest'
import type { Fans } from '../../src/nn/initializer.ts'
import * as Init from '../../src/nn/init.ts'
import type { Layer, Tree } from '../../src/nn/net.ts'
import * as Net from '../../src/nn/net.ts'
import { key, normal } from '../../src/random/random.ts'
import { isTensor } from '../../src/tensor/tensor.ts'
import { zeros } from '../../src/ops/creation.ts'

const root = key(5)
const vectors = normal(key(1), [4, 5])

/** Options as text: initializers by name and numbers, layers by their titles, tensors by their shapes. */
const write = (options: unknown): string =>
  JSON.stringify(options, (_, value: unknown) =>
    typeof value === 'function'
      ? `${(value as Init.NamedInitializer).initializer} ${JSON.stringify((value as Init.NamedInitializer).options)}`
      : isTensor(value)
        ? value.shape
        : typeof value === 'object' && value !== null && 'title' in value
          ? value.title
          : value
  )
const shapesIn = (tree: Tree): unknown => {
  if (isTensor(tree)) return tree.shape
  if (Array.isArray(tree)) return tree.map((part: Tree) => shapesIn(part))
  return Object.fromEntries(Object.entries(tree as object).map(([name, part]) => [name, shapesIn(part as Tree)]))
}

const [p, c, l] = ['preserves', 'couplesSamples', 'takesLabels'] as const
const weightDefaults = { weights: 'fanInUniform {}', bias: 'fanInUniform {}' }
const convolutionDefaults = { stride: 1, padding: 0, dilation: 1, groups: 1, ...weightDefaults }
const scaled = (...shape: readonly number[]) => ({ scale: shape, offset: shape })
type Flag = typeof p | typeof c | typeof l

/** A layer; its title; its options; which of its flags are set; shapes of its parameters and of its state. */
const layers: readonly (readonly [Layer, string, object, readonly Flag[], unknown, unknown])[] = [
  [Net.dense(5, 3), 'dense(5, 3)', { inFeatures: 5, outFeatures: 3, ...weightDefaults }, [], { weights: [5, 3], bias: [3] }, []],
  [Net.dense(5, 3, { bias: false, weights: Init.constant(2) }), 'dense(5, 3)', { inFeatures: 5, outFeatures: 3, weights: 'constant {"value":2}', bias: false }, [], { weights: [5, 3] }, []],
  [Net.dense(5, 3, { weights: Init.normal(0.5, 1), bias: Init.uniform(2) }), 'dense(5, 3)', { inFeatures: 5, outFeatures: 3, weights: 'normal {"sd":0.5,"mean":1}', bias: 'uniform {"bound":2}' }, [], { weights: [5, 3], bias: [3] }, []],
  [Net.convolution(4, 6, { kernel: [3, 2], stride: [2, 1], padding: 1, groups: 2 }), 'convolution(4, 6, 3x2, stride [2, 1], padding 1, groups 2)', { ...convolutionDefaults, stride: [2, 1], padding: 1, groups: 2, inChannels: 4, outChannels: 6, kernel: [3, 2] }, [], { weights: [6, 2, 3, 2], bias: [6] }, []],
  [Net.transposedConvolution(2, 4, { kernel: [3, 2], stride: 2, outputPadding: [1, 0], groups: 2 }), 'transposedConvolution(2, 4, 3x2, stride 2, groups 2, outputPadding [1, 0])', { ...convolutionDefaults, stride: 2, outputPadding: [1, 0], groups: 2, inChannels: 2, outChannels: 4, kernel: [3, 2] }, [], { weights: [2, 2, 3, 2], bias: [4] }, []],
  ...(['relu', 'tanh', 'sigmoid', 'softplus', 'gelu', 'silu', 'softmax'] as const).map((name) => [Net[name], name, {}, [p], [], []] as const),
  [Net.leakyRelu(0.1), 'leakyRelu(0.1)', { slope: 0.1 }, [p], [], []],
  [Net.elu(0.5), 'elu(0.5)', { alpha: 0.5 }, [p], [], []],
  [Net.elu(), 'elu(1)', { alpha: 1 }, [p], [], []],
  [Net.flatten, 'flatten', {}, [], [], []],
  [Net.join, 'join', {}, [], [], []],
  [Net.reshape([4, 15]), 'reshape([4, 15])', { shape: [4, 15] }, [], [], []],
  [Net.avgPool({ window: [2, 3] }), 'avgPool(2x3)', { stride: [2, 3], padding: 0, window: [2, 3] }, [], [], []],
  [Net.maxPool({ window: 3, stride: 2, padding: 1 }), 'maxPool(3x3, stride 2, padding 1)', { stride: 2, padding: 1, window: 3 }, [], [], []],
  [Net.upsample([2, 3]), 'upsample(2x3)', { scale: [2, 3] }, [], [], []],
  [Net.resizeBilinear({ scale: [2, 0.5] }), 'resizeBilinear(2x0.5)', { scale: [2, 0.5], alignCorners: false }, [], [], []],
  [Net.pack(2), 'pack(2)', { samples: 2 }, [], [], []],
  [Net.appendEmbedding(3, 4), 'appendEmbedding(3, 4)', { classes: 3, size: 4 }, [l], { classes: [3, 4] }, []],
  [Net.dropout(0.5), 'dropout(0.5)', { rate: 0.5 }, [p], [], []],
  [Net.layerNorm([3, 5]), 'layerNorm([3, 5])', { features: [3, 5], epsilon: 1e-5 }, [p], scaled(3, 5), []],
  [Net.groupNorm(6, { groups: 3 }), 'groupNorm(6, groups 3)', { channels: 6, epsilon: 1e-5, groups: 3 }, [p], scaled(6), []],
  [Net.instanceNorm({ epsilon: 0 }), 'instanceNorm', { epsilon: 0 }, [p], [], []],
  [Net.batchNorm(5), 'batchNorm(5)', { channels: 5, momentum: 0.1, epsilon: 1e-5 }, [p, c], scaled(5), { mean: [5], variance: [5] }],
  [Net.virtualBatchNorm(2), 'virtualBatchNorm(2)', { channels: 2, epsilon: 1e-5 }, [p], scaled(2), []],
  [Net.conditionalBatchNorm(4, 3), 'conditionalBatchNorm(4, 3)', { channels: 4, classes: 3, momentum: 0.1, epsilon: 1e-5 }, [p, c, l], scaled(3, 4), { mean: [4], variance: [4] }],
  [Net.appendLabels(3), 'appendLabels(3)', { classes: 3 }, [l], [], []],
  [Net.projection(4, 3), 'projection(4, 3)', { features: 4, classes: 3 }, [l], { weights: [4, 1], bias: [1], classes: [3, 4] }, []],
  [Net.residual(Net.dense(5, 5)), 'residual(dense(5, 5))', { inner: 'dense(5, 5)' }, [p], { weights: [5, 5], bias: [5] }, []],
  [Net.residual(Net.batchNorm(5)), 'residual(batchNorm(5))', { inner: 'batchNorm(5)' }, [p, c], scaled(5), { mean: [5], variance: [5] }],
  [Net.residual(Net.conditionalBatchNorm(5, 2)), 'residual(conditionalBatchNorm(5, 2))', { inner: 'conditionalBatchNorm(5, 2)' }, [p, c, l], scaled(2, 5), { mean: [5], variance: [5] }],
  [Net.spectral(Net.dense(5, 3)), 'spectral(dense(5, 3))', { inner: 'dense(5, 3)', iterations: 1, epsilon: 1e-12 }, [], { weights: [5, 3], bias: [3] }, { u: [3], v: [5], inner: [] }],
  [Net.selfAttention(16), 'selfAttention(16, inner 2)', { channels: 16, inner: 2, weights: 'fanInUniform {}' }, [p], { f: [2, 16, 1, 1], g: [2, 16, 1, 1], h: [16, 16, 1, 1], gamma: [] }, []],
  [Net.selfAttention(4, { valueChannels: 3 }), 'selfAttention(4, inner 1)', { channels: 4, inner: 1, valueChannels: 3, weights: 'fanInUniform {}' }, [p], { f: [1, 4, 1, 1], g: [1, 4, 1, 1], h: [3, 4, 1, 1], v: [4, 3, 1, 1], gamma: [] }, []],
  [Net.maxout(5, 3), 'maxout(5, 3, pieces 5)', { inFeatures: 5, outFeatures: 3, pieces: 5, ...weightDefaults }, [], { weights: [5, 5, 3], bias: [5, 3] }, []],
  [Net.blurPool(), 'blurPool([1, 3, 3, 1], 2)', { kernel: [1, 3, 3, 1], stride: 2, paddingMode: 'zeros' }, [], [], []],
  [Net.modulatedConvolution(2, 6, { kernel: [3, 1], style: 4 }), 'modulatedConvolution(2, 6, 3x1)', { inChannels: 2, outChannels: 6, kernel: [3, 1], style: 4, padding: 0, demodulate: true, epsilon: 1e-8, weights: 'fanInUniform {}' }, [], { weights: [6, 2, 3, 1], styleWeights: [4, 2], styleBias: [2] }, []],
  [Net.adaptiveInstanceNorm(3, 4), 'adaptiveInstanceNorm(3, 4)', { channels: 3, style: 4, epsilon: 1e-5 }, [p], { weights: [4, 6], bias: [6] }, []],
  [Net.withStyle(Net.batchNorm(5), Net.constant([2])), 'withStyle(batchNorm(5), constant([2]))', { mapping: 'batchNorm(5)', synthesis: 'constant([2])' }, [c], { mapping: scaled(5), synthesis: { constant: [2] } }, { mapping: { mean: [5], variance: [5] }, synthesis: [] }],
  [Net.withStyle(Net.relu, Net.appendLabels(2)), 'withStyle(relu, appendLabels(2))', { mapping: 'relu', synthesis: 'appendLabels(2)' }, [l], { mapping: [], synthesis: [] }, { mapping: [], synthesis: [] }],
  [Net.pixelNorm(), 'pixelNorm', { epsilon: 1e-8 }, [p], [], []],
  [Net.noise(4), 'noise(4)', { channels: 4 }, [p], { strength: [4] }, []],
  [Net.constant([4, 2, 2]), 'constant([4, 2, 2])', { shape: [4, 2, 2] }, [], { constant: [4, 2, 2] }, []],
  [Net.minibatchStddev(), 'minibatchStddev(4)', { groupSize: 4, epsilon: 1e-8 }, [c], [], []],
  [Net.minibatchDiscrimination(5, { kernels: 3, dimensions: 2 }), 'minibatchDiscrimination(5, 3x2)', { features: 5, kernels: 3, dimensions: 2 }, [c], { weights: [5, 6] }, []],
  [Net.minibatchDiscrimination(5), 'minibatchDiscrimination(5, 16x8)', { features: 5, kernels: 16, dimensions: 8 }, [c], { weights: [5, 128] }, []],
  [Net.withReference(vectors, Net.virtualBatchNorm(5)), 'withReference(virtualBatchNorm(5))', { inner: 'virtualBatchNorm(5)', reference: [4, 5] }, [p], scaled(5), { reference: [4, 5], inner: [] }]
] // prettier-ignore

describe('a layer', () => {
  it.each(layers.map(([layer, title, ...rest]) => [title, layer, ...rest] as const))(
    '%s says what it is, and begins with what it says',
    (title, layer, options, flags, params, state) => {
      expect([layer.title, layer.name]).toEqual([title, title.split('(')[0]])
      expect(JSON.parse(write(layer.options))).toEqual(options)
      expect([p, c, l].filter((flag) => layer[flag])).toEqual(flags)
      const made = layer.init(root)
      expect([shapesIn(made.params), shapesIn(made.state)]).toEqual([params, state])
    }
  )
})

it('hands initializers the number of terms of a sum, and of sums of a term', () => {
  const fansOf = (make: (weights: Init.Initializer) => Layer): Fans | undefined => {
    let given: Fans | undefined
    make((_, shape, fans) => ((given = fans), zeros(shape))).init(root)
    return given
  }
  const both = { kernel: [3, 5], stride: [1, 3], groups: 2 } as const
  expect(fansOf((weights) => Net.dense(5, 3, { weights }))).toEqual({ fanIn: 5, fanOut: 3 })
  expect(fansOf((weights) => Net.convolution(4, 6, { ...both, weights }))).toEqual({ fanIn: 2 * 15, fanOut: 3 * 15 })
  // Of a kernel's elements one in three meets a pixel.
  expect(fansOf((weights) => Net.transposedConvolution(4, 6, { ...both, weights }))).toEqual({
    fanIn: 2 * 5,
    fanOut: 3 * 15
  })
})

describe('what a layer is made of', () => {
  const any = (x: unknown): never => x as never
  it.each<readonly [string, Layer, readonly string[]]>([
    ['dense', Net.dense(0, 1.5, any({ weights: 3, bias: true })), ['weights', 'bias', 'inFeatures', 'outFeatures']],
    ['convolution', Net.convolution(3, 5, { kernel: 1, groups: 2 }), ['inChannels', 'outChannels']],
    ['transposedConvolution', Net.transposedConvolution(0, 1, { kernel: [1, 0], outputPadding: -1 }), ['inChannels', 'kernel', 'outputPadding']],
    ['groupNorm', Net.groupNorm(6, { groups: 4 }), ['groups']],
    ['groupNorm', Net.groupNorm(6, { groups: 1.5, epsilon: -1 }), ['groups', 'epsilon']],
    ['layerNorm', Net.layerNorm([3, 0], { epsilon: -1 }), ['features.1', 'epsilon']],
    ['instanceNorm', Net.instanceNorm({ epsilon: -1 }), ['epsilon']],
    ['batchNorm', Net.batchNorm(0, { momentum: 2, epsilon: -1 }), ['channels', 'momentum', 'epsilon']],
    ['conditionalBatchNorm', Net.conditionalBatchNorm(0, 0, { momentum: 2 }), ['channels', 'classes', 'momentum']],
    ['appendLabels', Net.appendLabels(0), ['classes']],
    ['projection', Net.projection(0, 0.5), ['features', 'classes']],
    ['avgPool', Net.avgPool({ window: 0, stride: any('2'), padding: -1 }), ['window', 'stride', 'padding']],
    ['upsample', Net.upsample(0), ['scale']],
    ['resizeBilinear', Net.resizeBilinear({ scale: -1, alignCorners: any(1) }), ['scale', 'alignCorners']],
    ['pack', Net.pack(1.5), ['samples']],
    ['appendEmbedding', Net.appendEmbedding(0, 0), ['classes', 'size']],
    ['elu', Net.elu(NaN), ['alpha']],
    ['leakyRelu', Net.leakyRelu(Infinity), ['slope']],
    ['dropout', Net.dropout(2), ['rate']],
    ['reshape', Net.reshape([2, -1]), ['shape.1']],
    ['selfAttention', Net.selfAttention(0, { inner: 0, valueChannels: 0.5 }), ['channels', 'inner', 'valueChannels']],
    ['maxout', Net.maxout(0, 0, { pieces: 0, bias: any(3) }), ['inFeatures', 'outFeatures', 'pieces', 'bias']],
    ['blurPool', Net.blurPool({ kernel: [1, -1], stride: 0, padding: any([1]), paddingMode: any('edge') }), ['kernel', 'stride', 'padding', 'paddingMode']],
    ['blurPool', Net.blurPool({ kernel: [1, NaN], padding: any([1, -1]) }), ['kernel', 'padding']],
    ['blurPool', Net.blurPool({ kernel: any(['1']), padding: any('11') }), ['kernel', 'padding']],
    ['modulatedConvolution', Net.modulatedConvolution(0, 0, any({ kernel: 0, style: 0, demodulate: 1, epsilon: 0 })), ['inChannels', 'outChannels', 'kernel', 'style', 'demodulate', 'epsilon']],
    ['adaptiveInstanceNorm', Net.adaptiveInstanceNorm(0, 0, { epsilon: -1 }), ['channels', 'style', 'epsilon']],
    ['withStyle', Net.withStyle(Net.dropout(2), Net.noise(0)), ['mapping.rate', 'synthesis.channels']],
    ['constant', Net.constant([2, 0]), ['shape']],
    ['pixelNorm', Net.pixelNorm({ epsilon: 0 }), ['epsilon']],
    ['appendCondition', Net.appendCondition([2, 0]), ['shape']],
    ['minibatchStddev', Net.minibatchStddev({ groupSize: 0, epsilon: 0 }), ['groupSize', 'epsilon']],
    ['minibatchDiscrimination', Net.minibatchDiscrimination(0, { kernels: 0, dimensions: 0 }), ['features', 'kernels', 'dimensions']],
    ['spectral', Net.spectral(Net.dense(2, 0), { iterations: 0, epsilon: 0 }), ['inner.outFeatures', 'iterations', 'epsilon']]
  ])('is checked: %s', (_, layer, paths) => {
    const found = layer.problems.map(({ path }) => path.join('.'))
    expect(found.toSorted()).toEqual(paths.toSorted())
    expect(() => layer.init(root)).toThrow(/InvalidArgument/)
    expect(layer.fit([1, 2, 3, 4, 5])).toMatchObject({ right: undefined })
  }) // prettier-ignore
})

describe('features', () => {
  const none = 'misfit'
  it.each<readonly [Layer, readonly (number | null)[] | undefined, unknown]>([
    [Net.flatten, [3, null, 2], [null]],
    [Net.flatten, [null, 3], [null]],
    [Net.flatten, [3, 4], [12]],
    [Net.flatten, [], [1]],
    [Net.reshape([3, 4]), [12], [3, 4]],
    [Net.reshape([3, 4]), [null, 5], [3, 4]],
    [Net.reshape([3, 4]), [13], none],
    [Net.batchNorm(3), [], none],
    [Net.batchNorm(3), [4], none],
    [Net.batchNorm(3), [null, 7], [null, 7]],
    [Net.batchNorm(3), undefined, undefined],
    [Net.groupNorm(4, { groups: 2 }), [], none],
    [Net.appendLabels(3), [], none],
    [Net.appendLabels(3), [null, 2], [null, 2]],
    [Net.appendLabels(3), [4, 2], [7, 2]],
    [Net.appendLabels(3), undefined, undefined],
    [Net.minibatchStddev(), [], none],
    [Net.minibatchStddev(), [null, 2], [null, 2]],
    [Net.minibatchStddev(), undefined, undefined],
    [Net.projection(4, 2), [4], [1]],
    [Net.projection(4, 2), [5], none],
    [Net.projection(4, 2), undefined, [1]],
    [Net.minibatchDiscrimination(5, { kernels: 3 }), [4], none],
    [Net.instanceNorm(), [2, 3], none],
    [Net.avgPool({ window: 2 }), [3, null, 4], [3, null, 2]],
    [Net.avgPool({ window: 2 }), [3, 1, 4], none],
    [Net.avgPool({ window: 2 }), [3, 4], none],
    [Net.avgPool({ window: 2 }), undefined, [null, null, null]],
    [Net.upsample(2), [3, null, 4], [3, null, 8]],
    [Net.resizeBilinear({ scale: [1.5, 0.5] }), [3, 5, null], [3, 7, null]],
    [Net.resizeBilinear({ scale: 2 }), [3, 4], none],
    [Net.pack(3), [null, 4], [null, 4]],
    [Net.pack(3), [2, 4, 4], [6, 4, 4]],
    [Net.pack(3), [], none],
    [Net.appendEmbedding(3, 4), [2, 5, 5], [6, 5, 5]],
    [Net.appendEmbedding(3, 4), [], none],
    [Net.residual(Net.dense(5, 5)), undefined, [5]],
    [Net.residual(Net.dense(5, 5)), [4], none]
  ])('%o given %j', (layer, given, expected) => {
    expect(layer.fit(given)).toMatchObject(expected === none ? { _tag: 'Left' } : { _tag: 'Right', right: expected })
  })

  it.each<readonly [Layer, readonly (number | null)[], string]>([
    [Net.convolution(3, 1, { kernel: 1 }), [2, 5, 5], 'Make the channels before and here agree'],
    [Net.convolution(3, 1, { kernel: 1 }), [48], 'Put Net.reshape([3, 4, 4]) before it'],
    [Net.transposedConvolution(8, 1, { kernel: 4 }), [8], 'Put Net.reshape([8, 1, 1]) before it'],
    [Net.convolution(3, 1, { kernel: 1 }), [6], 'Put Net.reshape([channels, height, width]) before it'],
    [Net.convolution(3, 1, { kernel: 1 }), [5, 5], 'Put Net.reshape([channels, height, width]) before it'],
    [Net.avgPool({ window: 2 }), [64], 'Put Net.reshape([channels, height, width]) before it'],
    [Net.dense(64, 1), [1, 8, 8], 'Put Net.flatten before it'],
    [Net.dense(64, 1), [4, null, null], 'Put Net.flatten before it'],
    [Net.dense(60, 1), [1, 8, 8], 'Put Net.flatten before it, and make it dense(64, 1)'],
    [Net.dense(60, 1), [64], 'Make it dense(64, 1)'],
    [Net.projection(60, 10), [1, 8, 8], 'Put Net.flatten before it, and make it projection(64, 10)'],
    [Net.minibatchDiscrimination(60), [64], 'Make it minibatchDiscrimination(64)']
  ])('%o given %j: what to do', (layer, features, hint) => {
    expect(layer.fit(features)).toMatchObject({ left: { hint } })
  })
})
