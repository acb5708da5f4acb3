import * as activation from '../../src/ops/activation.ts'
import { affineSample2d } from '../../src/ops/affineSample2d.ts'
import * as arithmetic from '../../src/ops/arithmetic.ts'
import { concat, flip, pad, slice, stack } from '../../src/ops/assembly.ts'
import { where } from '../../src/ops/comparison.ts'
import { conv2d, convTranspose2d } from '../../src/ops/convolution.ts'
import { tensor } from '../../src/ops/creation.ts'
import { sigmoidCrossEntropyWithLogits, softmaxCrossEntropyWithLogits } from '../../src/ops/crossEntropy.ts'
import { einsum } from '../../src/ops/einsum.ts'
import * as elementary from '../../src/ops/elementary.ts'
import { take, takeAlongAxis } from '../../src/ops/indexing.ts'
import { matmul } from '../../src/ops/matmul.ts'
import { norm } from '../../src/ops/norm.ts'
import { batchNorm, groupNorm, instanceNorm, layerNorm } from '../../src/ops/normalization.ts'
import { avgPool2d, maxPool2d } from '../../src/ops/pooling.ts'
import { cumsum, mean, prod, reduceMax, reduceMin, sum, variance } from '../../src/ops/reduction.ts'
import { depthToSpace, reflectPad2d, resizeBilinear2d, upsampleNearest2d } from '../../src/ops/resampling.ts'
import { broadcastTo, reshape, transpose } from '../../src/ops/shaping.ts'
import { logSoftmax, logsumexp, softmax } from '../../src/ops/softmax.ts'
import type { DType } from '../../src/tensor/dtype.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import type { Attributes, Values } from './referenceAttributes.ts'

/** An op as a function of its inputs alone. */
export type OpOfInputs = (...inputs: Tensor[]) => Tensor
/** How an op takes the attributes of a case, and how many inputs it has. */
export interface ReferenceOp {
  readonly inputs: number | 'any'
  readonly read: (attributes: Attributes) => OpOfInputs
}

/** Made where it is used: inside a trace its numbers stay doubles. */
const made = ({ nested, shape }: Values, dtype?: DType): Tensor => tensor(nested, shape, dtype)

const one = (f: (x: Tensor) => Tensor): ReferenceOp => ({ inputs: 1, read: () => (x) => f(x) })
const two = (f: (x: Tensor, y: Tensor) => Tensor): ReferenceOp => ({ inputs: 2, read: () => (x, y) => f(x, y) })

const from = (inputs: number, read: (a: Attributes) => (...xs: [Tensor, Tensor, Tensor]) => Tensor): ReferenceOp => ({
  inputs,
  read: (a) => read(a)
})
const many = (read: (a: Attributes) => (xs: readonly Tensor[]) => Tensor): ReferenceOp => ({
  inputs: 'any',
  read: (a) => {
    const f = read(a)
    return (...xs) => f(xs)
  }
})

interface Reduction {
  readonly axes?: readonly number[]
  readonly keepDims: boolean
}
const reduction = (a: Attributes): Reduction => ({
  ...(a.has('axes') ? { axes: a.numbers('axes') } : {}),
  keepDims: a.flag('keepDims')
})
const reducing = (f: (x: Tensor, options: Reduction) => Tensor): ReferenceOp =>
  from(1, (a) => {
    const options = reduction(a)
    return (x) => f(x, options)
  })
const along = (f: (x: Tensor, options: { readonly axis: number }) => Tensor): ReferenceOp =>
  from(1, (a) => {
    const axis = a.number('axis')
    return (x) => f(x, { axis })
  })

