import { call } from '../program/call.ts'
import type { Primitive } from '../program/primitive.ts'
import type { Vocabulary } from '../program/vocabulary.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { applyQ, householderOf, reflect } from './reference/householder.ts'
import { normalize, orthogonalize } from './reference/jacobi.ts'
import { ascendingOrder, mergeTies, signOf, tiedUnits } from './reference/order.ts'
import {
  asColumns,
  asRows,
  diagonalOf,
  inverseOrZero,
  matricesOf,
  requireMatrices,
  rowsFrom,
  times,
  transposed,
  transposedTimes
} from './rules/matrices.ts'

/** Takes apart what lies one above the other in the result. */
const partsOf = (o: Vocabulary, packed: Tensor, m: number, n: number): Readonly<Record<'d' | 'u' | 'v', Tensor>> => {
  const row = rowsFrom(o, packed, 0, 1)
  return {
    d: o.reshape(row, [...row.shape.slice(0, -2), n]),
    u: rowsFrom(o, packed, 1, m + 1),
    v: rowsFrom(o, packed, m + 1, m + n + 1)
  }
}

/**
 * Singular values, descending, above the left and then the right singular vectors, as columns: [..., 1 + m + n, n] of A
 * [..., m, n] with m >= n, A = U diag(d) V'. By QR with pivots and one-sided Jacobi, so that small singular values are as precise as A
 * has them: A' A is not formed. Signs and ties as in eigh, by V.
 *
 * With P = U' dA V: dd = diag(P), dU = U (X + Y) / 2 + (1 - U U') dA V D⁻¹, dV = V (X - Y) / 2, where
 * X_ij = (P_ij + P_ji) / (d_j - d_i) and Y_ij = (P_ij - P_ji) / (d_j + d_i); what would divide by 0 is 0. At equal values, whose
 * vectors are one basis among many, X is what depends on the choice; Y turns U against V, which U V' sees.
 */
export const svd: Primitive = {
  name: 'svd',
  shape: ([a]) => {
    requireMatrices('svd', a!, 'tall')
    const { rows: m, columns: n } = matricesOf(a!)
    return { shape: a!.shape.with(-2, 1 + m + n), dtype: 'float32' }
  },
  expects: 'a matrix of finite numbers',
  evaluate: ([x]) => {
    const { count, rows: m, columns: n } = matricesOf(x!)
    const householder = householderOf(m, n)
    const { a, diagonal } = householder
    const [b, w, d] = [new Float64Array(n * n), new Float64Array(n * n), new Float64Array(n)]
    const [column, order, places] = [new Float64Array(m), new Int32Array(n), new Int32Array(n)]
    return ([values], y) => {
      const unit = y instanceof Float64Array ? 2 ** -52 : 2 ** -23
      for (let one = 0; one < count; one++) {
        const [from, to] = [one * m * n, one * (1 + m + n) * n]
        for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) a[j * m + i] = values![from + i * n + j]!
        if (!reflect(householder, m, n, places)) {
          y.fill(NaN, to, to + (1 + m + n) * n)
          continue
        }
        // The rows of R, in A's order of columns.
        b.fill(0)
        for (let j = 0; j < n; j++)
          for (let k = 0; k <= j; k++) b[k * n + places[j]!] = k < j ? a[j * m + k]! : diagonal[j]!
        orthogonalize(b, d, n, w)
        normalize(b, d, n)
        for (let j = 0; j < n; j++) d[j] = -d[j]!
        ascendingOrder(d, order, n)
        mergeTies(d, order, n, (first) => tiedUnits * unit * -first)
        for (let j = 0; j < n; j++) {
          const row = order[j]!
          const sign = signOf(b, row * n, n)
          column.fill(0)
          for (let i = 0; i < n; i++) column[i] = sign * w[row * n + i]!
          applyQ(householder, column, 0, m, n)
          y[to + j] = d[row] === 0 ? 0 : -d[row]!
          for (let i = 0; i < m; i++) y[to + (1 + i) * n + j] = column[i]!
          for (let i = 0; i < n; i++) y[to + (1 + m + i) * n + j] = sign * b[row * n + i]!
        }
      }
    }
  },
  linearity: 'none',
  jvp: (o, [a], [da], packed) => {
    const { rows: m, columns: n } = matricesOf(a!)
    const { d, u, v } = partsOf(o, packed, m, n)
    const along = times(o, o.instantiate(da!), v)
    const p = transposedTimes(o, u, along)
    const [left, right, turned] = [asColumns(o, d, n), asRows(o, d, n), transposed(o, p)]
    const apart = o.mul(o.add(p, turned), inverseOrZero(o, o.sub(right, left)))
    const about = o.mul(o.sub(p, turned), inverseOrZero(o, o.add(right, left)))
    const du = times(o, u, o.mul(o.add(apart, about), 0.5))
    const dv = times(o, v, o.mul(o.sub(apart, about), 0.5))
    const outside = o.mul(o.sub(along, times(o, u, p)), asRows(o, inverseOrZero(o, d), m))
    const top = o.reshape(diagonalOf(o, p), rowsFrom(o, packed, 0, 1).shape)
    return o.concat([top, m === n ? du : o.add(du, outside), dv], packed.shape.length - 2)
  },
  batch: (_, [a]) => call(svd, {}, [a!]),
  lower: () => ({ kind: 'routine' })
}
