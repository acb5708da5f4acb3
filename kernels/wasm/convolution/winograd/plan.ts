/**
 * Decides whether the fast algorithm suits a convolution, and how its work is cut. Everything follows from the shape alone.
 *
 * @category wasm
 */
import { convolutionFlops, outputSize } from '../shape.ts'
import type { Convolution } from '../shape.ts'
import { axisOf } from './axis.ts'
import type { Axis } from './axis.ts'
import { classesOf } from './layout.ts'
import type { PointClass } from './layout.ts'

/** Which of the three arrays is computed: y, x or w. */
export type Form = 'forward' | 'inputGradient' | 'filterGradient'

export interface WinogradPlan {
  readonly form: Form
  readonly axes: readonly [vertical: Axis, horizontal: Axis]
  readonly classes: readonly PointClass[]
  /** Rows of x's transform for each of its channels: one for each phase. */
  readonly phases: number
  /** Passes over parts of the images, or of the channels of x where the filter is computed, so that few bytes are needed at once. */
  readonly passes: number
  /** Of all products together. */
  readonly multiplyAdds: number
  /** Whether this is estimated to be faster than multiplying directly. */
  readonly pays: boolean
}

/** Bytes that the transformed x and y of one pass may take. */
const MOST_BYTES = 2 ** 23

/** Nanoseconds a multiply-add, and a vector of a transform. */
const PER_MULTIPLY_ADD = 1 / 22
const PER_VECTOR = 1.5

/** Counts tiles and images, in all matrices of points together. */
const columnsOf = (classes: readonly PointClass[], batch: number): number =>
  classes.reduce((sum, { points, tiles }) => sum + points * tiles[0] * tiles[1] * batch, 0)

const smallestDivisor = (value: number, least: number): number => {
  for (let divisor = Math.max(1, Math.ceil(least)); divisor < value; divisor++)
    if (value % divisor === 0) return divisor
  return value
}

/** Plans a convolution; undefined where the algorithm does not apply. */
export const planWinograd = (form: Form, shape: Convolution, mostBytes = MOST_BYTES): WinogradPlan | undefined => {
  const { groups, batch, inputs, outputs, size, kernel, stride, padding, dilation } = shape
  const [height, width] = outputSize(shape)
  if (groups !== 1 || batch % 4 !== 0 || dilation[0] !== 1 || dilation[1] !== 1) return undefined
  if (stride[0] !== stride[1] || stride[0] > 2 || (stride[0] === 1 && inputs % 4 !== 0)) return undefined
  const [vertical, horizontal] = [axisOf(height, kernel[0], stride[0]), axisOf(width, kernel[1], stride[1])]
  if (vertical === undefined || horizontal === undefined) return undefined
  const isCovered = (axis: 0 | 1, { reach }: Axis): boolean =>
    padding[axis][0] >= 0 && padding[axis][0] + size[axis] <= reach
  if (!isCovered(0, vertical) || !isCovered(1, horizontal)) return undefined
  const classes = classesOf(vertical, horizontal)
  const phases = stride[0] * stride[1]
  const columns = columnsOf(classes, batch)
  const multiplyAdds = columns * outputs * inputs * phases
  const points = classes.reduce((sum, own) => sum + own.points, 0)
  const vectors = (2 * columns * (inputs * phases + outputs) + points * outputs * inputs * phases) / 4
  const direct = (convolutionFlops(shape) / 2) * PER_MULTIPLY_ADD * 1.1
  const pays = multiplyAdds * PER_MULTIPLY_ADD + vectors * PER_VECTOR < direct * 0.95
  const tileBytes = columns * (inputs * phases + outputs) * 4
  const passes =
    form === 'filterGradient'
      ? smallestDivisor(inputs, (columns * inputs * phases * 4) / mostBytes)
      : smallestDivisor(batch / 4, tileBytes / mostBytes)
  return { form, axes: [vertical, horizontal], classes, phases, passes, multiplyAdds, pays }
}
