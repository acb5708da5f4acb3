/** What no single reference value says: equal eigenvalues, small singular values, and how far precision reaches. */
import { describe, expect, it } from 'vitest'
import { cholesky, eigh, qr, singularValues, svd } from '../../src/linalg/decompositions.ts'
import { matrixSqrt } from '../../src/linalg/matrixSqrt.ts'
import { inverse, logdet, solve } from '../../src/linalg/solve.ts'
import { mul, sub } from '../../src/ops/arithmetic.ts'
import { exp, log } from '../../src/ops/elementary.ts'
import { matmul } from '../../src/ops/matmul.ts'
import { reduceMax, reduceMin, sum } from '../../src/ops/reduction.ts'
import { transpose } from '../../src/ops/shaping.ts'
import { errorAgainst } from '../../src/tensor/compare.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { compile } from '../../src/transform/compile.ts'
import { evaluate } from '../../src/transform/evaluate.ts'
import { grad } from '../../src/transform/grad.ts'
import { hvp } from '../../src/transform/hvp.ts'
import { jvp } from '../../src/transform/jvp.ts'
import { drawsFrom, drawTensor } from '../support/draws.ts'

const matrix = (...rows: readonly (readonly number[])[]): Tensor => ({
  shape: [rows.length, rows[0]!.length],
  dtype: 'float32',
  data: new Float64Array(rows.flat())
})
const diagonal = (...values: readonly number[]): Tensor =>
  matrix(...values.map((value, i) => values.map((_, j) => (i === j ? value : 0))))

const random = (shape: readonly number[], seed: number): Tensor => {
  const d = drawsFrom(seed)
  return drawTensor(shape, () => d.real(-1, 1))
}

/** Orthonormal columns. */
const orthonormal = (m: number, n: number, seed: number): Tensor => qr(random([m, n], seed))[0]

const expectNear = (actual: Tensor, expected: ArrayLike<number>, tolerance: number): void => {
  expect(errorAgainst(actual.data, expected)).toBeLessThanOrEqual(tolerance)
}

/** An asymmetric direction, so that derivatives that were not symmetrized would show. */
const direction = (n: number): Tensor => random([n, n], 31)

