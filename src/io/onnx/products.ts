/** Contractions and convolutions, as ONNX. */
import type { DotAxes } from '../../program/vocabulary.ts'
import { partsOf } from '../../primitives/rules/dotAxes.ts'
import type { ConvolutionParams } from '../../primitives/rules/convolution.ts'
import { reach } from '../../primitives/rules/convolution.ts'
import type { Shape } from '../../tensor/shape.ts'
import { range, sizeOf } from '../../tensor/shape.ts'
import type { Aval } from '../../tensor/tensor.ts'
import type { Emitter, Value } from './emitter.ts'
import { filled, isEmpty, pad, reshape, transpose } from './emitter.ts'
import { whole } from './rule.ts'

const extents = (x: Value, axes: readonly number[]): Shape => axes.map((axis) => x.shape[axis]!)

/** A product of matrices: batch axes first, then the free axes as one and the contracted ones as one. */
export const dotGeneral = whole<Readonly<DotAxes>>((e, [a, b], { params, result }) => {
  if (isEmpty(a!) || isEmpty(b!)) return filled(e, 0, result)
  const [left, right] = partsOf([a as Aval, b as Aval], params)
  const batch = left.batch.length === 0 ? [] : [sizeOf(extents(a!, left.batch))]
  const depth = sizeOf(extents(a!, left.contract))
  const [rows, columns] = [sizeOf(extents(a!, left.free)), sizeOf(extents(b!, right.free))]
  const x = transpose(e, a!, [...left.batch, ...left.free, ...left.contract])
  const w = transpose(e, b!, [...right.batch, ...right.contract, ...right.free])
  const operands = [reshape(e, x, [...batch, rows, depth]), reshape(e, w, [...batch, depth, columns])]
  const product = e.node('MatMul', operands, { dtype: 'float32', shape: [...batch, rows, columns] })
  return reshape(e, product, result.shape)
})

/** Makes [G, first, second, ...] the [first, G second, ...] that ONNX has: groups are part of the channels. */
const withGroups = (e: Emitter, x: Value): Value => {
  const [groups, first, second, ...rest] = x.shape as [number, number, number, ...number[]]
  const front = groups === 1 ? x : transpose(e, x, [1, 0, ...range(x.shape.length).slice(2)])
  return reshape(e, front, [first, groups * second, ...rest])
}

/** Makes [first, G second, ...] the [G, first, second, ...] of a result again. */
const apart = (e: Emitter, x: Value, shape: Shape): Value => {
  const [groups, first, second, ...rest] = shape as [number, number, number, ...number[]]
  if (groups === 1) return reshape(e, x, shape)
  return transpose(e, reshape(e, x, [first, groups, second, ...rest]), [1, 0, ...range(shape.length).slice(2)])
}

/** Makes filters [G, first, second, ...] the [G first, second, ...] that ONNX has. */
const filters = (e: Emitter, w: Value): Value => {
  const [groups, first, ...rest] = w.shape as [number, number, ...number[]]
  return reshape(e, w, [groups * first, ...rest])
}

/** What lies before the first and behind the last element of each spatial axis of x; fewer than 0 are not looked at. */
const margins = (params: ConvolutionParams): readonly [readonly number[], readonly number[]] => [
  params.low,
  params.input.map((n, i) => reach(params, i) - params.low[i]! - n)
]

const positive = (list: readonly number[]): readonly number[] => list.map((n) => Math.max(0, n))
const negative = (list: readonly number[]): readonly number[] => list.map((n) => Math.min(0, n))

/** The convolution of x [N, G C, ...] and w [G O, C, ...]. */
const convolved = (
  e: Emitter,
  x: Value,
  w: Value,
  shape: Shape,
  params: ConvolutionParams,
  { group, strides, dilations }: { group: number; strides: readonly number[]; dilations: readonly number[] }
): Value => {
  const [low, high] = margins(params)
  const read = pad(e, x, [0, 0, ...negative(low)], [0, 0, ...negative(high)])
  const pads = [...positive(low), ...positive(high)]
  return e.node('Conv', [read, w], { dtype: 'float32', shape }, { group, strides, dilations, pads })
}

export const conv = whole<ConvolutionParams>((e, [x, w], { params, result }) => {
  if (isEmpty(x!) || isEmpty(w!)) return filled(e, 0, result)
  const [group, samples, outputs, ...output] = result.shape as [number, number, number, ...number[]]
  const shape = [samples, group * outputs, ...output]
  const steps = { group, strides: params.stride, dilations: params.dilation }
  return apart(e, convolved(e, withGroups(e, x!), filters(e, w!), shape, params, steps), result.shape)
})

/** A convolution of x and y whose samples are channels, and whose strides and dilations are those of conv exchanged. */
export const convFilterGradient = whole<ConvolutionParams>((e, [x, y], { params, result }) => {
  if (isEmpty(x!) || isEmpty(y!)) return filled(e, 0, result)
  const exchanged = (value: Value): Value => transpose(e, value, [0, 2, 1, ...range(value.shape.length).slice(3)])
  const [group, outputs, channels, ...kernel] = result.shape as [number, number, number, ...number[]]
  const shape = [channels, group * outputs, ...kernel]
  const steps = { group, strides: params.dilation, dilations: params.stride }
  const w = convolved(e, withGroups(e, exchanged(x!)), filters(e, exchanged(y!)), shape, params, steps)
  return exchanged(apart(e, w, [group, channels, outputs, ...kernel]))
})

/** The transposed convolution. What no output has read is 0. */
export const convInputGradient = whole<ConvolutionParams>((e, [y, w], { params, result }) => {
  if (isEmpty(y!) || isEmpty(w!)) return filled(e, 0, result)
  const [group, samples, channels] = result.shape as [number, number, number]
  const [low, high] = margins(params)
  const pads = [...positive(low), ...positive(high)]
  const reached = params.input.map((n, i) => n + Math.min(0, low[i]!) + Math.min(0, high[i]!))
  const x = e.node(
    'ConvTranspose',
    [withGroups(e, y!), filters(e, w!)],
    { dtype: 'float32', shape: [samples, group * channels, ...reached] },
    { group, strides: params.stride, dilations: params.dilation, pads }
  )
  const around = [low, high].map((list) => [0, 0, ...negative(list).map((n) => -n)])
  return apart(e, pad(e, x, around[0]!, around[1]!), result.shape)
})
