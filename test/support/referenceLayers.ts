/** The layers of layers.json as layers of this library: how the file's parameters, states and inputs become theirs. */
import * as Net from '../../src/nn/net.ts'
import type { Context, Layer, Tree } from '../../src/nn/layer.ts'
import { avgPool2d } from '../../src/ops/pooling.ts'
import { add } from '../../src/ops/arithmetic.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import type { Fields } from './reference.ts'
import { fieldsAt, listAt, numberAt, numbersAt, tensorAt, unreadable } from './reference.ts'

type Tensors = Readonly<Record<string, Tensor>>

/** A case as a function of the file's floating inputs and parameters. */
export interface LayerCase {
  readonly name: string
  readonly where: string
  readonly inputs: Tensors
  readonly params: Tensors
  readonly output: Tensor
  readonly cotangent: Tensor
  readonly gradInputs: Tensors
  readonly gradParams: Tensors
  readonly nextState: Tensors
  readonly run: (inputs: Tensors, params: Tensors) => readonly [output: Tensor, nextState: Tensors]
}

/** One case as the file has it, checked as far as all cases are alike. */
interface Raw {
  readonly where: string
  readonly attrs: Fields
  readonly inputs: Tensors
  readonly params: Tensors
  readonly state: Tensors
  readonly labels: Tensor | undefined
}

type Run = LayerCase['run']
type Builder = (raw: Raw) => Run

const attr = (raw: Raw, name: string): number => numberAt(`${raw.where}.attrs.${name}`, raw.attrs[name])
const flagOf = ({ where, attrs }: Raw, name: string): boolean => {
  const value = attrs[name]
  return typeof value === 'boolean' ? value : unreadable(`${where}.attrs.${name}`, 'no truth value')
}
const pairAt = (where: string, x: unknown): readonly [number, number] => {
  const [a, b] = numbersAt(where, x)
  return [a!, b!]
}

/** Runs a layer on x, with parameters and state under the library's names. */
const applied = (
  layer: Layer<any, any>,
  params: Tree,
  state: Tree,
  x: Tree,
  more: Partial<Context> = {}
): readonly [Tensor, Tree] => layer.apply({ params, state, ...more }, x)

const plain =
  (make: (raw: Raw) => Layer<any, any>, more: (raw: Raw) => Partial<Context> = () => ({})): Builder =>
  (raw) =>
  (inputs, params) => [
    applied(make(raw), Object.keys(params).length === 0 ? [] : params, [], inputs['x']!, more(raw))[0],
    {}
  ]

const batchNorm =
  (make: (raw: Raw, channels: number) => Layer<any, any>): Builder =>
  (raw) =>
  (inputs, params) => {
    const [channels = 0] = raw.state['mean']!.shape
    const training = flagOf(raw, 'training')
    const more = { training, labels: raw.labels }
    const [y, after] = applied(make(raw, channels), params, raw.state, inputs['x']!, more)
    return [y, training ? (after as Tensors) : {}]
  }

const optionsOf = (raw: Raw): { readonly momentum: number; readonly epsilon: number } => ({
  momentum: attr(raw, 'momentum'),
  epsilon: attr(raw, 'epsilon')
})

const activations: Readonly<Record<string, Layer<any, any>>> = {
  relu: Net.relu,
  softplus: Net.softplus,
  'leakyRelu(0.2)': Net.leakyRelu(0.2)
}

