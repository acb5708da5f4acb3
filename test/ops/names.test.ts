/** Every op refuses what has no meaning in its own name, whichever op it is made of. */
import { describe, expect, it } from 'vitest'
import * as s from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import { thrown } from '../support/thrown.ts'

type Call = (x: Tensor) => unknown
const w = s.zeros([2, 2, 1, 1])
const two = s.zeros([2])
const moved = s.zeros([2, 3])
const truths = s.tensor([true, false])

const ofFloats: Readonly<Record<string, Call>> = {
  ...Object.fromEntries(
    ([
      'sigmoid', 'logsigmoid', 'softplus', 'relu', 'leakyRelu', 'elu', 'gelu', 'silu', 'reciprocal', 'exp', 'expm1', 'log', 'log1p',
      'sqrt', 'rsqrt', 'sin', 'cos', 'tanh', 'erf', 'mean', 'variance', 'logsumexp', 'softmax', 'logSoftmax', 'standardize'
    ] as const).map((name) => [name, s[name] as Call])
  ), // prettier-ignore
  sigmoidCrossEntropyWithLogits: (x) => s.sigmoidCrossEntropyWithLogits(x, 1),
  softmaxCrossEntropyWithLogits: (x) => s.softmaxCrossEntropyWithLogits(x, [0])
}
const ofImages: Readonly<Record<string, Call>> = {
  conv2d: (x) => s.conv2d(x, w),
  convTranspose2d: (x) => s.convTranspose2d(x, w),
  avgPool2d: (x) => s.avgPool2d(x, { window: 1 }),
  maxPool2d: (x) => s.maxPool2d(x, { window: 1 }),
  upsampleNearest2d: (x) => s.upsampleNearest2d(x, 2),
  resizeBilinear2d: (x) => s.resizeBilinear2d(x, { scale: 2 }),
  depthToSpace: (x) => s.depthToSpace(x, 1),
  spaceToDepth: (x) => s.spaceToDepth(x, 1),
  reflectPad2d: (x) => s.reflectPad2d(x, { low: 0, high: 0 }),
  affineSample2d: (x) => s.affineSample2d(x, moved),
  instanceNorm: (x) => s.instanceNorm(x)
}
const ofPairs = ['add', 'sub', 'mul', 'div', 'max', 'min', 'pow', 'equal', 'notEqual', 'less', 'lessEqual', 'greater', 'greaterEqual'] as const // prettier-ignore
const alongAxes: Readonly<Record<string, (x: Tensor, axis: number) => unknown>> = {
  ...Object.fromEntries(
    (['sum', 'mean', 'variance', 'prod', 'reduceMax', 'reduceMin', 'logsumexp', 'norm', 'standardize'] as const).map(
      (name) => [name, (x: Tensor, axis: number) => s[name](x, { axes: [axis] })]
    )
  ),
  ...Object.fromEntries(
    (['cumsum', 'softmax', 'logSoftmax', 'argsort', 'sort', 'argmax', 'argmin'] as const).map((name) => [
      name,
      (x: Tensor, axis: number) => s[name](x, { axis })
    ])
  ),
  flip: (x, axis) => s.flip(x, { axes: [axis] }),
  transpose: (x, axis) => s.transpose(x, [axis, 0]),
  squeeze: (x, axis) => s.squeeze(x, { axes: [axis] }),
  concat: (x, axis) => s.concat([x], { axis }),
  take: (x, axis) => s.take(x, [0], { axis }),
  takeAlongAxis: (x, axis) => s.takeAlongAxis(x, [[0]], { axis }),
  stack: (_, axis) => s.stack([s.zeros([2])], { axis }),
  expandDims: (_, axis) => s.expandDims(s.zeros([2]), { axes: [axis] }),
  topK: (x, axis) => s.topK(x, 1, { axis }),
  layerNorm: (x, axis) => s.layerNorm(x, two, two, { axes: [axis] }),
  softmaxCrossEntropyWithLogits: (x, axis) => s.softmaxCrossEntropyWithLogits(x, [0, 0], { axis })
}
const refused = (f: () => unknown): readonly [string, string | undefined] => {
  const { _tag, op } = thrown(f)
  return [_tag, op]
}

describe.for(Object.entries({ ...ofFloats, ...ofImages }))('%s', ([name, f]) => {
  it('takes float32 alone', () => {
    for (const dtype of ['int32', 'bool'] as const)
      expect(refused(() => f(s.zeros(name in ofImages ? [1, 2, 1, 1] : [1, 2], dtype)))).toEqual(['DTypeMisfit', name])
  })
})

describe.for(Object.entries(ofImages))('%s', ([name, f]) => {
  it('takes images', () => {
    for (const shape of [[], [1], [1, 2], [1, 2, 1], [1, 2, 1, 1, 1]])
      expect(refused(() => f(s.zeros(shape)))).toEqual(['ShapeMisfit', name])
  })
})

