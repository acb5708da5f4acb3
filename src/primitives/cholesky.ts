import { call } from '../program/call.ts'
import type { Primitive } from '../program/primitive.ts'
import type { Vocabulary } from '../program/vocabulary.ts'
import type { Shape } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { factor } from './reference/factor.ts'
import { readSymmetric } from './reference/symmetric.ts'
import { marks, matricesOf, requireMatrices, symmetrized, times, transposed } from './rules/matrices.ts'
import { solveTriangular } from './triangularSolve.ts'

/** The weights of Φ: 1 below the diagonal, 1/2 on it, 0 above. */
const lowerHalf = (o: Vocabulary, shape: Shape): Tensor =>
  o.select(marks(o, shape, 'eq'), 0.5, o.convert(marks(o, shape, 'gt'), 'float32'))

/**
 * L, lower triangular with a positive diagonal, such that A = L L'. A is symmetric and positive definite; a matrix that is
 * not gives NaN throughout. The symmetric part of A is read, so derivatives are symmetric.
 *
 * dL = L Φ(L⁻¹ dA L⁻ᵀ), where Φ takes the lower triangle with half of the diagonal (Murray 2016, arXiv:1602.07527).
 */
export const cholesky: Primitive = {
  name: 'cholesky',
  shape: ([a]) => {
    requireMatrices('cholesky', a!, 'square')
    return { shape: a!.shape, dtype: 'float32' }
  },
  expects: 'a symmetric positive definite matrix of finite numbers',
  evaluate: ([a]) => {
    const { count, rows: n } = matricesOf(a!)
    const w = new Float64Array(n * n)
    return ([x], y) => {
      for (let at = 0; at < count * n * n; at += n * n) {
        const fits = readSymmetric(x!, at, n, w) && factor(w, n)
        for (let i = 0; i < n; i++)
          for (let j = 0; j < n; j++) y[at + i * n + j] = !fits ? NaN : j > i ? 0 : w[i * n + j]!
      }
    }
  },
  linearity: 'none',
  jvp: (o, _, [da], l) => {
    const half = solveTriangular(o, l, symmetrized(o, o.instantiate(da!)), { lower: true, transposed: false })
    const whole = solveTriangular(o, l, transposed(o, half), { lower: true, transposed: false })
    return times(o, l, o.mul(whole, lowerHalf(o, l.shape)))
  },
  batch: (_, [a]) => call(cholesky, {}, [a!]),
  lower: () => ({ kind: 'routine' })
}
