import { call } from '../program/call.ts'
import type { Primitive } from '../program/primitive.ts'
import { applyQ, householderOf, reflect } from './reference/householder.ts'
import { kept, matricesOf, requireMatrices, rowsFrom, times, transposed, transposedTimes } from './rules/matrices.ts'
import { solveTriangular } from './triangularSolve.ts'

/**
 * Q, with orthonormal columns, above R, upper triangular with a diagonal that is not negative: [..., m + n, n] of A
 * [..., m, n] with m >= n, A = Q R. Where a column lies in the span of those before up to rounding, the diagonal of R is 0,
 * and derivatives are not finite.
 *
 * With C = dA R⁻¹ and the upper triangular W of Q' C = W + Ω, Ω antisymmetric: dR = W R, dQ = C - Q W.
 */
export const qr: Primitive = {
  name: 'qr',
  shape: ([a]) => {
    requireMatrices('qr', a!, 'tall')
    const { rows: m, columns: n } = matricesOf(a!)
    return { shape: a!.shape.with(-2, m + n), dtype: 'float32' }
  },
  expects: 'a matrix of finite numbers',
  evaluate: ([x]) => {
    const { count, rows: m, columns: n } = matricesOf(x!)
    const householder = householderOf(m, n)
    const { a, diagonal } = householder
    const column = new Float64Array(m)
    return ([values], y) => {
      for (let one = 0; one < count; one++) {
        const [from, to] = [one * m * n, one * (m + n) * n]
        for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) a[j * m + i] = values![from + i * n + j]!
        if (!reflect(householder, m, n)) {
          y.fill(NaN, to, to + (m + n) * n)
          continue
        }
        for (let k = 0; k < n; k++) {
          const sign = diagonal[k]! < 0 ? -1 : 1
          column.fill(0)
          column[k] = sign
          applyQ(householder, column, 0, m, n)
          for (let i = 0; i < m; i++) y[to + i * n + k] = column[i]!
          for (let j = 0; j < n; j++)
            y[to + (m + k) * n + j] = j < k ? 0 : sign * (j === k ? diagonal[k]! : a[j * m + k]!)
        }
      }
    }
  },
  linearity: 'none',
  jvp: (o, [a], [da], packed) => {
    const { rows: m, columns: n } = matricesOf(a!)
    const [q, r] = [rowsFrom(o, packed, 0, m), rowsFrom(o, packed, m, m + n)]
    const moved = transposed(o, o.instantiate(da!))
    const c = transposed(o, solveTriangular(o, r, moved, { lower: false, transposed: true }))
    const inside = transposedTimes(o, q, c)
    const w = o.add(kept(o, inside, 'le'), transposed(o, kept(o, inside, 'gt')))
    return o.concat([o.sub(c, times(o, q, w)), times(o, w, r)], packed.shape.length - 2)
  },
  batch: (_, [a]) => call(qr, {}, [a!]),
  lower: () => ({ kind: 'routine' })
}