describe('at equal eigenvalues', () => {
  const q = orthonormal(4, 4, 3)
  const twins = matmul(mul(q, matrix([1, 2, 2, 5])), transpose(q))
  const identity = diagonal(1, 1, 1)
  const eigenvalues = (a: Tensor): Tensor => eigh(a)[0]
  const symmetricFunctions = {
    sum: [(a: Tensor) => sum(eigenvalues(a)), () => diagonal(1, 1, 1, 1)],
    'log det': [(a: Tensor) => sum(log(eigenvalues(a))), (a: Tensor) => inverse(a)],
    'sum of squares': [(a: Tensor) => sum(mul(eigenvalues(a), eigenvalues(a))), (a: Tensor) => mul(a, 2)],
    'trace of the exponential': [
      (a: Tensor) => sum(exp(eigenvalues(a))),
      (a: Tensor) => {
        const [w, v] = eigh(a)
        return matmul(mul(v, exp(w)), transpose(v))
      }
    ]
  } as const

  it('they come out equal', () => {
    const [values] = eigh(twins)
    expect(values.data[1]).toBe(values.data[2])
    expectNear(values, [1, 2, 2, 5], 1e-14)
  })

  it.each(Object.entries(symmetricFunctions))('the gradient of the %s is right', (_, [f, expected]) => {
    expectNear(grad(f)(twins), expected(twins).data, 1e-13)
  })

  it('the sum of a pair has a gradient that does not depend on the basis, as the quotient of the others has', () => {
    const pair = (a: Tensor): Tensor => sum(mul(eigenvalues(a), matrix([0, 1, 1, 0])))
    const columns = (places: number[]): Tensor => matmul(mul(q, matrix([0, 1, 2, 3].map((i) => (places.includes(i) ? 1 : 0)))), transpose(q)) // prettier-ignore
    expectNear(grad(pair)(twins), columns([1, 2]).data, 1e-13)
    const spread = (a: Tensor): Tensor => sub(log(reduceMax(eigenvalues(a))), log(reduceMin(eigenvalues(a))))
    expectNear(grad(spread)(twins), sub(mul(columns([3]), 1 / 5), columns([0])).data, 1e-13)
  })

  it('the second derivative of the trace is 0, and of other functions finite', () => {
    const moved = direction(4)
    expectNear(hvp((a: Tensor) => sum(eigenvalues(a)))(twins, moved), new Array(16).fill(0), 1e-12)
    for (const [f] of Object.values(symmetricFunctions))
      expect(hvp(f)(twins, moved).data.every((x) => Number.isFinite(x) && Math.abs(x) < 1e3)).toBe(true)
  })

  it('derivatives at the identity are finite', () => {
    const [, tangents] = jvp((a: Tensor) => eigh(a), [identity], [direction(3)])
    for (const { data } of tangents) expect(data.every(Number.isFinite)).toBe(true)
    const [, ofSvd] = jvp((a: Tensor) => svd(a), [identity], [direction(3)])
    for (const { data } of ofSvd) expect(data.every(Number.isFinite)).toBe(true)
  })

  it('the sum of singular values has its gradient U V', () => {
    const a = mul(orthonormal(5, 3, 8), 2)
    expectNear(grad((x: Tensor) => sum(singularValues(x)))(a), mul(a, 0.5).data, 1e-13)
  })

  it('U V and its derivative do not see which basis was taken, nor does the second derivative of the sum', () => {
    const [a, e, w] = [mul(orthonormal(5, 3, 8), 2), random([5, 3], 9), random([5, 3], 10)]
    const polar = (x: Tensor): Tensor => {
      const [left, , right] = svd(x)
      return matmul(left, transpose(right))
    }
    // A (A'A)^(-1/2), by functions that have no ties.
    const byRoot = (x: Tensor): Tensor => matmul(x, inverse(matrixSqrt(matmul(transpose(x), x))))
    const [turned, expected] = [polar, byRoot].map((f) => jvp(f, [a], [e])[1])
    expectNear(turned!, expected!.data, 1e-12)
    expectNear(hvp((x: Tensor) => sum(singularValues(x)))(a, e), expected!.data, 1e-12)
    const gradient = (f: (x: Tensor) => Tensor): Tensor => grad((x: Tensor) => sum(mul(f(x), w)))(a)
    expectNear(gradient(polar), gradient(byRoot).data, 1e-12)
  })

  it('the square root is differentiated as if they were not, to second order', () => {
    // X = I + E / 2 - E E / 8 + ... for A = I + E.
    const e = mul(direction(3), 1)
    const symmetric = mul(matmul(matrix([1, 0, 0], [0, 1, 0], [0, 0, 1]), sub(e, mul(transpose(e), -1))), 0.5)
    const [x, dx] = jvp((a: Tensor) => matrixSqrt(a), [identity], [e])
    expectNear(x, identity.data, 1e-14)
    expectNear(dx, mul(symmetric, 0.5).data, 1e-13)
    const second = jvp((a: Tensor) => jvp((b: Tensor) => matrixSqrt(b), [a], [e])[1], [identity], [e])[1]
    expectNear(second, mul(matmul(symmetric, symmetric), -0.25).data, 1e-13)
    // In reverse mode: the trace of X has the second derivative -E / 4 along E.
    const trace = (a: Tensor): Tensor => sum(mul(matrixSqrt(a), identity))
    expectNear(hvp(trace)(identity, e), mul(symmetric, -0.25).data, 1e-13)
  })
})

