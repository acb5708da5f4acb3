import { o } from '../primitives/vocabulary.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { jvp } from '../transform/jvp.ts'

/** A function that treats each number by itself. */
export type Elementwise = (x: Tensor) => Tensor

const [inner, outer] = [Math.sqrt(1 / 12), Math.sqrt(3 / 20)]

/**
 * Places between x (0) and y (1), the weights of f' there by Gauss and Legendre's formula with three and with two points, and
 * that of f for the difference.
 */
const places: readonly (readonly [at: number, three: number, two: number, difference: number])[] = [
  [0, 0, 0, -1],
  [1, 0, 0, 1],
  [0.5 - inner, 0, 1 / 2, 0],
  [0.5 + inner, 0, 1 / 2, 0],
  [0.5 - outer, 5 / 18, 0, 0],
  [0.5, 4 / 9, 0, 0],
  [0.5 + outer, 5 / 18, 0, 0]
]

/** Sums over the leading axis with weights. */
const weighted = (weights: readonly number[], x: Tensor): Tensor => {
  const { shape } = x
  const column = o.concat(weights.map((weight) => o.full([1], weight)), 0) // prettier-ignore
  return o.reduceSum(o.mul(o.broadcastInDim(column, shape, [0]), x), [0])
}

/** Repeats x along new leading axes, up to a shape. */
const repeated = (x: Tensor, shape: readonly number[]): Tensor =>
  o.broadcastInDim(x, shape, [...x.shape.keys()].map((axis) => shape.length - x.shape.length + axis)) // prettier-ignore

/** Where two and three points of a quadrature differ by no more, relatively, three are good to 1e-9. */
const agreement = 1e-6

/**
 * Computes f[x, y] = (f(y) - f(x)) / (y - x) for each number of x and of y, whose shape is that of x or its last part, and f'(x)
 * where they are equal. Where they are close, as far as f' is concerned, it is the mean of f' between them, since a
 * difference would keep few digits. The result may be differentiated by both to any order, so f[x, y, z] is the divided
 * difference of f[., y] at x and z. Calls f once, at seven places between x and y, with an axis for them in front.
 *
 * @see Higham, Functions of matrices (2008), appendix B.16
 */
export const dividedDifference =
  (f: Elementwise) =>
  (x: Tensor, y: Tensor): Tensor => {
    const gap = o.sub(repeated(y, x.shape), x)
    const shape = [places.length, ...x.shape]
    const steps = o.concat(places.map(([at]) => o.full([1, ...x.shape], at)), 0) // prettier-ignore
    const points = o.add(repeated(x, shape), o.mul(repeated(gap, shape), steps))
    const [values, slopes] = jvp(f, [points], [o.full(shape, 1)])
    const [three, two] = [weighted(places.map((place) => place[1]), slopes), weighted(places.map((place) => place[2]), slopes)] // prettier-ignore
    const isClose = o.compare(o.abs(o.sub(two, three)), o.mul(o.abs(three), agreement), 'le')
    const difference = weighted(places.map((place) => place[3]), values) // prettier-ignore
    return o.select(isClose, three, o.div(difference, o.select(isClose, 1, gap)))
  }
