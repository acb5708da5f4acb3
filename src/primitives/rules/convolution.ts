import type { Scalar } from '../../nest/expression.ts'
import { all, axis, binary, compare, int, literal, load, minus, plus, select, times } from '../../nest/expression.ts'
import { fail } from '../../tensor/error.ts'
import type { Shape } from '../../tensor/shape.ts'
import { showShape } from '../../tensor/shape.ts'
import type { Aval, Tensor } from '../../tensor/tensor.ts'
import type { Primitive } from '../../program/primitive.ts'
import type { Convolution } from '../../program/vocabulary.ts'
import { mergeLeading, splitLeading } from './leadingAxis.ts'
import { showAvals, requireDType } from './requirements.ts'

/** What the three convolutions share: the shapes of image x, filter w and result y, each known from the other two. */

/** As an alias: parameters of a primitive are a record of anything, which an interface is not. */
export type ConvolutionParams = Readonly<Convolution>

export type ConvolutionName = 'conv' | 'convInputGradient' | 'convFilterGradient'

export type Role = 'x' | 'w' | 'y'

const leading = { x: ['G', 'N', 'C'], w: ['G', 'O', 'C'], y: ['G', 'N', 'O'] } as const
const spatial = { x: 'input', w: 'kernel', y: 'output' } as const

const drawRole = (role: Role): string => `${role} [${leading[role].join(', ')}, ...${spatial[role]}]`

const requireParameters = (op: string, params: ConvolutionParams): void => {
  const rank = params.stride.length
  const least = { stride: 1, low: -Infinity, dilation: 1, input: 0, kernel: 0, output: 0 }
  for (const [name, bound] of Object.entries(least)) {
    const list = params[name as keyof Convolution]
    if (rank === 0 || list.length !== rank || !list.every((n) => Number.isInteger(n) && n >= bound))
      fail('InvalidArgument', {
        op,
        expected: `${name} to be an integer ${bound === -Infinity ? '' : `>= ${bound} `}for each spatial axis`,
        actual: `${showShape(list)} with stride ${showShape(params.stride)}`
      })
  }
}

/** Extents of G, N, C and O of two operands in these roles. */
const boundExtents = (
  op: string,
  operands: readonly Aval[],
  roles: readonly [Role, Role],
  params: ConvolutionParams
) => {
  const extents = new Map<string, number>()
  operands.forEach(({ shape }, i) => {
    const role = roles[i]!
    const own = params[spatial[role]]
    const fits =
      shape.length === 3 + own.length &&
      own.every((n, s) => shape[3 + s] === n) &&
      leading[role].every((letter, a) => (extents.get(letter) ?? shape[a]) === shape[a])
    if (!fits)
      fail('ShapeMisfit', {
        op,
        expected: `${roles.map(drawRole).join(' and ')} with ${roles.map((r) => `${spatial[r]} ${showShape(params[spatial[r]])}`).join(', ')}`,
        actual: showAvals(operands)
      })
    leading[role].forEach((letter, a) => extents.set(letter, shape[a]!))
  })
  return extents
}

/** Returns the shape rule of the convolution that makes `result` of operands in these two roles. */
export const convolutionShape =
  (op: string, roles: readonly [Role, Role], result: Role) =>
  (operands: readonly Aval[], params: ConvolutionParams): Aval => {
    requireParameters(op, params)
    requireDType(op, operands, ['float32'])
    const extents = boundExtents(op, operands, roles, params)
    const shape: Shape = [...leading[result].map((letter) => extents.get(letter)!), ...params[spatial[result]]]
    return { shape, dtype: 'float32' }
  }

/**
 * Returns the batching rule of the convolution of that name. Where both operands are batched, the new axis joins the
 * groups. Where one is, it joins the axis of that operand which the result has, too: samples, channels or filters.
 */
export const convolutionBatch =
  (name: ConvolutionName, roles: readonly [Role, Role], result: Role): Primitive<ConvolutionParams>['batch'] =>
  (o, [a, b], [inA, inB], params, size) => {
    const split = (left: Tensor, right: Tensor, axis: number): Tensor =>
      splitLeading(o, o[name](left, right, params), axis, size)
    if (inA && inB) return split(mergeLeading(o, a!, 0), mergeLeading(o, b!, 0), 0)
    const [own, whole]: readonly (readonly string[])[] = [leading[roles[inA ? 0 : 1]], leading[result]]
    const kept = own!.find((letter) => letter !== 'G' && whole!.includes(letter))!
    const [from, to] = [own!.indexOf(kept), whole!.indexOf(kept)]
    return inA ? split(mergeLeading(o, a!, from), b!, to) : split(a!, mergeLeading(o, b!, from), to)
  }

/** Loads x at the place that output p and kernel k meet, 0 in the padding. */
export const imageAt = (
  operand: number,
  params: ConvolutionParams,
  before: readonly Scalar[],
  output: readonly Scalar[],
  kernel: readonly Scalar[]
): Scalar => {
  const { stride, low, dilation, input } = params
  const place = input.map((_, i) =>
    minus(plus(times(output[i]!, stride[i]!), times(kernel[i]!, dilation[i]!)), low[i]!)
  )
  const reached = input.map((_, i) => reach(params, i))
  const conditions = place.flatMap((at, i) => [
    ...(low[i]! > 0 ? [compare('ge', at, int(0))] : []),
    ...(reached[i]! - low[i]! > input[i]! ? [compare('lt', at, int(input[i]!))] : [])
  ])
  return select(all(...conditions), load(operand, [...before, ...place], 'float32'), literal(0))
}

/** Loads y at the output that meets input q under kernel k, 0 where none does. */
export const resultAt = (
  operand: number,
  { stride, low, dilation, output }: ConvolutionParams,
  before: readonly Scalar[],
  input: readonly Scalar[],
  kernel: readonly Scalar[]
): Scalar => {
  const scaled = output.map((_, i) => minus(plus(input[i]!, low[i]!), times(kernel[i]!, dilation[i]!)))
  const conditions = scaled.flatMap((at, i) => [
    compare('ge', at, int(0)),
    compare('lt', at, int(output[i]! * stride[i]!)),
    ...(stride[i]! > 1 ? [compare('eq', binary('modulo', at, int(stride[i]!)), int(0))] : [])
  ])
  const place = scaled.map((at, i) => binary('floorDivide', at, int(stride[i]!)))
  return select(all(...conditions), load(operand, [...before, ...place], 'float32'), literal(0))
}

/** Loop variables first, first + 1, ...: one for each spatial axis. */
export const spatialAxes = ({ stride }: ConvolutionParams, first: number): readonly Scalar[] =>
  stride.map((_, i) => axis(first + i))

/** How many places of a padded image outputs and kernel reach along spatial axis i. */
export const reach = ({ stride, dilation, kernel, output }: ConvolutionParams, i: number): number =>
  kernel[i] === 0 || output[i] === 0 ? 0 : (output[i]! - 1) * stride[i]! + (kernel[i]! - 1) * dilation[i]! + 1