describe('singular values', () => {
  const spectrum = [1, 1e-2, 1e-4, 1e-5, 1e-6]
  const u = orthonormal(40, 5, 5)
  const v = orthonormal(5, 5, 6)
  const a = matmul(mul(u, matrix(spectrum)), transpose(v))

  it('are precise down to the smallest in double precision', () => {
    singularValues(a).data.forEach((value, i) => expect(Math.abs(value / spectrum[i]! - 1)).toBeLessThan(1e-9))
    const few = matmul(mul(orthonormal(40, 5, 5), matrix([1, 0.3, 1e-2, 1e-3, 1e-4])), transpose(v))
    expect(Math.abs(singularValues(few).data[4]! / 1e-4 - 1)).toBeLessThan(1e-11)
  })
  it('of columns that are scaled are as precise as if they were not', () => {
    const well = random([6, 3], 12)
    const scaledBy = (s: readonly number[]): readonly number[] => [...singularValues(mul(well, matrix(s))).data]
    const [one, two] = [scaledBy([1, 1e-12, 1e-20]), scaledBy([1, 1e-12, 1e-30])]
    expect(Math.abs(one[2]! / two[2]! / 1e10 - 1)).toBeLessThan(1e-12)
  })
  it('are precise to a millionth of the largest in single precision', () => {
    const single = { ...a, data: Float32Array.from(a.data) }
    singularValues(single).data.forEach((value, i) => expect(Math.abs(value - spectrum[i]!)).toBeLessThan(1e-6))
  })
  it.each([1, 30, 1e3, 4e3, 5e3, 1e5, 1e7])(
    'are right to rounding in single precision, whatever the condition: %d',
    async (condition) => {
      const n = 6
      const values = Array.from({ length: n }, (_, i) => condition ** (-i / (n - 1)))
      const wide = matmul(mul(orthonormal(40, n, 5), matrix(values)), transpose(orthonormal(n, n, 6)))
      const single: Tensor = { ...wide, data: Float32Array.from(wide.data) }
      const exact = singularValues({ ...single, data: Float64Array.from(single.data) })
      for (const found of [singularValues(single), await compile(singularValues, { engine: 'wasm' })(single)])
        found.data.forEach((s, i) => expect(Math.abs(s / exact.data[i]! - 1)).toBeLessThan(2 ** -23))
    }
  )
  it('that are 0 leave orthonormal vectors', () => {
    for (const x of [matrix([1, 2], [2, 4], [0, 0]), matrix([0, 0], [0, 0], [0, 0]), matrix([0, 1], [0, 0], [0, 2])]) {
      const [left, s, right] = svd(x)
      expectNear(matmul(transpose(left), left), [1, 0, 0, 1], 1e-14)
      expectNear(matmul(transpose(right), right), [1, 0, 0, 1], 1e-14)
      expectNear(matmul(mul(left, s), transpose(right)), x.data, 1e-14)
      expect(s.data[1]).toBeLessThan(1e-15)
    }
  })
})

describe('of matrices whose columns depend on one another', () => {
  const low = matmul(random([30, 6], 3), random([6, 30], 5))
  const hilbert = matrix(
    ...Array.from({ length: 30 }, (_, i) => Array.from({ length: 30 }, (__, j) => 1 / (i + j + 1)))
  )

  it.each([
    ['rank 6 of 30', low, 6],
    ["Hilbert's matrix, of which rounding leaves 15", hilbert, 15]
  ])('the vectors are orthonormal: %s', (_, a, rank) => {
    const [u, s, v] = svd(a)
    const eye = diagonal(...new Array<number>(30).fill(1)).data
    expectNear(matmul(transpose(u), u), eye, 1e-13)
    expectNear(matmul(transpose(v), v), eye, 1e-13)
    expectNear(matmul(mul(u, s), transpose(v)), a.data, 1e-13)
    expect(s.data.filter((x) => x > 0)).toHaveLength(rank)
  })
})

