import { fail } from '../tensor/error.ts'
import { showValue } from '../tensor/problem.ts'
import type { Rule } from '../tensor/options.ts'
import { requireTensor } from '../tensor/arguments.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { floating } from './operands.ts'
import { showAval } from '../tensor/tensor.ts'

/** Gives one number for both spatial axes, or [height, width]. */
export type Pair = number | readonly [number, number]
/**
 * Gives the zeros around an image: on all sides, [above and below, left and right], or [[above, below], [left, right]].
 */
export type Padding = Pair | readonly [readonly [number, number], readonly [number, number]]

const pairOfWholes = (least: number): Rule => ({
  expected: `a whole number from ${String(least)}, or two of them`,
  accepts: (x) => (Array.isArray(x) && x.length === 2 ? x : [x]).every((n) => Number.isInteger(n) && n >= least)
})
/** Accepts an option that is one number for both spatial axes, or [height, width]. */
export const pair: Rule = pairOfWholes(1)
export const pairOrZero: Rule = pairOfWholes(0)
export const padding: Rule = {
  expected: 'whole numbers from 0: one, [above and below, left and right], or [[above, below], [left, right]]',
  accepts: (x) => (Array.isArray(x) && x.length === 2 ? x : [x]).every(pairOrZero.accepts)
}

/** Reads the extents of a float32 image tensor [N, C, H, W], and fails for any other tensor. */
export const imageShape = (
  op: string,
  x: Tensor,
  more: readonly unknown[] = []
): readonly [number, number, number, number] => {
  const [n, c, h, w, ...rest] = floating(op, requireTensor(op, x), more).shape
  return n === undefined || c === undefined || h === undefined || w === undefined || rest.length > 0
    ? fail('ShapeMisfit', { op, expected: 'images [N, C, H, W]', actual: showAval(x) })
    : [n, c, h, w]
}

const checked = (op: string, name: string, values: readonly number[], least: number): void => {
  if (!values.every((n) => Number.isInteger(n) && n >= least))
    fail('InvalidArgument', {
      op,
      expected: `whole numbers from ${String(least)} as ${name}`,
      actual: showValue(values)
    })
}

/** Says a value for both axes, or takes them apart. */
const bothOf = <A>(x: A | readonly [A, A]): readonly [A, A] =>
  Array.isArray(x) && x.length === 2 ? (x as unknown as readonly [A, A]) : [x as A, x as A]

export const pairOf = (op: string, name: string, pair: Pair, least: number): readonly [number, number] => {
  const [h, w] = bothOf<number>(pair)
  checked(op, name, [h, w], least)
  return [h, w]
}

/** Writes a padding out as [[above, below], [left, right]]. */
export const paddingOf = (
  op: string,
  padding: Padding
): readonly [readonly [number, number], readonly [number, number]] => {
  const [h, w] = bothOf<number | readonly [number, number]>(padding)
  const [top, side] = [bothOf<number>(h), bothOf<number>(w)]
  checked(op, 'padding', [...top, ...side], 0)
  return [top, side]
}

/** Counts the places that a window of `kernel` elements, `dilation` apart, finds on a padded axis. */
export const placesOn = (extent: number, kernel: number, stride: number, padding: number, dilation = 1): number =>
  Math.floor((extent + padding - (dilation * (kernel - 1) + 1)) / stride) + 1
