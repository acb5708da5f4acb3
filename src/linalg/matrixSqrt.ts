import { matmul } from '../ops/matmul.ts'
import { asColumns, asRows, inverseOrZero, transposed } from '../primitives/rules/matrices.ts'
import { o } from '../primitives/vocabulary.ts'
import { isNode } from '../program/node.ts'
import type { None } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { showAval } from '../tensor/tensor.ts'
import { customJvp } from '../transform/customJvp.ts'
import { eigh } from './decompositions.ts'
import { lastExtent, squareIn } from './operands.ts'

/**
 * Solves X Y + Y X = B for Y, X symmetric and not negative; what X does not reach is 0. From the equation follows
 * X dY + dY X = dB - dX Y - Y dX: no difference of eigenvalues is divided by, and equal ones are nothing special. (Rules call
 * the function again for its result, so that second derivatives go by the rule, too.)
 */
const sylvester: (x: Tensor, b: Tensor) => Tensor = /* @__PURE__ */ customJvp(
  (x: Tensor, b: Tensor): Tensor => {
    const [values, vectors] = eigh(x)
    const n = lastExtent(values)
    const weights = inverseOrZero(o, o.add(asRows(o, values, n), asColumns(o, values, n)))
    const inside = o.mul(matmul(transposed(o, vectors), matmul(b, vectors)), weights)
    return matmul(vectors, matmul(inside, transposed(o, vectors)))
  },
  ([x, b], [dx, db]): Tensor => {
    const y = sylvester(x, b)
    return sylvester(x, o.sub(db, o.add(matmul(dx, y), matmul(y, dx))))
  },
  // X being symmetric.
  { transpose: ([x], dy) => [x, sylvester(x, dy)] }
)

/** An eigenvalue that is no more than this below 0, relative to the largest, is one of 0 that was rounded. */
const rounded = 1e-5

/** X X = A, so X dX + dX X = dA. */
const root: (a: Tensor) => Tensor = /* @__PURE__ */ customJvp(
  (a: Tensor): Tensor => {
    const [values, vectors] = eigh(a)
    const [size, n] = [values.shape.length, lastExtent(values)]
    const least = o.mul(o.reduceMax(o.abs(values), [size - 1]), -rounded)
    const limit = o.broadcastInDim(least, values.shape, [...least.shape.keys()])
    const roots = o.sqrt(o.select(o.compare(values, limit, 'lt'), values, o.max(values, 0)))
    return matmul(o.mul(vectors, asRows(o, roots, n)), transposed(o, vectors))
  },
  ([a], [da]): Tensor => sylvester(root(a), o.mul(o.add(da, transposed(o, da)), 0.5))
)

/**
 * Computes the symmetric square root X of symmetric matrices [..., n, n] without negative eigenvalues: X X = A, X not
 * negative either. Its derivative solves X dX + dX X = dA, to any order, so that equal eigenvalues are nothing special; where
 * A is singular, it has none in the directions that A does not reach, and they count as 0. The symmetric part of A is read.
 *
 * @throws InvalidArgument outside of traces where an eigenvalue is negative beyond rounding (1e-5 of the largest), or a
 * matrix asymmetric beyond rounding or not of finite numbers; compiled, the result is NaN there
 *
 * @example
 * import { matrixSqrt, tensor } from 'saddlepoint'
 * matrixSqrt(tensor([[4, 0], [0, 9]])).data // => [2, 0, 0, 3]
 */
export const matrixSqrt = (a: Tensor, ...more: None): Tensor => {
  const x = root(squareIn('matrixSqrt', a, more))
  if (!isNode(x) && x.data.some(Number.isNaN))
    fail('InvalidArgument', {
      op: 'matrixSqrt',
      expected: 'symmetric matrices without negative eigenvalues',
      actual: `${showAval(a)} with another one`
    })
  return x
}
