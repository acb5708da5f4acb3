/** The ends of spectra, which are found without Jacobians, against whole spectra and known ones. */
import { describe, expect, it } from 'vitest'
import { Lab, Random, add, compile, evaluate, matmul, mul, tanh, tensor } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'

const weights = (seed: number, rows: number, columns: number): Tensor =>
  mul(Random.normal(Random.key(seed), [rows, columns]), 1 / Math.sqrt(rows))

/** An orthogonal map: x - 2 v v'x, v of length 1, in double precision. */
const reflection = (seed: number, n: number): ((x: Tensor) => Tensor) => {
  const data = Array.from(Random.normal(Random.key(seed), [n]).data)
  const length = Math.sqrt(data.reduce((sum, x) => sum + x * x, 0))
  const vector = (shape: readonly number[]): Tensor => ({
    shape,
    dtype: 'float32',
    data: Float64Array.from(data, (x) => x / length)
  })
  return (x) => add(x, mul(matmul(matmul(x, vector([n, 1])), vector([1, n])), -2))
}

/** A generator whose Jacobian has these singular values everywhere. */
const withSpectrum = (values: readonly number[]): ((z: Tensor) => Tensor) => {
  const [before, after] = [reflection(1, values.length), reflection(2, values.length)]
  const stretch: Tensor = { shape: [values.length], dtype: 'float32', data: Float64Array.from(values) }
  return (z) => after(mul(before(z), stretch))
}

const latents = (n: number, size: number): Tensor => Random.normal(Random.key(7), [n, size])

describe('the ends of a spectrum', () => {
  it.each([
    [128, 150],
    [40, 24]
  ])('are those of the whole one, of %i latents and %i outputs, on wasm', async (size, outputs) => {
    const [A, B] = [weights(1, size, size + 9), weights(2, size + 9, outputs)]
    const G = (z: Tensor): Tensor => matmul(tanh(matmul(z, A)), B)
    const z = latents(2, size)
    const k = Math.min(size, outputs)
    const whole = compile(Lab.spectrum(G), { engine: 'wasm' })
    const ends = compile(Lab.extremeSpectrum(G, { leading: 3, trailing: 2 }), { engine: 'wasm' })
    const few = compile(Lab.extremeSpectrum(G, { leading: 3, steps: 15 }), { engine: 'wasm' })
    const expected = (await whole(z)).data
    const { leading, trailing } = await ends(z)
    const rough = (await few(z)).leading
    for (let n = 0; n < 2; n++) {
      const row = Array.from(expected.subarray(n * k, (n + 1) * k))
      for (let i = 0; i < 3; i++) {
        expect(Math.abs(leading.values.data[3 * n + i]! - row[i]!)).toBeLessThan(1e-6 * row[0]!)
        const off = Math.min(...row.map((s) => Math.abs(rough.values.data[3 * n + i]! - s)))
        expect(off).toBeLessThan(rough.residuals.data[3 * n + i]! + 1e-6 * row[0]!)
        expect(rough.residuals.data[3 * n + i]!).toBeLessThan(0.1 * row[0]!)
      }
      for (let i = 0; i < 2; i++)
        expect(Math.abs(trailing.values.data[2 * n + i]! - row[k - 2 + i]!)).toBeLessThan(1e-6 * row[0]!)
    }
    for (const one of [whole, ends, few]) one.dispose()
  })

  it('lead a spectrum of 512 latents in few steps', async () => {
    const values = Array.from({ length: 512 }, (_, i) => 100 * 0.9 ** i)
    const ends = compile(Lab.extremeSpectrum(withSpectrum(values), { leading: 4 }), { engine: 'wasm' })
    const { leading } = await ends(latents(1, 512))
    for (let i = 0; i < 4; i++) {
      expect(Math.abs(leading.values.data[i]! - values[i]!)).toBeLessThan(1e-4)
      expect(leading.residuals.data[i]!).toBeLessThan(0.01)
    }
    ends.dispose()
  })

  it.each([
    ['from 1e6 to 1', Array.from({ length: 13 }, (_, i) => 10 ** (6 - i / 2))],
    ['several alike', [2, 2, 2, 1, 1]],
    ['several of them 0', [5, 4, 3, 0, 0, 0]],
    ['all of them 0', [0, 0, 0]],
    ['a single one', [3]]
  ])('know every value by squaring none: %s', (_, values) => {
    const ends = Lab.extremeSpectrum(withSpectrum(values), { leading: 1, trailing: values.length - 1 })
    const found = (precision: 'float32' | 'float64'): number[] => {
      const { leading, trailing } = evaluate(ends, { precision })(latents(1, values.length))
      return [...leading.values.data, ...trailing.values.data]
    }
    for (const [i, s] of found('float64').entries()) expect(Math.abs(s - values[i]!)).toBeLessThanOrEqual(1e-10 * (values[i]! || 1)) // prettier-ignore
    for (const [i, s] of found('float32').entries()) expect(Math.abs(s - values[i]!)).toBeLessThanOrEqual(1e-6 * (values[0]! || 1)) // prettier-ignore
  })

  it('refuse to be neither, more than there are, and latents of another shape', () => {
    const G = withSpectrum([3, 2, 1])
    expect(() => Lab.extremeSpectrum(G, {})).toThrow('leading or trailing singular values, at least one')
    expect(() => Lab.extremeSpectrum(G, { leading: 2, trailing: 2 })(latents(1, 3))).toThrow('at most 3, the smaller of outputs and latents; got 2 + 2 and 3') // prettier-ignore
    expect(() => Lab.extremeSpectrum(G, { leading: 1, steps: 4 })(latents(1, 3))).toThrow('got 1 + 0 and 4')
    expect(() => Lab.extremeSpectrum(G, { leading: 1 })(tensor([1, 2, 3]))).toThrow('latents [B, latents]')
  })
})
