import { SingularValueDecomposition } from 'ml-matrix'
import { describe, expect, it } from 'vitest'
import { eye } from '../../src/ops/creation.ts'
import * as Init from '../../src/nn/init.ts'
import * as Net from '../../src/nn/net.ts'
import { key, normal } from '../../src/random/random.ts'
import { sum } from '../../src/ops/reduction.ts'
import { makeTensor as tensor } from '../../src/tensor/makeTensor.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { evaluate } from '../../src/transform/evaluate.ts'
import { grad } from '../../src/transform/grad.ts'

const root = key(2)
const layer = Net.spectral(Net.dense(2, 2, { bias: false }))
// Singular values 4 and 2: rotations of diag(4, 2) by 30 and 60 degrees.
const [c, s] = [Math.sqrt(3) / 2, 1 / 2]
const weights = tensor([[4 * c * s - 2 * s * c, 4 * c * c + 2 * s * s], [4 * s * s + 2 * c * c, 4 * s * c - 2 * c * s]]) // prettier-ignore
const vector = (...xs: number[]): Tensor => tensor(xs.map((x) => x / Math.hypot(...xs)))
const start = { u: vector(1, 2), v: vector(3, -1), inner: [] }
type State = typeof start

describe('spectral', () => {
  it('finds the largest singular value, step by step', () => {
    let state = start
    for (let i = 0; i < 30; i++) state = layer.apply({ params: { weights }, state, training: true }, tensor([[0, 0]]))[1] as unknown as State // prettier-ignore
    const [y] = layer.apply({ params: { weights }, state }, tensor([[4, 0]]))
    y.data.forEach((value, i) => expect(value).toBeCloseTo(weights.data[i]!, 5))
    expect(Math.hypot(...state.u.data)).toBeCloseTo(1, 6)
  })

  it('makes one step of the power iteration in training, none otherwise', () => {
    const one = layer.apply({ params: { weights }, state: start, training: true }, tensor([[1, 1]]))
    const { u, v } = one[1] as unknown as State
    const [w00, w01, w10, w11] = [...weights.data] as [number, number, number, number]
    const [u0, u1] = [...start.u.data] as [number, number]
    const expected = vector(w00 * u0 + w01 * u1, w10 * u0 + w11 * u1)
    v.data.forEach((value, i) => expect(value).toBeCloseTo(expected.data[i]!, 6))
    const [v0, v1] = [...v.data] as [number, number]
    const next = vector(w00 * v0 + w10 * v1, w01 * v0 + w11 * v1)
    u.data.forEach((value, i) => expect(value).toBeCloseTo(next.data[i]!, 6))
    expect(layer.apply({ params: { weights }, state: start }, tensor([[1, 1]]))[1]).toEqual(start)
  })

  it('has σ near 1 from the beginning', () => {
    const wide = Net.spectral(Net.convolution(4, 8, { kernel: 3 }))
    const { params, state } = wide.init(root) as { params: { weights: Tensor }; state: { u: Tensor; v: Tensor } }
    const values = Array.from(params.weights.data)
    const sigma = (left: (i: number) => number, right: (j: number) => number): number =>
      values.reduce((total, value, i) => total + left(Math.floor(i / 36)) * value * right(i % 36), 0)
    const found = sigma((i) => state.u.data[i]!, (j) => state.v.data[j]!) // prettier-ignore
    // No other unit vectors come close to exceeding it.
    for (let seed = 0; seed < 20; seed++) {
      const [a, b] = [normal(key(seed), [8]).data, normal(key(seed + 99), [36]).data]
      const product = sigma((i) => a[i]!, (j) => b[j]!) / (Math.hypot(...a) * Math.hypot(...b)) // prettier-ignore
      expect(Math.abs(product)).toBeLessThan(found * 1.05)
    }
  })

  it('divides by σ to a few hundredths before any update', () => {
    // After 25 steps of the iteration a few hundredths are missing at most; after one 0.2 are on average.
    for (let seed = 0; seed < 20; seed++) {
      const square = Net.spectral(Net.dense(12, 12, { bias: false, weights: Init.normal(1) }))
      const { params, state } = square.init(key(seed)) as { params: { weights: Tensor }; state: unknown }
      const [normalized] = square.apply({ params, state }, eye(12))
      const rows = Array.from({ length: 12 }, (_, i) => [...normalized.data.slice(12 * i, 12 * (i + 1))])
      const largest = Math.max(...new SingularValueDecomposition(rows).diagonal)
      expect(largest).toBeGreaterThan(0.999)
      expect(largest).toBeLessThan(1.06)
    }
  })

  it('has the gradient of W / (uᵀ W v) with u and v held', () => {
    const f = (w: Tensor, state: unknown): Tensor => sum(layer.apply({ params: { weights: w }, state }, tensor([[1, 2]]))[0]) // prettier-ignore
    const wide = { precision: 'float64' } as const
    const gradient = evaluate(
      grad((w: Tensor) => f(w, start)),
      wide
    )(weights).data
    gradient.forEach((g, i) => {
      const at = (by: number): number => {
        const data = Float64Array.from(weights.data)
        data[i]! += by
        return evaluate((w: Tensor) => f(w, start), wide)({ ...weights, data }).data[0]!
      }
      expect(g).toBeCloseTo((at(1e-6) - at(-1e-6)) / 2e-6, 6)
    })
  })

  it.each<[string, Net.Layer]>([
    ['a network', Net.serial(Net.dense(2, 2))],
    ['whose slope depends on labels', Net.projection(2, 3)],
    ['a layer around another', Net.residual(Net.dense(2, 2))],
    ['a layer around another', Net.residual(Net.spectral(Net.dense(2, 2)))],
    ['a layer around another', Net.spectral(Net.dense(2, 2))]
  ])('refuses %s, whose slope it would not bound', (actual, inner) => {
    const refused = Net.spectral(inner)
    expect(refused.problems).toMatchObject([{ path: ['inner'], actual: expect.stringContaining(actual) as string }])
    expect(() => refused.init(root)).toThrow(actual)
  })

  it('refuses parameters that it would leave alone', () => {
    const one = tensor([[1]])
    const own = Net.layer({ name: 'own', init: () => ({ params: { weights: one, gains: one }, state: [] }), apply: ({ state }, x) => [x, state] }) // prettier-ignore
    expect(() => Net.spectral(own).init(root)).toThrow(/InvalidTree in spectral\(own\).*gains besides/s)
  })

  it('tells what it cannot wrap', () => {
    expect(Net.spectral(Net.serial(Net.dense(2, 2))).problems).toMatchObject([{ path: ['inner'], actual: 'a network' }])
    expect(() => Net.spectral(Net.relu).init(root)).toThrow(/InvalidTree in spectral\(relu\)/)
    expect(Net.spectral(Net.dense(2, 2), { iterations: 0 }).problems).toMatchObject([{ path: ['iterations'] }])
  })
})
