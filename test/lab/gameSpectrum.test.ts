/** Leading eigenvalues by Arnoldi's method against all of them, and the spectra that make it stop or begin anew. */
import { describe, expect, it } from 'vitest'
import {
  Gan,
  Lab,
  Loss,
  Net,
  Prior,
  Random,
  concat,
  matmul,
  mul,
  pipe,
  reshape,
  slice,
  tanh,
  tensor,
  treeLeaves
} from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import { drawsFrom, drawTensor } from '../support/draws.ts'

type Value = Lab.Eigenvalue

const doubles = (shape: readonly number[], values: Iterable<number>): Tensor => tensor(Float64Array.from(values), shape)
const size = ({ real, imaginary }: Value): number => Math.hypot(real, imaginary)

const expectValues = (actual: readonly Value[], expected: readonly Value[], digits = 8): void => {
  expect(actual).toHaveLength(expected.length)
  actual.forEach(({ real, imaginary }, i) => {
    expect(real).toBeCloseTo(expected[i]!.real, digits)
    expect(imaginary).toBeCloseTo(expected[i]!.imaginary, digits)
  })
}

const n = 30
const draws = drawsFrom(5)
const matrix = drawTensor([n, n], () => draws.real(-1, 1))
/** Bent, so that its Jacobian differs from place to place; its parameters are a tree. */
type Params = readonly [Tensor, { readonly rest: Tensor }]
const field = ([x, { rest }]: Params): Params => {
  const image = tanh(matmul(matrix, concat([x, reshape(rest, [n - 5])])))
  return [slice(image, { end: [5] }), { rest: reshape(slice(image, { start: [5] }), [5, 5]) }]
}
const params: Params = [
  doubles(
    [5],
    Array.from({ length: 5 }, () => draws.real(-0.3, 0.3))
  ),
  {
    rest: doubles(
      [5, 5],
      Array.from({ length: 25 }, () => draws.real(-0.3, 0.3))
    )
  }
]

const conjugates = (a: Value, b: Value): number =>
  Math.abs(b.imaginary) - Math.abs(a.imaginary) || a.imaginary - b.imaginary
const orders: Readonly<Record<string, (a: Value, b: Value) => number>> = {
  largest: (a, b) => size(b) - size(a),
  leftmost: (a, b) => a.real - b.real,
  rightmost: (a, b) => b.real - a.real
}

describe.each(Object.entries(orders))('the %s eigenvalues', (which, order) => {
  it.each([1, 2, 3, 4, 7, n, 100])(
    'are the first of all, %i of them, and no complex pair is parted',
    async (leading) => {
      const all = await Lab.gameSpectrum(field, params)
      const sorted = all.toSorted((a, b) => (Math.abs(order(a, b)) < 1e-9 ? conjugates(a, b) : order(a, b)))
      const parted = (sorted[leading - 1]?.imaginary ?? 0) < 0
      const found = await Lab.gameSpectrum(field, params, { leading, which: which as 'largest' })
      expectValues(found, sorted.slice(0, leading + Number(parted)))
      for (const { residual } of found) expect(residual).toBeLessThan(1e-7)
    }
  )
})

describe('Arnoldi', () => {
  const diagonal = (values: Iterable<number>) => {
    const d = Float64Array.from(values)
    return { of: (w: Tensor): Tensor => mul(w, doubles([d.length], d)), at: doubles([d.length], d) }
  }
  it('is asked for the largest where nothing is said', async () => {
    expect(await Lab.gameSpectrum(field, params, { leading: 3 })).toEqual(
      await Lab.gameSpectrum(field, params, { leading: 3, which: 'largest', steps: 100, tolerance: 1e-8 })
    )
  })
  it('finds equal eigenvalues by beginning anew where a space is mapped to itself', async () => {
    const { of, at } = diagonal([3, 3, 3, 3])
    expectValues(await Lab.gameSpectrum(of, at, { leading: 4 }), new Array<Value>(4).fill({ real: 3, imaginary: 0 }))
    const nothing = await Lab.gameSpectrum((w: Tensor) => mul(w, 0), at, { leading: 2 })
    expect(nothing).toEqual(new Array(2).fill({ real: 0, imaginary: 0, residual: 0 }))
  })
  it('says how far a value may be off', async () => {
    const { of, at } = diagonal(Array.from({ length: 300 }, (_, i) => i + 1))
    const [few] = await Lab.gameSpectrum(of, at, { leading: 1, steps: 6 })
    // Of a symmetric matrix an eigenvalue lies within the residual.
    expect(few!.residual).toBeGreaterThan(1)
    expect(Math.abs(few!.real - Math.round(few!.real))).toBeLessThan(few!.residual)
    const [rough] = await Lab.gameSpectrum(of, at, { leading: 1, tolerance: 0.02 })
    const [exact] = await Lab.gameSpectrum(of, at, { leading: 1 })
    expect(rough!.residual / 300).toBeLessThan(0.02)
    expect(rough!.residual).toBeGreaterThan(10 * exact!.residual)
    expect(exact!.real).toBeCloseTo(300, 4)
  })
  it('takes a game of more parameters than whose Jacobian could be formed', async () => {
    const network = (from: number, to: number) => Net.serial(Net.dense(from, 60), Net.tanh, Net.dense(60, to))
    const spec = pipe(
      Gan.between({ generator: network(8, 4), discriminator: network(4, 1), prior: Prior.normal([8]) }),
      Gan.withLoss(Loss.nonSaturating)
    )
    const init = Object.fromEntries(
      Object.entries(spec.networks).map(([name, net]) => [name, net.init(Random.key(1)).params])
    )
    expect(treeLeaves(init).reduce((sum, leaf) => sum + leaf.data.length, 0)).toBe(1145)
    const at = { batch: Random.normal(Random.key(2), [4, 4]) }
    const found = await Lab.gameSpectrum((w: typeof init) => Gan.field(spec)(w, at), init, { leading: 3 })
    for (const { residual } of found) expect(residual).toBeLessThan(1e-8 * size(found[0]!))
    expect(found).toEqual(found.toSorted((a, b) => size(b) - size(a)))
  })
})

describe('what has no spectrum is refused', () => {
  const at = tensor([1, 2, 3])
  it.each([
    ['all of them', undefined],
    ['the leading ones', { leading: 1 }]
  ])('a field that is not finite: %s', async (_, options) => {
    const field = (w: Tensor): Tensor => mul(w, tensor([1, NaN, 1]))
    await expect(
      options === undefined ? Lab.gameSpectrum(field, at) : Lab.gameSpectrum(field, at, options)
    ).rejects.toMatchObject({
      _tag: 'InvalidArgument',
      op: 'Lab.gameSpectrum',
      expected: 'a field whose derivatives are finite numbers at the parameters'
    })
  })
  it.each([
    [{}],
    [{ leading: 0 }],
    [{ leading: 1.5 }],
    [{ leading: 1, which: 'first' }],
    [{ leading: 1, steps: 0 }],
    [{ leading: 1, tolerance: -1 }],
    [{ leading: 1, step: 3 }],
    [3]
  ])('options %o', async (options) => {
    await expect(Lab.gameSpectrum((w: Tensor) => w, at, options as never)).rejects.toMatchObject({
      op: 'Lab.gameSpectrum'
    })
  })
})
