import { optional, requireOptions } from '../tensor/options.ts'
import type { Rule, Rules } from '../tensor/options.ts'
import { refuseMore, requireTensor } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import type { Shape } from '../tensor/shape.ts'
import { axisOf, range } from '../tensor/shape.ts'
import type { Aval, Tensor } from '../tensor/tensor.ts'
import { showAval } from '../tensor/tensor.ts'

/** Names one axis, counted from 0; -1 is the last. */
export interface AxisOptions {
  readonly axis?: number
}

/** Names axes, each once, counted from 0; -1 is the last. All of them where none are named. */
export interface AxesOptions {
  readonly axes?: readonly number[]
}

const whole: Rule = { expected: 'an axis, a whole number', accepts: Number.isInteger }
/** Accepts a list of axes. */
export const wholes: Rule = {
  expected: 'a list of axes',
  accepts: (x) => Array.isArray(x) && x.every(Number.isInteger)
}

/** Reads how options name axes, in every op: `axis` where it is one, `axes` where there may be several. */
export const axisRules: Rules = { axis: optional(whole) }
export const axesRules: Rules = { axes: optional(wholes) }

/** Reads the option `axis` of an op on x, counted from the front. */
export const axisOption = (
  op: string,
  x: Tensor,
  options: AxisOptions | undefined,
  usual: number,
  more: readonly unknown[]
): number => {
  refuseMore(op, more)
  const { axis = usual } = requireOptions(op, options, axisRules)
  return axisIn(op, requireTensor(op, x), axis)
}

/** Reads the option `axes` of an op on x: counted from the front, ascending. */
export const axesOption = (
  op: string,
  x: Tensor,
  options: AxesOptions | undefined,
  more: readonly unknown[]
): readonly number[] => {
  refuseMore(op, more)
  return axesIn(op, requireTensor(op, x), requireOptions(op, options, axesRules).axes)
}

/** Counts `axis` from the front; `rank` is given where the axis belongs to another tensor than x. */
export const axisIn = (op: string, x: Aval, axis: number, rank = x.shape.length): number =>
  axisOf(axis, rank) ??
  fail('InvalidArgument', {
    op,
    expected: rank === 0 ? 'no axis, for a scalar has none' : `an axis from ${String(-rank)} to ${String(rank - 1)}`,
    actual: `${String(axis)} for ${showAval(x)}`
  })

/** Counts axes from the front, each once, ascending; all axes where none are named. */
export const axesIn = (op: string, x: Aval, axes?: readonly number[], rank = x.shape.length): readonly number[] => {
  if (axes === undefined) return range(rank)
  const found = axes.map((axis) => axisIn(op, x, axis, rank))
  if (found.every((axis, i) => i === 0 || axis > found[i - 1]!)) return found
  if (new Set(found).size !== found.length)
    fail('InvalidArgument', {
      op,
      expected: 'distinct axes',
      actual: `[${axes.join(', ')}] for ${showAval(x)}`
    })
  return found.toSorted((a, b) => a - b)
}

export const extentOf = (shape: Shape, axis: number): number => shape[axis] ?? 1

/** Counts the elements that lie along the axes together. */
export const sizeAlong = (shape: Shape, axes: readonly number[]): number =>
  axes.reduce((size, axis) => size * extentOf(shape, axis), 1)

/** Returns the shape of a reduction: the extents of `axes` set to 1, or those axes left out. */
export const reducedShape = (shape: Shape, axes: readonly number[], keepDims: boolean): Shape =>
  keepDims
    ? shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent))
    : shape.filter((_, axis) => !axes.includes(axis))

/** Returns the permutation that takes axis `from` to place `to` and keeps the order of the others. */
export const moving = (rank: number, from: number, to: number): readonly number[] => {
  const others = range(rank).filter((axis) => axis !== from)
  return [...others.slice(0, to), from, ...others.slice(to)]
}
