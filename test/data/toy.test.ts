import { describe, expect, it } from 'vitest'
import type { Toy } from '../../src/data/toy.ts'
import { dirac, grid, mixture, ring, swissRoll } from '../../src/data/toy.ts'
import { modeCoverage } from '../../src/lab/modes.ts'
import { key } from '../../src/random/key.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { makeTensor } from '../../src/tensor/makeTensor.ts'
import { compile } from '../../src/transform/compile.ts'

const samples = 20_000
/** The part of a round Gaussian of that dimension within three standard deviations. */
const within3 = { 1: 0.9973002, 2: 1 - Math.exp(-4.5) } as const

const toys: readonly Toy[] = [ring(), grid(), swissRoll(), dirac(), ring({ modes: 5, radius: 2, sd: 0.2 })]

describe.each(toys)('$name', (toy) => {
  it('draws [n, dimension], the same for the same key alone', () => {
    const [a, b, c] = [toy.sample(key(1), 64), toy.sample(key(1), 64), toy.sample(key(2), 64)]
    expect(a.shape).toEqual([64, toy.dimension])
    expect(a.dtype).toBe('float32')
    expect(b.data).toEqual(a.data)
    if (toy.name !== 'dirac') expect(c.data).not.toEqual(a.data)
  })
  it('draws the same inside a compiled function', async () => {
    const draw = compile((from: Tensor) => toy.sample(from, 16), { engine: 'reference' })
    expect((await draw(key(1))).data).toEqual(toy.sample(key(1), 16).data)
  })
})

describe.each(toys.filter(({ modes }) => modes !== undefined))('the modes of $name', ({ modes, dimension, sample }) => {
  const found = modeCoverage(sample(key(3), samples), modes!)
  it('hold as many samples as a Gaussian does', () => {
    const p = within3[dimension as 1 | 2]
    expect(Math.abs(found.highQuality - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / samples))
  })
  it('are equally likely', () => {
    const share = 1 / found.modes
    const sd = Math.sqrt((share * (1 - share)) / samples)
    for (const count of found.counts)
      expect(Math.abs(count / samples / found.highQuality - share)).toBeLessThan(4.5 * sd)
    expect(found.captured).toBe(found.modes)
  })
})

describe('the set-ups of the papers', () => {
  it('ring', () => {
    const { centres, sd } = ring().modes
    expect([centres.shape, sd]).toEqual([[8, 2], 0.01])
    expect(centres.data[2]).toBeCloseTo(Math.SQRT1_2, 6)
    expect(centres.data[3]).toBeCloseTo(Math.SQRT1_2, 6)
  })
  it('grid', () => {
    const { centres, sd } = grid().modes
    expect([centres.shape, sd]).toEqual([[25, 2], 0.05])
    expect([...new Set(centres.data)].sort((a, b) => a - b)).toEqual([-4, -2, 0, 2, 4])
  })
  it('swiss roll: radius t along the angle t', () => {
    const { data } = swissRoll({ noise: 0 }).sample(key(0), 200)
    const radii = Array.from({ length: 200 }, (_, i) => 7.5 * Math.hypot(data[2 * i]!, data[2 * i + 1]!))
    expect(Math.min(...radii)).toBeGreaterThanOrEqual(1.5 * Math.PI - 1e-4)
    expect(Math.max(...radii)).toBeLessThanOrEqual(4.5 * Math.PI + 1e-4)
    radii.forEach((t, i) => expect(7.5 * data[2 * i]!).toBeCloseTo(t * Math.cos(t), 3))
  })
  it('dirac', () => expect(dirac(2).sample(key(0), 3).data).toEqual(Float32Array.of(2, 2, 2)))
})

describe('mixture', () => {
  it('names what does not fit', () => {
    expect(() => mixture('a', { centres: makeTensor([1, 2]), sd: 1 })).toThrow(
      /a tensor \[modes, dimension\].*as centres/
    )
    expect(() => ring({ modes: 0 })).toThrow(/from 1 to 10000.*as modes; got 0/)
    expect(() => ring({ sd: 0 })).toThrow(/positive number.*as sd; got 0/)
  })
})