const builders: Readonly<Record<string, Builder>> = {
  spectral: (raw) => (inputs, params) => {
    const { kind } = raw.attrs
    const [iterations, epsilon] = [attr(raw, 'iterations'), attr(raw, 'epsilon')]
    const [a = 0, b = 0] = params['weights']!.shape
    const inner: Layer<any, any> = kind === 'dense' ? Net.dense(a, b) : Net.convolution(b, a, { kernel: 3, padding: 1 })
    const state = { ...raw.state, inner: [] }
    const layer = Net.spectral(inner, { iterations, epsilon })
    const training = flagOf(raw, 'training')
    const [y, after] = applied(layer, params, state, inputs['x']!, { training })
    const { u, v } = after as Tensors
    return [y, training ? { u: u!, v: v! } : {}]
  },
  batchNorm: batchNorm((raw, channels) => Net.batchNorm(channels, optionsOf(raw))),
  conditionalBatchNorm: batchNorm((raw, channels) =>
    Net.conditionalBatchNorm(channels, attr(raw, 'classes'), optionsOf(raw))
  ),
  virtualBatchNorm: (raw) => (inputs, params) => {
    const reference = raw.inputs['reference']!
    const layer = Net.withReference(reference, Net.virtualBatchNorm(reference.shape[1]!, { epsilon: attr(raw, 'epsilon') })) // prettier-ignore
    return [applied(layer, params, { reference, inner: [] }, inputs['x']!)[0], {}]
  },
  instanceNorm: plain((raw) => Net.instanceNorm({ epsilon: attr(raw, 'epsilon') })),
  layerNorm: plain((raw) => Net.layerNorm(raw.params['scale']!.shape, { epsilon: attr(raw, 'epsilon') })),
  groupNorm: plain((raw) =>
    Net.groupNorm(raw.params['scale']!.shape[0]!, { groups: attr(raw, 'groups'), epsilon: attr(raw, 'epsilon') })
  ),
  pixelNorm: plain((raw) => Net.pixelNorm({ epsilon: attr(raw, 'epsilon') })),
  minibatchDiscrimination: plain((raw) =>
    Net.minibatchDiscrimination(raw.inputs['x']!.shape[1]!, {
      kernels: attr(raw, 'kernels'),
      dimensions: attr(raw, 'dimensions')
    })
  ),
  minibatchStddev: plain((raw) =>
    Net.minibatchStddev({ groupSize: attr(raw, 'groupSize'), epsilon: attr(raw, 'epsilon') })
  ),
  projectionHead:
    (raw) =>
    (inputs, { embedding, weights, bias }) => {
      const layer = Net.projection(inputs['h']!.shape[1]!, attr(raw, 'classes'))
      const params = { weights: weights!, bias: bias!, classes: embedding! }
      return [applied(layer, params, [], inputs['h']!, { labels: raw.labels })[0], {}]
    },
  selfAttention: plain((raw) => {
    const valueChannels = 'valueChannels' in raw.attrs ? { valueChannels: attr(raw, 'valueChannels') } : {}
    return Net.selfAttention(raw.inputs['x']!.shape[1]!, { inner: attr(raw, 'inner'), ...valueChannels })
  }),
  adaptiveInstanceNorm: (raw) => (inputs, params) => {
    const { x, style } = inputs as { readonly x: Tensor; readonly style: Tensor }
    const layer = Net.adaptiveInstanceNorm(x.shape[1]!, style.shape[1]!, { epsilon: attr(raw, 'epsilon') })
    return [applied(layer, params, [], x, { style })[0], {}]
  },
  modulatedConv: (raw) => (inputs, params) => {
    const { x, style } = inputs as { readonly x: Tensor; readonly style: Tensor }
    const [outputs = 0, channels = 0, ...kernel] = params['weights']!.shape
    const layer = Net.modulatedConvolution(channels, outputs, {
      kernel: pairAt('kernel', kernel),
      style: style.shape[1]!,
      padding: pairAt(`${raw.where}.attrs.padding`, raw.attrs['padding']),
      demodulate: flagOf(raw, 'demodulate'),
      epsilon: attr(raw, 'epsilon')
    })
    return [applied(layer, params, [], x, { style })[0], {}]
  },
  maxout: plain((raw) => {
    const [pieces = 0, inputs = 0, outputs = 0] = raw.params['weights']!.shape
    return Net.maxout(inputs, outputs, { pieces })
  }),
  residualBlock: (raw) => (inputs, params) => {
    const x = inputs['x']!
    const named = (name: string): Tree => ({ weights: params[`${name}Weights`]!, bias: params[`${name}Bias`]! })
    const convolution = (name: string, padding: number): Layer<any, any> => {
      const [outputs = 0, channels = 0, kernel = 0] = params[`${name}Weights`]!.shape
      return Net.convolution(channels, outputs, { kernel, padding })
    }
    const activation = activations[String(raw.attrs['activation'])] ?? unreadable(raw.where, 'unknown activation')
    const [before, params1] = flagOf(raw, 'preactivation') ? [[activation], [[]]] : [[], []]
    const main = Net.serial(...([...before, convolution('conv1', 1), activation, convolution('conv2', 1)] as Layer[]))
    const own = [...params1, named('conv1'), [], named('conv2')]
    const y = applied(
      main,
      own,
      own.map(() => []),
      x
    )[0]
    const pooled = avgPool2d(x, { window: 2 })
    const shortcut = flagOf(raw, 'shortcut') ? applied(convolution('shortcut', 0), named('shortcut'), [], pooled)[0] : pooled // prettier-ignore
    return [add(avgPool2d(y, { window: 2 }), shortcut), {}]
  },
  upsampleNearest: plain((raw) => Net.upsample(attr(raw, 'scale'))),
  upsampleBilinear: plain((raw) =>
    Net.resizeBilinear({ scale: attr(raw, 'scale'), alignCorners: flagOf(raw, 'alignCorners') })
  ),
  blurPool: plain((raw) => {
    const [low, high] = [pairAt('low', raw.attrs['low']), pairAt('high', raw.attrs['high'])]
    const mode = raw.attrs['paddingMode']
    if (low[0] !== low[1] || high[0] !== high[1]) unreadable(raw.where, 'padding that differs by axis')
    return Net.blurPool({
      kernel: numbersAt('kernel', raw.attrs['kernel']),
      stride: attr(raw, 'stride'),
      padding: [low[0], high[0]],
      paddingMode: mode === 'zeros' || mode === 'reflection' ? mode : unreadable(raw.where, String(mode))
    })
  })
}

