import { call } from '../program/call.ts'
import type { Primitive } from '../program/primitive.ts'
import { range } from '../tensor/shape.ts'
import { decompose, eigenOf } from './reference/eigen.ts'
import { ascendingOrder, mergeTies, signOf, tiedUnits } from './reference/order.ts'
import { readSymmetric } from './reference/symmetric.ts'
import {
  asColumns,
  asRows,
  diagonalOf,
  inverseOrZero,
  matricesOf,
  requireMatrices,
  rowsFrom,
  symmetrized,
  times,
  transposedTimes
} from './rules/matrices.ts'

/**
 * Eigenvalues, ascending, above the eigenvectors, as columns: [..., n + 1, n] of symmetric A [..., n, n], A V = V diag(w). A
 * vector's first element of nine tenths of its largest at least is positive. Eigenvalues that rounding cannot tell apart are
 * equal. The symmetric part of A is read, so derivatives are symmetric; an asymmetric matrix gives NaN throughout.
 *
 * With S = V' dA V: dw = diag(S), dV = V (F ∘ S), F_ij = 1 / (w_j - w_i), and 0 where the two are equal: what depends on
 * the choice of a basis there is held, and derivatives are finite.
 */
export const eigh: Primitive = {
  name: 'eigh',
  shape: ([a]) => {
    requireMatrices('eigh', a!, 'square')
    return { shape: a!.shape.with(-2, a!.shape.at(-1)! + 1), dtype: 'float32' }
  },
  expects: 'a symmetric matrix of finite numbers',
  evaluate: ([a]) => {
    const { count, rows: n } = matricesOf(a!)
    const eigen = eigenOf(n)
    const { v, d } = eigen
    const order = new Int32Array(n)
    return ([x], y) => {
      const unit = y instanceof Float64Array ? 2 ** -52 : 2 ** -23
      for (let one = 0; one < count; one++) {
        const to = one * (n + 1) * n
        if (!(readSymmetric(x!, one * n * n, n, eigen.a) && decompose(eigen, n))) {
          y.fill(NaN, to, to + (n + 1) * n)
          continue
        }
        ascendingOrder(d, order, n)
        const largest = n === 0 ? 0 : Math.max(Math.abs(d[order[0]!]!), Math.abs(d[order[n - 1]!]!))
        mergeTies(d, order, n, () => tiedUnits * unit * largest)
        for (let j = 0; j < n; j++) {
          const row = order[j]!
          const sign = signOf(v, row * n, n)
          y[to + j] = d[row]!
          for (let i = 0; i < n; i++) y[to + (i + 1) * n + j] = sign * v[row * n + i]!
        }
      }
    }
  },
  linearity: 'none',
  jvp: (o, _, [da], packed) => {
    const n = packed.shape.at(-1)!
    const leading = range(packed.shape.length - 2)
    const values = o.reshape(rowsFrom(o, packed, 0, 1), [...leading.map((axis) => packed.shape[axis]!), n])
    const vectors = rowsFrom(o, packed, 1, n + 1)
    const moved = transposedTimes(o, vectors, times(o, symmetrized(o, o.instantiate(da!)), vectors))
    const gaps = inverseOrZero(o, o.sub(asRows(o, values, n), asColumns(o, values, n)))
    const top = o.reshape(diagonalOf(o, moved), rowsFrom(o, packed, 0, 1).shape)
    return o.concat([top, times(o, vectors, o.mul(gaps, moved))], leading.length)
  },
  batch: (_, [a]) => call(eigh, {}, [a!]),
  lower: () => ({ kind: 'routine' })
}