describe.for(ofPairs)('%s', (name) => {
  it('takes what broadcasts and has one dtype', () => {
    expect(refused(() => s[name](two, s.zeros([3])))).toEqual(['ShapeMisfit', name])
    expect(refused(() => s[name](two, s.zeros([2], 'int32')))).toEqual(['DTypeMisfit', name])
  })
})

describe.for(Object.entries(alongAxes))('%s', ([name, f]) => {
  it('takes axes that there are', () => {
    for (const axis of [2, -3, 0.5]) expect(refused(() => f(s.zeros([2, 2]), axis))).toEqual(['InvalidArgument', name])
  })
})

describe.for(['sort', 'topK', 'argmax', 'argmin', 'reduceMax', 'reduceMin'] as const)('%s', (name) => {
  it('is of values in an order, which bools are not', () =>
    expect(refused(() => (name === 'topK' ? s.topK(truths, 1) : s[name](truths)))).toEqual(['DTypeMisfit', name]))
})

describe('an axis of a scalar', () => {
  it('is none', () => expect(thrown(() => s.sum(s.tensor(1), { axes: [0] })).expected).toContain('no axis'))
})

describe('logic', () => {
  const [yes, three] = [s.tensor([true, false]), s.tensor([true, false, true])]
  it.for(['logicalAnd', 'logicalOr'] as const)('%s takes two masks that broadcast', (name) => {
    expect(refused(() => s[name](yes, three))).toEqual(['ShapeMisfit', name])
    expect(refused(() => s[name](yes, two))).toEqual(['DTypeMisfit', name])
    expect(refused(() => s[name](two, yes))).toEqual(['DTypeMisfit', name])
  })
  it('where takes a mask', () => {
    expect(refused(() => s.where(two, 1, 2))).toEqual(['DTypeMisfit', 'where'])
    expect(refused(() => s.where(yes, s.zeros([3]), 2))).toEqual(['ShapeMisfit', 'where'])
    expect(refused(() => s.logicalNot(two))).toEqual(['DTypeMisfit', 'logicalNot'])
  })
  it('is that of its tables', () => {
    const [a, b] = [s.tensor([true, true, false, false]), s.tensor([true, false, true, false])]
    expect([...s.logicalAnd(a, b).data]).toEqual([1, 0, 0, 0])
    expect([...s.logicalOr(a, b).data]).toEqual([1, 1, 1, 0])
    expect([...s.logicalNot(a).data]).toEqual([0, 0, 1, 1])
    expect(s.where(a, 1.5, 2)).toMatchObject({ dtype: 'float32', data: Float32Array.of(1.5, 1.5, 2, 2) })
  })
})

