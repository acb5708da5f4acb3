/** What decompositions of matrices refuse outside of traces, and what they read. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cholesky } from '../../src/primitives/cholesky.ts'
import { qr } from '../../src/primitives/qr.ts'
import { singularValues } from '../../src/primitives/singularValues.ts'
import { svd } from '../../src/primitives/svd.ts'
import { triangularSolve } from '../../src/primitives/triangularSolve.ts'
import { call } from '../../src/program/call.ts'
import { makeTensor } from '../../src/tensor/makeTensor.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { compile } from '../../src/transform/compile.ts'
import { evaluate } from '../../src/transform/evaluate.ts'
import { grad } from '../../src/transform/grad.ts'
import { sum } from '../../src/ops/reduction.ts'

const matrix = (rows: number, ...values: number[]): Tensor => ({
  ...makeTensor(new Float64Array(values)),
  shape: [rows, values.length / rows]
})

const factor = (a: Tensor): Tensor => call(cholesky, {}, [a])

describe('outside of traces', () => {
  const expected = 'InvalidArgument in cholesky: expected a symmetric positive definite matrix of finite numbers; got float32[2, 2]' // prettier-ignore
  const bad = {
    'a singular matrix': matrix(2, 1, 2, 2, 4),
    'an indefinite matrix': matrix(2, 1, 2, 2, 1),
    'an asymmetric matrix': matrix(2, 4, 1, 1.01, 4),
    NaN: matrix(2, NaN, 0, 0, 1),
    'an infinite element': matrix(2, 1, Infinity, Infinity, 1)
  }
  it.each(Object.entries(bad))('%s is refused, at once, in an evaluation and in a gradient', (_, a) => {
    expect(() => factor(a)).toThrow(expected)
    expect(() => evaluate(factor)(a)).toThrow(expected)
    expect(() => grad((x: Tensor) => sum(factor(x)))(a)).toThrow(expected)
  })
  it('an asymmetry that rounding explains is none, and the symmetric part is read', () => {
    const [a, b] = [factor(matrix(2, 4, 1, 1 + 1e-12, 4)), factor(matrix(2, 4, 1 + 5e-13, 1 + 5e-13, 4))]
    expect(a.data[2]).toBeCloseTo(b.data[2]!, 15)
    const single = { ...matrix(2, 4, 1, 1.00001, 4), data: new Float32Array([4, 1, 1.00001, 4]) }
    expect(factor(single).data[0]).toBe(2)
  })
  it('the message says which matrix it is', () => {
    const several = { shape: [2, 2, 1, 1], dtype: 'float32', data: new Float32Array([1, 1, 1, -1]) } as const
    expect(() => factor(several)).toThrow('got float32[2, 2, 1, 1] with another one at [1, 1]')
  })
  it('a zero on the diagonal of a triangular matrix is refused', () => {
    const solve = (): Tensor =>
      call(triangularSolve, { lower: true, transposed: false }, [matrix(2, 1, 0, 3, 0), matrix(2, 1, 1)])
    expect(solve).toThrow('InvalidArgument in triangularSolve: expected a triangular matrix without zeros on its diagonal, and finite numbers') // prettier-ignore
  })
})

describe('qr and svd of matrices with zeros', () => {
  const sparse = fc
    .tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 4 }))
    .chain(([more, n]) =>
      fc
        .array(fc.constantFrom(0, 0, 0, 1, -1, 2), { minLength: (n + more) * n, maxLength: (n + more) * n })
        .map((values) => matrix(n + more, ...values))
    )
  /** a [m, k] times b [k, n], [row][column]. */
  const product = (a: number[][], b: number[][]): number[][] =>
    a.map((row) => b[0]!.map((_, j) => row.reduce((sum, x, k) => sum + x * b[k]![j]!, 0)))
  const rowsOf = ({ shape: [rows = 0, columns = 0], data }: Tensor): number[][] =>
    Array.from({ length: rows }, (_, i) => [...data.subarray(i * columns, (i + 1) * columns)])
  const engines = [
    ['the evaluator', (f: (x: Tensor) => Tensor, x: Tensor) => evaluate(f, { precision: 'float64' })(x)],
    ['wasm', (f: (x: Tensor) => Tensor, x: Tensor) => compile(f, { engine: 'wasm' })(x)]
  ] as const
  it.each(engines)('are factors of them, on %s', async (_, run) => {
    const close = (a: number[][], b: number[][]): void => {
      for (const [i, row] of a.entries()) for (const [j, x] of row.entries()) expect(x).toBeCloseTo(b[i]![j]!, 5)
    }
    await fc.assert(
      fc.asyncProperty(sparse, async (a) => {
        const [m = 0, n = 0] = a.shape
        const factors = rowsOf(await run((x) => call(qr, {}, [x]), a))
        close(product(factors.slice(0, m), factors.slice(m)), rowsOf(a))
        const [d, ...vectors] = rowsOf(await run((x) => call(svd, {}, [x]), a))
        const [u, v] = [vectors.slice(0, m), vectors.slice(m)]
        const turned = Array.from({ length: n }, (__, k) => v.map((row) => row[k]! * d![k]!))
        close(product(u, turned), rowsOf(a))
        expect([...(await run((x) => call(singularValues, {}, [x]), a)).data]).toEqual(d)
      }),
      { numRuns: 30 }
    )
  })
})

describe('triangularSolve', () => {
  it.each([
    [true, false, [1, 1]],
    [false, false, [-0.5, 1]],
    [true, true, [0.5, 1]],
    [false, true, [1, -1]]
  ] as const)('lower %s, transposed %s', (lower, transposed, x) => {
    const a = lower ? matrix(2, 2, NaN, 1, 3) : matrix(2, 2, 3, NaN, 1)
    const b = { true: { false: [2, 4], true: [2, 3] }, false: { false: [2, 1], true: [2, 2] } } as const
    const right = matrix(2, ...b[`${lower}`][`${transposed}`])
    expect([...call(triangularSolve, { lower, transposed }, [a, right]).data]).toEqual([...x])
  })
})