describe('factors of larger matrices multiply back', () => {
  const n = 40
  const x = random([2, n, n], 21)
  const t = transpose(x, [0, 2, 1])
  const eye = [0, 1].flatMap(() => [...diagonal(...new Array<number>(n).fill(1)).data])

  it('eigh', () => {
    const a = sub(x, mul(t, -1))
    const [w, v] = eigh(a)
    const rows = { ...w, shape: [2, 1, n] }
    expectNear(matmul(mul(v, rows), transpose(v, [0, 2, 1])), a.data, 1e-13)
    expectNear(matmul(transpose(v, [0, 2, 1]), v), eye, 1e-13)
    expect([...w.data.subarray(0, n)]).toEqual([...w.data.subarray(0, n)].toSorted((p, q) => p - q))
  })
  it('qr and svd', () => {
    const [q, r] = qr(x)
    expectNear(matmul(q, r), x.data, 1e-13)
    expectNear(matmul(transpose(q, [0, 2, 1]), q), eye, 1e-13)
    const [u, s, v] = svd(x)
    expectNear(matmul(mul(u, { ...s, shape: [2, 1, n] }), transpose(v, [0, 2, 1])), x.data, 1e-13)
    expectNear(matmul(transpose(u, [0, 2, 1]), u), eye, 1e-13)
  })
  it('cholesky, matrixSqrt and inverse', () => {
    const a = sub(matmul(x, t), mul({ shape: [2, n, n], dtype: 'float32', data: new Float64Array(eye) }, -1))
    const l = cholesky(a)
    expectNear(matmul(l, transpose(l, [0, 2, 1])), a.data, 1e-13)
    const root = matrixSqrt(a)
    expectNear(matmul(root, root), a.data, 1e-13)
    expectNear(matmul(inverse(a), a), eye, 1e-11)
  })
})

describe('what does not fit is refused, outside of traces', () => {
  const singular = matrix([1, 2], [2, 4])
  const refusals: Readonly<Record<string, readonly [() => unknown, string]>> = {
    'solve of a singular matrix': [() => solve(singular, matrix([1], [1])), 'InvalidArgument in solve: expected matrices that are not singular'],
    'inverse of a singular matrix': [() => inverse(singular), 'InvalidArgument in inverse: expected matrices that are not singular'],
    'the gradient of logdet of a singular matrix': [() => grad(logdet)(singular), 'InvalidArgument in triangularSolve'],
    'cholesky of an indefinite matrix': [() => cholesky(matrix([1, 2], [2, 1])), 'expected a symmetric positive definite matrix'],
    'eigh of an asymmetric matrix': [() => eigh(matrix([1, 2], [3, 4])), 'InvalidArgument in eigh: expected a symmetric matrix of finite numbers'],
    'svd of NaN': [() => svd(matrix([1, NaN], [3, 4])), 'InvalidArgument in svd: expected a matrix of finite numbers'],
    'matrixSqrt of a negative matrix': [() => matrixSqrt(matrix([1, 0], [0, -1])), 'InvalidArgument in matrixSqrt: expected symmetric matrices without negative eigenvalues'],
    'eigh of no square': [() => eigh(matrix([1, 2])), 'ShapeMisfit in eigh: expected square matrices'],
    'solve of a right side that does not fit': [() => solve(singular, matrix([1, 2])), 'ShapeMisfit in solve: expected a float32 right side']
  } // prettier-ignore
  it.each(Object.entries(refusals))('%s', (_, [f, message]) => {
    expect(f).toThrow(message)
  })
  it('logdet of a singular matrix is -Infinity', () => expect(logdet(singular).data[0]).toBe(-Infinity))
  it('matrixSqrt takes an eigenvalue that rounding made negative for 0', () => {
    expectNear(matrixSqrt(diagonal(1, -1e-7)), [1, 0, 0, 0], 1e-12)
  })
  it('zeros where a reflection begins are nothing special', () => {
    expectNear(qr(matrix([0, 2], [3, 0]))[1], [3, 0, 0, 2], 0)
    expect([...evaluate((a: Tensor) => singularValues(a))(matrix([0, 2], [1, 0], [0, 0])).data]).toEqual([2, 1])
  })
})
