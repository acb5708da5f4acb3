import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Lab, compile, evaluate, jacrev, matmul, reshape, tanh, tensor, transpose } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import { errorAgainst } from '../../src/tensor/compare.ts'

/** Orthonormal columns [rows, columns], by Gram and Schmidt, in double precision. */
const orthonormal = (rows: number, columns: number, numbers: () => number): Float64Array => {
  const q = Float64Array.from({ length: rows * columns }, numbers)
  const inner = (a: number, b: number): number => {
    let sum = 0
    for (let i = 0; i < rows; i++) sum += q[i * columns + a]! * q[i * columns + b]!
    return sum
  }
  for (let j = 0; j < columns; j++) {
    for (let twice = 0; twice < 2; twice++)
      for (let k = 0; k < j; k++) {
        const along = inner(j, k)
        for (let i = 0; i < rows; i++) q[i * columns + j]! -= along * q[i * columns + k]!
      }
    const length = Math.sqrt(inner(j, j))
    for (let i = 0; i < rows; i++) q[i * columns + j]! /= length
  }
  return q
}

/** U diag(values) V', [outputs, latents], of random orthogonal factors. */
const withSingularValues = (values: readonly number[], outputs: number, seed: number): Float64Array => {
  let state = seed + 1
  const numbers = (): number => {
    state = (state * 48271) % 2147483647
    return state / 2147483647 - 0.5
  }
  const n = values.length
  const [u, v] = [orthonormal(outputs, n, numbers), orthonormal(n, n, numbers)]
  const a = new Float64Array(outputs * n)
  for (let i = 0; i < outputs; i++)
    for (let j = 0; j < n; j++) for (let k = 0; k < n; k++) a[i * n + j]! += u[i * n + k]! * values[k]! * v[j * n + k]!
  return a
}

const wide = (data: Float64Array, shape: readonly number[]): Tensor => ({ shape, dtype: 'float32', data })
const ladder = Array.from({ length: 13 }, (_, i) => 10 ** (6 - i / 2))

describe('conditioning', () => {
  it('finds singular values from 1 to 1e6 to 1e-10 of each in double, and to 1e-6 of the largest in single precision', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
        const a = withSingularValues(ladder, 40, seed)
        const double = Lab.conditioningOf(wide(a, [40, 13])).singularValues
        for (const [i, s] of double.entries()) expect(Math.abs(s / ladder[i]! - 1)).toBeLessThan(1e-10)
        const single = Lab.conditioningOf(tensor(new Float32Array(a), [40, 13])).singularValues
        for (const [i, s] of single.entries()) expect(Math.abs(s - ladder[i]!)).toBeLessThan(1e-6 * ladder[0]!)
      }),
      { numRuns: 20 }
    )
  })

  it.each([1e-3, 1e6])('of J scaled by %s moves the determinant alone', (scale) => {
    const a = withSingularValues([3, 2, 0.5], 7, 1)
    const plain = Lab.conditioningOf(wide(a, [7, 3]))
    const scaled = Lab.conditioningOf(wide(a.map((x) => x * scale), [7, 3])) // prettier-ignore
    expect(scaled.logCondition).toBeCloseTo(plain.logCondition, 10)
    expect(scaled.effectiveRank).toBeCloseTo(plain.effectiveRank, 10)
    expect(scaled.logDeterminant).toBeCloseTo(plain.logDeterminant + 6 * Math.log(scale), 8)
  })

  it('is infinite where a direction changes nothing, in single precision, too', () => {
    const flat = withSingularValues([5, 1, 0], 9, 3)
    for (const x of [wide(flat, [9, 3]), tensor(new Float32Array(flat), [9, 3]), tensor([[1, 2]])]) {
      const found = Lab.conditioningOf(x)
      expect(found.logCondition).toBe(Infinity)
      expect(found.logDeterminant).toBe(-Infinity)
      expect(found.rank).toBe(Math.min(2, x.shape[0]!))
    }
    expect(Lab.conditioningOf(tensor([[0, 0]])).effectiveRank).toBe(0)
  })

  it('refuses what is no Jacobian, in words', () => {
    expect(() => Lab.conditioningOf(tensor([[1, NaN]]))).toThrow('finite numbers as a Jacobian; got NaN in row 0')
    expect(() => Lab.conditioningOf(tensor([[[1]]]))).toThrow('Lab.averageSpectrum takes a batch')
    expect(() => Lab.conditioningOf(tensor([1, 2]))).toThrow('a Jacobian [n, d] of at least 1 row')
    expect(() => Lab.averageSpectrum(tensor([[1, 2]]))).toThrow('[n, outputs, latents]')
  })
})

describe('the spectrum of a generator', () => {
  /** Its Jacobian has the singular values 1e6 to 1, in orthogonal factors. */
  const generatorOf = (seed: number): ((z: Tensor) => Tensor) => {
    const J = wide(withSingularValues(ladder, 40, seed), [40, 13])
    return (z) => matmul(z, transpose(J))
  }
  const z = wide(Float64Array.from({ length: 26 }, (_, i) => Math.sin(i)), [2, 13]) // prettier-ignore

  it('is right to 1e-10 of each singular value in double precision', () => {
    for (const seed of [1, 2, 3]) {
      const { shape, data } = evaluate(Lab.spectrum(generatorOf(seed)), { precision: 'float64' })(z)
      expect(shape).toEqual([2, 13])
      for (const [i, s] of data.entries()) expect(Math.abs(s / ladder[i % 13]! - 1)).toBeLessThan(1e-10)
    }
  })

  it.each(['wasm', 'reference'] as const)(
    'is right to 1e-6 of the largest in single precision, on %s',
    async (engine) => {
      for (const seed of [1, 2, 3]) {
        const spectrum = compile(Lab.spectrum(generatorOf(seed)), { engine })
        for (const [i, s] of (await spectrum(z)).data.entries())
          expect(Math.abs(s - ladder[i % 13]!)).toBeLessThan(1e-6 * ladder[0]!)
        spectrum.dispose()
      }
    }
  )
})

describe('Jacobians of a generator', () => {
  const w = tensor(Float64Array.from({ length: 15 }, (_, i) => Math.sin(3 * i)), [3, 5]) // prettier-ignore
  const G = (z: Tensor): Tensor => reshape(tanh(matmul(z, w)), [z.shape[0]!, 1, 5])
  const z = tensor(Float64Array.from({ length: 6 }, (_, i) => Math.cos(i)), [2, 3]) // prettier-ignore

  it('are those of reverse mode, latent by latent', () => {
    const all = evaluate(Lab.jacobian(G), { precision: 'float64' })(z)
    expect(all.shape).toEqual([2, 5, 3])
    for (let n = 0; n < 2; n++) {
      const one = wide(Float64Array.from(z.data.slice(3 * n, 3 * n + 3)), [1, 3])
      const expected = evaluate(jacrev(G), { precision: 'float64' })(one)
      expect(errorAgainst(all.data.slice(15 * n, 15 * n + 15), expected.data)).toBeLessThan(1e-14)
    }
  })

  it('give the metric tensor and its spectrum', () => {
    const [J, M] = evaluate((x: Tensor) => [Lab.jacobian(G)(x), Lab.metricTensor(G)(x)] as const, {
      precision: 'float64'
    })(z)
    const { each } = Lab.averageSpectrum(J)
    for (let n = 0; n < 2; n++) {
      const trace = [0, 4, 8].reduce((sum, i) => sum + M.data[9 * n + i]!, 0)
      expect(each[n]!.singularValues.reduce((sum, s) => sum + s * s, 0)).toBeCloseTo(trace, 12)
    }
  })
})
