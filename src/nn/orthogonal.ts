import { div, mul, sub } from '../ops/arithmetic.ts'
import { concat, slice } from '../ops/assembly.ts'
import { matmul } from '../ops/matmul.ts'
import { norm } from '../ops/norm.ts'
import { reshape, transpose } from '../ops/shaping.ts'
import { normal } from '../random/normal.ts'
import type { None } from '../tensor/arguments.ts'
import { finite } from '../tensor/options.ts'
import { sizeOf } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { NamedInitializer } from './initializer.ts'
import { named } from './initializer.ts'

/**
 * Makes rows orthonormal one after the other (modified Gram-Schmidt), subtracting from each its part along those
 * before.
 */
const orthonormalRows = (matrix: Tensor): Tensor => {
  const [count = 0] = matrix.shape
  const done: Tensor[] = []
  let rest = matrix
  for (let left = count; left > 0; left--) {
    const first = slice(rest, { end: [1] })
    const q = div(first, norm(first))
    done.push(q)
    const others = slice(rest, { start: [1] })
    rest = sub(others, matmul(matmul(others, transpose(q)), q))
  }
  return concat(done)
}

/**
 * Samples an orthogonal matrix Q, uniform among all of them, times `gain`: the parameter's first axis are the rows,
 * the others together the columns, and whichever are fewer are orthonormal. BigGAN's choice.
 *
 * @formula gain Q, Q'Q = I or QQ' = I
 * @see Saxe, McClelland and Ganguli, Exact solutions to the nonlinear dynamics of learning in deep linear neural
 * networks (2014)
 *
 * @example
 * import { Init, Random, matmul, transpose } from 'saddlepoint'
 * const q = Init.orthogonal()(Random.key(0), [2, 5], { fanIn: 5, fanOut: 2 })
 * matmul(q, transpose(q)).data // => [1, 0, 0, 1]
 */
export const orthogonal = (gain = 1, ...more: None): NamedInitializer =>
  named('orthogonal', { options: { gain }, rules: { gain: finite }, more }, (key, shape) => {
    const rows = shape[0] ?? 1
    const columns = sizeOf(shape.slice(1))
    const isWide = rows <= columns
    const drawn = normal(key, isWide ? [rows, columns] : [columns, rows])
    const rowwise = orthonormalRows(drawn)
    return reshape(mul(isWide ? rowwise : transpose(rowwise), gain), shape)
  })
