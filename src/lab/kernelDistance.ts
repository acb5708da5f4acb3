import type { None } from '../tensor/arguments.ts'
import { refuseMore } from '../tensor/arguments.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { Rows } from './rows.ts'
import { pairOfRows } from './rows.ts'

/** The sum of k(x_i, y_j) = (x_i'y_j / d + 1)³ over all pairs, those with i = j left out where the sets are one. */
const kernelSum = (x: Rows, y: Rows): number => {
  const d = x.width
  let sum = 0
  for (let i = 0; i < x.count; i++)
    for (let j = 0; j < y.count; j++) {
      if (x === y && i === j) continue
      let product = 0
      for (let k = 0; k < d; k++) product += x.data[i * d + k]! * y.data[j * d + k]!
      sum += (product / d + 1) ** 3
    }
  return sum
}

/**
 * Computes the kernel distance (KID): the unbiased estimate of the squared maximum mean discrepancy of features real [n, d]
 * and fake [m, d] under the cubic kernel (x'y/d + 1)³. Its mean does not depend on n and m, so it can be told from few
 * samples, and it may come out below 0 where the two are alike. Takes n m d multiplications. Throws ShapeMisfit or
 * InvalidArgument for other shapes, fewer than 2 rows, or a NaN.
 *
 * @see Binkowski et al., Demystifying MMD GANs (2018), section 4
 *
 * @example
 * import { Lab, tensor } from 'saddlepoint'
 * Lab.kernelDistance(tensor([[0], [1]]), tensor([[0], [3]])) // => -31.5
 */
export const kernelDistance = (real: Tensor, fake: Tensor, ...more: None): number => {
  refuseMore('kernelDistance', more)
  const [x, y] = pairOfRows('kernelDistance', real, fake)
  const [n, m] = [x.count, y.count]
  return kernelSum(x, x) / (n * (n - 1)) + kernelSum(y, y) / (m * (m - 1)) - (2 * kernelSum(x, y)) / (n * m)
}