const imagesOf = (a: Attributes): void => void a.oneOf('layout', ['NCHW'])
const windows = (a: Attributes) => {
  imagesOf(a)
  return { window: a.pair('window'), stride: a.pair('stride'), padding: a.pair('padding') }
}
const convolution = (a: Attributes, layout: string) => {
  a.oneOf('layout', [layout])
  return {
    stride: a.pair('stride'),
    padding: a.pair('padding'),
    dilation: a.pair('dilation'),
    groups: a.number('groups')
  }
}
export const referenceOps: Readonly<Record<string, ReferenceOp>> = {
  add: two(arithmetic.add),
  sub: two(arithmetic.sub),
  mul: two(arithmetic.mul),
  div: two(arithmetic.div),
  max: two(arithmetic.max),
  min: two(arithmetic.min),
  neg: one(arithmetic.neg),
  abs: one(arithmetic.abs),
  square: one(arithmetic.square),
  reciprocal: one(arithmetic.reciprocal),
  exp: one(elementary.exp),
  expm1: one(elementary.expm1),
  log: one(elementary.log),
  log1p: one(elementary.log1p),
  sqrt: one(elementary.sqrt),
  rsqrt: one(elementary.rsqrt),
  sin: one(elementary.sin),
  cos: one(elementary.cos),
  tanh: one(elementary.tanh),
  erf: one(elementary.erf),
  sigmoid: one(activation.sigmoid),
  logsigmoid: one(activation.logsigmoid),
  softplus: one(activation.softplus),
  relu: one(activation.relu),
  gelu: one(activation.gelu),
  silu: one(activation.silu),
  matmul: two(matmul),
  leakyRelu: from(1, (a) => {
    const slope = a.number('slope')
    return (x) => activation.leakyRelu(x, slope)
  }),
  elu: from(1, (a) => {
    const alpha = a.number('alpha')
    return (x) => activation.elu(x, alpha)
  }),
  clamp: from(1, (a) => {
    const bounds = {
      ...(a.has('min') ? { min: a.number('min') } : {}),
      ...(a.has('max') ? { max: a.number('max') } : {})
    }
    return (x) => arithmetic.clamp(x, bounds)
  }),
  pow: from(1, (a) => {
    const exponent = a.number('exponent')
    return (x) => arithmetic.pow(x, exponent)
  }),
  where: from(2, (a) => {
    const condition = a.values('condition')
    return (x, y) => where(made(condition, 'bool'), x, y)
  }),
  sum: reducing(sum),
  mean: reducing(mean),
  prod: reducing(prod),
  reduceMax: reducing(reduceMax),
  reduceMin: reducing(reduceMin),
  logsumexp: reducing(logsumexp),
  variance: from(1, (a) => {
    const options = { ...reduction(a), ddof: a.number('ddof') }
    return (x) => variance(x, options)
  }),
  norm: from(1, (a) => {
    const options = { ...reduction(a), ord: a.extended('ord') }
    return (x) => norm(x, options)
  }),
  cumsum: along(cumsum),
  softmax: along(softmax),
  logSoftmax: along(logSoftmax),
  einsum: many((a) => {
    const equation = a.text('equation')
    return (xs) => einsum(equation, ...xs)
  }),
  transpose: from(1, (a) => {
    const permutation = a.numbers('permutation')
    return (x) => transpose(x, permutation)
  }),
  reshape: from(1, (a) => {
    const shape = a.numbers('shape')
    return (x) => reshape(x, shape)
  }),
  broadcastTo: from(1, (a) => {
    const shape = a.numbers('shape')
    return (x) => broadcastTo(x, shape)
  }),
  slice: from(1, (a) => {
    const options = { start: a.numbers('start'), end: a.numbers('end'), strides: a.numbers('strides') }
    return (x) => slice(x, options)
  }),
  flip: from(1, (a) => {
    const axes = a.numbers('axes')
    return (x) => flip(x, { axes })
  }),
  pad: from(1, (a) => {
    const options = { low: a.numbers('low'), high: a.numbers('high'), value: a.number('value') }
    return (x) => pad(x, options)
  }),
  concat: many((a) => {
    const axis = a.number('axis')
    return (xs) => concat(xs, { axis })
  }),
  stack: many((a) => {
    const axis = a.number('axis')
    return (xs) => stack(xs, { axis })
  }),
  take: from(1, (a) => {
    const [indices, axis] = [a.values('indices'), a.number('axis')]
    return (x) => take(x, made(indices, 'int32'), { axis })
  }),
  takeAlongAxis: from(1, (a) => {
    const [indices, axis] = [a.values('indices'), a.number('axis')]
    return (x) => takeAlongAxis(x, made(indices, 'int32'), { axis })
  }),
  reflectPad2d: from(1, (a) => {
    imagesOf(a)
    const options = { low: a.pair('low'), high: a.pair('high') }
    return (x) => reflectPad2d(x, options)
  }),
  depthToSpace: from(1, (a) => {
    imagesOf(a)
    const block = a.number('block')
    return (x) => depthToSpace(x, block)
  }),
  conv2d: from(2, (a) => {
    const options = convolution(a, 'NCHW/OIHW')
    return (x, w) => conv2d(x, w, options)
  }),
  convTranspose2d: from(2, (a) => {
    const options = { ...convolution(a, 'NCHW/IOHW'), outputPadding: a.pair('outputPadding') }
    return (x, w) => convTranspose2d(x, w, options)
  }),
  avgPool2d: from(1, (a) => {
    const options = {
      ...windows(a),
      ...(a.has('countIncludePad') ? { countIncludePad: a.flag('countIncludePad') } : {})
    }
    return (x) => avgPool2d(x, options)
  }),
  maxPool2d: from(1, (a) => {
    const options = windows(a)
    return (x) => maxPool2d(x, options)
  }),
  upsampleNearest2d: from(1, (a) => {
    imagesOf(a)
    const scale = a.pair('scale')
    return (x) => upsampleNearest2d(x, scale)
  }),
  resizeBilinear2d: from(1, (a) => {
    imagesOf(a)
    const options = { scale: a.pair('scale'), alignCorners: a.flag('alignCorners') }
    return (x) => resizeBilinear2d(x, options)
  }),
  affineSample2d: from(1, (a) => {
    const matrices = a.values('matrices')
    const alignCorners = a.flag('alignCorners')
    const paddingMode = a.oneOf('paddingMode', ['zeros', 'border', 'reflection'])
    return (x) => affineSample2d(x, made(matrices), { alignCorners, paddingMode })
  }),
  layerNorm: from(3, (a) => {
    const options = { axes: a.numbers('axes'), epsilon: a.number('epsilon') }
    return (x, scale, offset) => layerNorm(x, scale, offset, options)
  }),
  groupNorm: from(3, (a) => {
    imagesOf(a)
    const options = { groups: a.number('groups'), epsilon: a.number('epsilon') }
    return (x, scale, offset) => groupNorm(x, scale, offset, options)
  }),
  batchNorm: from(3, (a) => {
    imagesOf(a)
    const epsilon = a.number('epsilon')
    if (a.oneOf('training', [true, false])) return (x, scale, offset) => batchNorm(x, scale, offset, { epsilon })
    const [mean, variance] = [a.values('mean'), a.values('variance')]
    return (x, scale, offset) =>
      batchNorm(x, scale, offset, { epsilon, statistics: { mean: made(mean), variance: made(variance) } })
  }),
  instanceNorm: from(1, (a) => {
    imagesOf(a)
    const epsilon = a.number('epsilon')
    return (x) => instanceNorm(x, { epsilon })
  }),
  sigmoidCrossEntropyWithLogits: from(1, (a) => {
    const target = a.values('target')
    const number = typeof target.nested === 'number' ? target.nested : undefined
    return (x) => sigmoidCrossEntropyWithLogits(x, number ?? made(target))
  }),
  softmaxCrossEntropyWithLogits: from(1, (a) => {
    const [labels, axis] = [a.values('labels'), a.number('axis')]
    return (x) => softmaxCrossEntropyWithLogits(x, made(labels, 'int32'), { axis })
  })
}
