import { call } from '../program/call.ts'
import type { Primitive } from '../program/primitive.ts'
import { eigenvaluesOf } from './reference/eigen.ts'
import { squaredValues } from './reference/gram.ts'
import { householderOf, reflect } from './reference/householder.ts'
import { orthogonalize } from './reference/jacobi.ts'
import { ascendingOrder, mergeTies, tiedUnits } from './reference/order.ts'
import { matricesOf, requireMatrices, rowsFrom, times } from './rules/matrices.ts'
import { svd } from './svd.ts'

/**
 * Singular values, descending: [..., n] of A [..., m, n] with m >= n. In single precision they are roots of eigenvalues of A'A in
 * double precision, where A is not so ill-conditioned that this shows. Elsewhere, and in double precision, by the operations
 * of svd, so the same bits, without those that vectors take: Q is not multiplied out, and rotations are not gathered.
 *
 * With the vectors of svd: dd_i = u_i' dA v_i.
 */
export const singularValues: Primitive = {
  name: 'singularValues',
  shape: ([a]) => {
    requireMatrices('singularValues', a!, 'tall')
    return { shape: a!.shape.toSpliced(-2, 1), dtype: 'float32' }
  },
  expects: 'a matrix of finite numbers',
  evaluate: ([x]) => {
    const { count, rows: m, columns: n } = matricesOf(x!)
    const householder = householderOf(m, n)
    const { a, diagonal } = householder
    const eigen = eigenvaluesOf(n)
    const { a: b, d } = eigen
    const [order, places] = [new Int32Array(n), new Int32Array(n)]
    return ([values], y) => {
      const unit = y instanceof Float64Array ? 2 ** -52 : 2 ** -23
      for (let one = 0; one < count; one++) {
        const [from, to] = [one * m * n, one * n]
        for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) a[j * m + i] = values![from + i * n + j]!
        if (y instanceof Float64Array || !squaredValues(a, eigen, m, n)) {
          if (!reflect(householder, m, n, places)) {
            y.fill(NaN, to, to + n)
            continue
          }
          // The rows of R, in A's order of columns.
          b.fill(0)
          for (let j = 0; j < n; j++)
            for (let k = 0; k <= j; k++) b[k * n + places[j]!] = k < j ? a[j * m + k]! : diagonal[j]!
          orthogonalize(b, d, n)
        }
        for (let j = 0; j < n; j++) d[j] = -Math.sqrt(d[j]!)
        ascendingOrder(d, order, n)
        mergeTies(d, order, n, (first) => tiedUnits * unit * -first)
        for (let j = 0; j < n; j++) y[to + j] = d[order[j]!] === 0 ? 0 : -d[order[j]!]!
      }
    }
  },
  linearity: 'none',
  jvp: (o, [a], [da]) => {
    const { rows: m, columns: n } = matricesOf(a!)
    const packed = call(svd, {}, [a!])
    const [u, v] = [rowsFrom(o, packed, 1, m + 1), rowsFrom(o, packed, m + 1, m + n + 1)]
    return o.reduceSum(o.mul(u, times(o, o.instantiate(da!), v)), [a!.shape.length - 2])
  },
  batch: (_, [a]) => call(singularValues, {}, [a!]),
  lower: () => ({ kind: 'routine' })
}
