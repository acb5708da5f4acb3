import { matmul } from '../ops/matmul.ts'
import { asRows, symmetrized, transposed } from '../primitives/rules/matrices.ts'
import { o } from '../primitives/vocabulary.ts'
import type { None } from '../tensor/arguments.ts'
import { requireFunction } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import { equalShapes, range } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { isTensor, showAval } from '../tensor/tensor.ts'
import { customJvp } from '../transform/customJvp.ts'
import { eigh } from './decompositions.ts'
import type { Elementwise } from './dividedDifference.ts'
import { dividedDifference } from './dividedDifference.ts'
import { lastExtent, squareIn } from './operands.ts'

/**
 * Computes f[w_i, w_j, ..., w_l], the divided difference of k + 1 eigenvalues w [..., n]: [..., n, n, ..., n], one axis for
 * each of them.
 */
const differences = (f: Elementwise, w: Tensor, k: number): Tensor => {
  const lead = range(w.shape.length - 1)
  const shape = [...w.shape.slice(0, -1), ...range(k + 1).map(() => lastExtent(w))]
  const along = (axis: number): Tensor => o.broadcastInDim(w, shape, [...lead, lead.length + axis])
  const of = range(k).reduce<Elementwise>((g, i) => (x) => dividedDifference(g)(x, along(i + 1)), f)
  return of(along(0))
}

/**
 * Computes the k-th derivative of A -> f(A) along E_1, ..., E_k, one order of them: with A = V diag(w) V' and
 * S = V' E V, V times the sum over all paths from i to l of f[w_i, w_j, ..., w_l] S1_ij S2_jk ..., times V'. Its own derivative
 * along dA has dA at each place among the others. Equal eigenvalues are nothing special in it.
 *
 * @see Daleckii and Krein, Integration and differentiation of functions of Hermitian operators (1965)
 */
const along = (f: Elementwise): ((a: Tensor, directions: readonly Tensor[]) => Tensor) => {
  const term: (a: Tensor, directions: readonly Tensor[]) => Tensor = customJvp(
    (a: Tensor, directions: readonly Tensor[]): Tensor => {
      const [w, v] = eigh(a)
      const [n, k, lead] = [lastExtent(w), directions.length, w.shape.length - 1]
      const turned = transposed(o, v)
      if (k === 0) return matmul(o.mul(v, asRows(o, f(w), n)), turned)
      const table = differences(f, w, k)
      const paths = directions.reduce((product, e, step) => {
        const s = matmul(turned, matmul(e, v))
        const places = [...range(lead), lead + step, lead + step + 1]
        return o.mul(product, o.broadcastInDim(s, table.shape, places))
      }, table)
      const between = range(k - 1).map((i) => lead + i + 1)
      return matmul(v, matmul(k === 1 ? paths : o.reduceSum(paths, between), turned))
    },
    ([a, directions], [da, moved]): Tensor => {
      const e = symmetrized(o, da)
      const insertions = range(directions.length + 1).map((place) => term(a, directions.toSpliced(place, 0, e)))
      const movements = moved.map((by, place) => term(a, directions.with(place, by)))
      return [...insertions, ...movements].reduce((sum, one) => o.add(sum, one))
    },
    {
      // The paths of the result close to rings, and begin anew behind the direction that is left out.
      transpose: ([a, directions], cotangent) => [
        a,
        directions.map((_, place) => {
          const ring = [...directions.slice(place + 1), transposed(o, cotangent), ...directions.slice(0, place)]
          return transposed(o, term(a, ring))
        })
      ]
    }
  )
  return term
}

/**
 * Computes f(A) = V diag(f(w)) V' of symmetric matrices A [..., n, n] with eigenvalues w and eigenvectors V: log, exp, a
 * power, whatever treats each number by itself. Its trace is the sum of f over the eigenvalues. The symmetric part of A is
 * read.
 *
 * Derivatives exist to any order and do not depend on the choice of a basis, so they are right where eigenvalues are equal,
 * too. Those of functions that are written by `eigh` are not always: no numbers w_i have linear derivatives that would make
 * the second derivative of sum w² right at equal ones. The k-th derivative calls f at n^(k + 1) 7^k numbers and
 * takes its derivatives there; f must be defined between the eigenvalues, and close over no value that is
 * differentiated. For functions of singular values, take A'A.
 *
 * @throws InvalidArgument outside of traces where a matrix is asymmetric beyond rounding or holds what is no finite number;
 * compiled, the result is NaN there; ShapeMisfit where f gives another shape than it is given
 *
 * @see Higham, Functions of matrices (2008), theorem 3.11
 *
 * @example
 * import { grad, log, matrixFunction, mul, sum, tensor } from 'saddlepoint'
 * import type { Tensor } from 'saddlepoint'
 * matrixFunction(log, tensor([[1, 0], [0, 1]])).data // => [0, 0, 0, 0]
 * const eye = tensor([[1, 0], [0, 1]])
 * const logdet = (a: Tensor) => sum(mul(matrixFunction(log, a), eye))
 * grad(logdet)(tensor([[2, 0], [0, 4]])).data // => [0.5, 0, 0, 0.25]
 */
export const matrixFunction = (f: Elementwise, a: Tensor, ...more: None): Tensor => {
  requireFunction('matrixFunction', f)
  const checked: Elementwise = (x) => {
    const y: unknown = f(x)
    return isTensor(y) && equalShapes(y.shape, x.shape) && y.dtype === 'float32'
      ? y
      : fail('ShapeMisfit', {
          op: 'matrixFunction',
          expected: `a function that treats each number by itself, here of ${showAval(x)}`,
          actual: isTensor(y) ? `a result ${showAval(y)}` : 'no tensor'
        })
  }
  return along(checked)(squareIn('matrixFunction', a, more), [])
}
