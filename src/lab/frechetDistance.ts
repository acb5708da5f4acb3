import type { None } from '../tensor/arguments.ts'
import { refuseMore } from '../tensor/arguments.ts'
import { householderOf, reflect } from '../primitives/reference/householder.ts'
import { dot } from '../primitives/reference/vectors.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { Rows } from './rows.ts'
import { meanOf, pairOfRows } from './rows.ts'
import { singularValues } from './singularValues.ts'

/** A root A of a covariance C = A'A, of `rank` rows and as many columns as features. */
interface Root {
  readonly rank: number
  readonly data: Float64Array
}

/**
 * A root of the unbiased covariance of rows: the centred rows over sqrt(n - 1), or where there are more rows than features
 * the R of their QR, so that C itself, with half the digits of its small eigenvalues, is never formed.
 */
const rootOf = ({ count, width, data }: Rows, mean: Float64Array): Root => {
  const scale = 1 / Math.sqrt(count - 1)
  if (count <= width) return { rank: count, data: data.map((value, i) => (value - mean[i % width]!) * scale) }
  const factors = householderOf(count, width)
  for (let j = 0; j < width; j++)
    for (let i = 0; i < count; i++) factors.a[j * count + i] = (data[i * width + j]! - mean[j]!) * scale
  reflect(factors, count, width)
  const root = new Float64Array(width * width)
  for (let j = 0; j < width; j++) {
    for (let i = 0; i < j; i++) root[i * width + j] = factors.a[j * count + i]!
    root[j * width + j] = factors.diagonal[j]!
  }
  return { rank: width, data: root }
}

/** The sum of the singular values of A B'. */
const nuclearNorm = (a: Root, b: Root, width: number): number => {
  const product = new Float64Array(a.rank * b.rank)
  for (let i = 0; i < a.rank; i++)
    for (let j = 0; j < b.rank; j++) product[i * b.rank + j] = dot(a.data, i * width, b.data, j * width, width)
  return singularValues(product, [a.rank, b.rank]).reduce((sum, s) => sum + s, 0)
}

/**
 * Computes the Fréchet distance (FID where the features are Inception's) of two sets of features real [n, d] and fake
 * [m, d], |m1 - m2|² + tr(C1 + C2 - 2 (C1^½ C2 C1^½)^½), with unbiased covariances, in double precision. Nothing is added to
 * the diagonals: the last trace is the sum of the singular values of A1 A2', C = A'A, which exists for singular covariances,
 * too. With fewer samples than features the distance is far too large, and it falls with n: compare figures of one n, at
 * best of 10,000 or more. Takes 2 n d² operations. Throws ShapeMisfit or InvalidArgument for other shapes, fewer than 2
 * rows, or a NaN.
 *
 * @see Heusel et al., GANs trained by a two time-scale update rule (2017), equation 6
 *
 * @example
 * import { Lab, tensor } from 'saddlepoint'
 * const real = tensor([[0, 0], [0, 2], [2, 0], [2, 2]])
 * Lab.frechetDistance(real, tensor([[3, 0], [3, 2], [5, 0], [5, 2]])).toFixed(6) // => '9.000000'
 */
export const frechetDistance = (real: Tensor, fake: Tensor, ...more: None): number => {
  refuseMore('frechetDistance', more)
  const [x, y] = pairOfRows('frechetDistance', real, fake)
  const [m1, m2] = [meanOf(x), meanOf(y)]
  const [a, b] = [rootOf(x, m1), rootOf(y, m2)]
  const apart = m1.reduce((sum, mean, i) => sum + (mean - m2[i]!) ** 2, 0)
  const trace = (root: Root): number => dot(root.data, 0, root.data, 0, root.data.length)
  return Math.max(0, apart + trace(a) + trace(b) - 2 * nuclearNorm(a, b, x.width))
}