const isNumbers = (x: unknown): boolean => Array.isArray(x)

const tensorsIn = (where: string, x: unknown): Tensors =>
  Object.fromEntries(
    Object.entries(fieldsAt(where, x))
      .filter(([, value]) => !isNumbers(value))
      .map(([key, value]) => [key, tensorAt(`${where}.${key}`, value)])
  )

const labelsIn = (where: string, x: unknown): Tensor | undefined => {
  const found = fieldsAt(where, x)['labels']
  if (found === undefined) return undefined
  const labels = numbersAt(`${where}.labels`, found)
  return { shape: [labels.length], dtype: 'int32', data: new Int32Array(labels) }
}

export const readLayers = (name: string, contents: unknown): readonly LayerCase[] => {
  const cases = listAt(`${name}.cases`, fieldsAt(name, contents)['cases'])
  if (cases.length === 0) unreadable(name, 'no cases')
  return cases.map((item, i): LayerCase => {
    const where = `${name}.cases[${String(i)}]`
    const fields = fieldsAt(where, item)
    const found = String(fields['name'])
    const builder = Object.hasOwn(builders, found) ? builders[found]! : unreadable(where, `an unknown layer ${found}`)
    const all = tensorsIn(`${where}.inputs`, fields['inputs'])
    const raw: Raw = {
      where,
      attrs: fieldsAt(`${where}.attrs`, fields['attrs']),
      inputs: all,
      params: tensorsIn(`${where}.params`, fields['params']),
      state: tensorsIn(`${where}.state`, fields['state']),
      labels: labelsIn(`${where}.inputs`, fields['inputs'])
    }
    const gradInputs = tensorsIn(`${where}.gradInputs`, fields['gradInputs'])
    // Where a gradient is not in the file, the input is no variable: a reference batch.
    const inputs = Object.fromEntries(Object.entries(all).filter(([key]) => key in gradInputs))
    return {
      name: found,
      where,
      inputs,
      params: raw.params,
      output: tensorAt(`${where}.output`, fields['output']),
      cotangent: tensorAt(`${where}.cotangent`, fields['cotangent']),
      gradInputs,
      gradParams: tensorsIn(`${where}.gradParams`, fields['gradParams']),
      nextState: tensorsIn(`${where}.nextState`, fields['nextState']),
      run: builder(raw)
    }
  })
}