describe('arguments', () => {
  const image = s.zeros([1, 4, 4, 4])
  const kernel = s.zeros([4, 2, 3, 3])
  it.for<readonly [string, string, () => unknown]>([
    ...[0, 0.5, -2, 3].flatMap((groups): (readonly [string, string, () => unknown])[] => [
      ['conv2d', groups === 3 ? 'ShapeMisfit' : 'InvalidArgument', () => s.conv2d(image, kernel, { groups })],
      [
        'convTranspose2d',
        groups === 3 ? 'ShapeMisfit' : 'InvalidArgument',
        () => s.convTranspose2d(image, kernel, { groups })
      ],
      [
        'groupNorm',
        groups === 3 ? 'ShapeMisfit' : 'InvalidArgument',
        () => s.groupNorm(image, s.zeros([4]), s.zeros([4]), { groups })
      ]
    ]),
    ['conv2d', 'ShapeMisfit', () => s.conv2d(s.zeros([1, 4, 4, 4]), s.zeros([3, 2, 3, 3]), { groups: 2 })],
    ['conv2d', 'ShapeMisfit', () => s.conv2d(image, s.zeros([1, 4, 1, 5]))],
    ['conv2d', 'ShapeMisfit', () => s.conv2d(image, s.zeros([1, 4, 5, 1]))],
    ['conv2d', 'InvalidArgument', () => s.conv2d(image, s.zeros([1, 4, 1, 1]), { dilation: 0 })],
    ['conv2d', 'InvalidArgument', () => s.conv2d(image, s.zeros([1, 4, 1, 1]), { stride: [1, 0.5] })],
    ['conv2d', 'InvalidArgument', () => s.conv2d(image, s.zeros([1, 4, 1, 1]), { padding: -1 })],
    ['convTranspose2d', 'InvalidArgument', () => s.convTranspose2d(image, kernel, { outputPadding: -1 })],
    ['convTranspose2d', 'InvalidArgument', () => s.convTranspose2d(image, kernel, { stride: 0 })],
    ['convTranspose2d', 'InvalidArgument', () => s.convTranspose2d(image, kernel, { dilation: 0 })],
    ['convTranspose2d', 'InvalidArgument', () => s.convTranspose2d(image, kernel, { padding: 0.5 })],
    ['convTranspose2d', 'ShapeMisfit', () => s.convTranspose2d(image, kernel, { padding: [3, 0] })],
    ['convTranspose2d', 'ShapeMisfit', () => s.convTranspose2d(image, kernel, { padding: [0, 3] })],
    ...(['avgPool2d', 'maxPool2d'] as const).flatMap((name): (readonly [string, string, () => unknown])[] => [
      [name, 'InvalidArgument', () => s[name](image, { window: 0 })],
      [name, 'InvalidArgument', () => s[name](image, { window: 2, stride: 0 })],
      [name, 'InvalidArgument', () => s[name](image, { window: 2, padding: -1 })],
      [name, 'InvalidArgument', () => s[name](image, { window: [2, 3], padding: [2, 0] })],
      [name, 'InvalidArgument', () => s[name](image, { window: [3, 2], padding: [0, 2] })],
      [name, 'ShapeMisfit', () => s[name](image, { window: [5, 1] })],
      [name, 'ShapeMisfit', () => s[name](image, { window: [1, 5] })]
    ]),
    ...[0, 0.5, -1, 3].flatMap((block): (readonly [string, string, () => unknown])[] => [
      ['depthToSpace', block === 3 ? 'ShapeMisfit' : 'InvalidArgument', () => s.depthToSpace(image, block)],
      ['spaceToDepth', block === 3 ? 'ShapeMisfit' : 'InvalidArgument', () => s.spaceToDepth(image, block)]
    ]),
    ['spaceToDepth', 'ShapeMisfit', () => s.spaceToDepth(s.zeros([1, 1, 2, 3]), 2)],
    ['spaceToDepth', 'ShapeMisfit', () => s.spaceToDepth(s.zeros([1, 1, 3, 2]), 2)],
    ['upsampleNearest2d', 'InvalidArgument', () => s.upsampleNearest2d(image, 0)],
    ...[[0.1, 1], [1, 0.1], [Infinity, 1], [1, NaN], [-1, -1]].map((scale): readonly [string, string, () => unknown] =>
      ['resizeBilinear2d', 'InvalidArgument', () => s.resizeBilinear2d(image, { scale: scale as [number, number] })]), // prettier-ignore
    ...([[4, 0, 0, 0], [0, 4, 0, 0], [0, 0, 4, 0], [0, 0, 0, 4]] as const).map(([a, b, c, d]): readonly [string, string, () => unknown] =>
      ['reflectPad2d', 'ShapeMisfit', () => s.reflectPad2d(image, { low: [a, b], high: [c, d] })]), // prettier-ignore
    ['reflectPad2d', 'InvalidArgument', () => s.reflectPad2d(image, { low: -1, high: 0 })],
    ['reflectPad2d', 'InvalidArgument', () => s.reflectPad2d(image, { low: 0, high: 0.5 })],
    ...[[2, 2], [3, 3], [2, 2, 3], [1, 1, 2, 3], [6]].map((shape): readonly [string, string, () => unknown] =>
      ['affineSample2d', 'ShapeMisfit', () => s.affineSample2d(image, s.zeros(shape))]), // prettier-ignore
    ['affineSample2d', 'DTypeMisfit', () => s.affineSample2d(image, s.zeros([2, 3], 'int32'))],
    ['dot', 'ShapeMisfit', () => s.dot(two, w)],
    ['outer', 'ShapeMisfit', () => s.outer(two, w)],
    ['outer', 'ShapeMisfit', () => s.outer(w, two)],
    ['full', 'InvalidArgument', () => s.full([1.5], 0)],
    ['eye', 'InvalidArgument', () => s.eye(-1)],
    ['eye', 'InvalidArgument', () => s.eye(1, 0.5)],
    ['arange', 'InvalidArgument', () => s.arange(0, 1, { step: Infinity })],
    ['linspace', 'InvalidArgument', () => s.linspace(0, 1, 0.5)],
    ['stack', 'InvalidArgument', () => s.stack([])],
    ['stack', 'ShapeMisfit', () => s.stack([two, s.zeros([2, 1])])],
    ['stack', 'DTypeMisfit', () => s.stack([two, s.zeros([2], 'int32')])],
    ['concat', 'ShapeMisfit', () => s.concat([s.zeros([2, 2]), s.zeros([2, 3])], { axis: 0 })],
    ['concat', 'ShapeMisfit', () => s.concat([two, s.zeros([2, 1])])],
    ['slice', 'InvalidArgument', () => s.slice(two, { start: [3] })],
    ['slice', 'InvalidArgument', () => s.slice(two, { start: [-3] })],
    ['slice', 'InvalidArgument', () => s.slice(two, { end: [0.5] })],
    ['slice', 'InvalidArgument', () => s.slice(two, { strides: [0] })],
    ['slice', 'InvalidArgument', () => s.slice(two, { strides: [0.5] })],
    ['slice', 'InvalidArgument', () => s.slice(two, { end: [1, 1] })],
    ['slice', 'InvalidArgument', () => s.slice(two, { strides: [1, 1] })],
    ['transpose', 'InvalidArgument', () => s.transpose(s.zeros([2, 2]), [0])],
    ['squeeze', 'ShapeMisfit', () => s.squeeze(s.zeros([0, 2]), { axes: [1] })],
    ['squeeze', 'ShapeMisfit', () => s.squeeze(s.zeros([0]), { axes: [0] })],
    ['takeAlongAxis', 'ShapeMisfit', () => s.takeAlongAxis(s.zeros([2, 2]), [[0, 0, 0]], { axis: 1 })],
    ['takeAlongAxis', 'InvalidArgument', () => s.takeAlongAxis(s.zeros([2, 2]), [[2], [0]], { axis: 1 })],
    ['oneHot', 'DTypeMisfit', () => s.oneHot(two, 2)],
    ['softmaxCrossEntropyWithLogits', 'ShapeMisfit', () => s.softmaxCrossEntropyWithLogits(s.zeros([2, 3]), [0])],
    ['softmaxCrossEntropyWithLogits', 'InvalidArgument', () => s.softmaxCrossEntropyWithLogits(s.zeros([1, 3]), [3])],
    ['batchNorm', 'ShapeMisfit', () => s.batchNorm(two, two, two)],
    ['batchNorm', 'ShapeMisfit', () => s.batchNorm(image, s.zeros([4]), two)],
    ['groupNorm', 'ShapeMisfit', () => s.groupNorm(two, two, two, { groups: 1 })],
    ['layerNorm', 'ShapeMisfit', () => s.layerNorm(s.zeros([3, 2]), two, s.zeros([3]))],
    ['layerNorm', 'DTypeMisfit', () => s.layerNorm(s.zeros([3, 2]), s.zeros([2], 'int32'), two)],
    ['batchNorm', 'DTypeMisfit', () => s.batchNorm(image, s.zeros([4]), s.zeros([4], 'int32'))],
    ['groupNorm', 'DTypeMisfit', () => s.groupNorm(image, s.zeros([4]), s.zeros([4], 'int32'), { groups: 1 })],
    ['norm', 'DTypeMisfit', () => s.norm(s.zeros([2], 'int32'))],
    ['norm', 'DTypeMisfit', () => s.norm(s.zeros([2], 'int32'), { ord: 1 })],
    ['norm', 'InvalidArgument', () => s.norm(two, { ord: -1 })],
    ['pow', 'DTypeMisfit', () => s.pow(s.zeros([2], 'int32'), 2)],
    ['einsum', 'InvalidArgument', () => s.einsum('i->i->i', two)],
    ['einsum', 'InvalidArgument', () => s.einsum('')],
    ['einsum', 'InvalidArgument', () => s.einsum('i->j', two)],
    ['einsum', 'InvalidArgument', () => s.einsum('i->-', two)],
    ['einsum', 'ShapeMisfit', () => s.einsum('i', w)],
    ['einsum', 'ShapeMisfit', () => s.einsum('ij...', two)]
  ])('that have no meaning are refused by %s: %s, %s', ([op, tag, f]) => expect(refused(f)).toEqual([tag, op]))

  it('at the least that has one are taken', () => {
    expect(s.conv2d(image, s.zeros([1, 4, 4, 4])).shape).toEqual([1, 1, 1, 1])
    expect(s.convTranspose2d(image, kernel, { padding: [2, 2] }).shape).toEqual([1, 2, 2, 2])
    expect(s.avgPool2d(image, { window: [2, 3], padding: [1, 2] }).shape).toEqual([1, 4, 3, 2])
    expect(s.avgPool2d(image, { window: 4 }).shape).toEqual([1, 4, 1, 1])
    expect(s.resizeBilinear2d(image, { scale: 0.25 }).shape).toEqual([1, 4, 1, 1])
    expect(s.reflectPad2d(image, { low: 3, high: 3 }).shape).toEqual([1, 4, 10, 10])
    expect(s.squeeze(s.zeros([0, 1]), { axes: [1] }).shape).toEqual([0])
    expect(s.slice(two, { start: [2], end: [-2] }).shape).toEqual([0])
    expect(s.linspace(3, 4, 1).data[0]).toBe(3)
    expect(s.eye(0).shape).toEqual([0, 0])
    expect(s.topK(two, 2)[0].shape).toEqual([2])
  })
})
