import { describe, expect, it } from 'vitest'
import { Random, Toy, compile, reduceMax, reduceMin } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import { outlines } from '../../src/data/outlines.ts'
import { makeTensor } from '../../src/tensor/makeTensor.ts'

const js = (x: unknown): any => x
const distanceAt = (name: string, x: number, y: number): number =>
  outlines[name]!(makeTensor([x]), makeTensor([y])).data[0]!

describe('outlines', () => {
  /** Points within and without each, by looking at the shape. */
  it.each([
    ['disc', [[0, 0], [0.9, 0]], [[0.97, 0], [0.7, 0.7]]],
    ['ring', [[0.75, 0], [0, -0.9]], [[0, 0], [0.5, 0]]],
    ['square', [[0.7, 0.7], [0, 0]], [[0.8, 0], [0, -0.8]]],
    ['frame', [[0.65, 0], [0.7, -0.7]], [[0, 0], [0.4, 0.4]]],
    ['triangle', [[0, 0.95], [0.8, -0.45], [-0.8, -0.45]], [[0, -0.55], [0.8, 0.4], [-0.8, 0.4]]],
    ['diamond', [[0, 0.9], [0.6, 0]], [[0.7, 0], [0.5, 0.5]]],
    ['plus', [[0.8, 0], [0, -0.8]], [[0.5, 0.5], [-0.5, 0.5]]],
    ['cross', [[0.5, 0.5], [-0.5, 0.5]], [[0.8, 0], [0, -0.8]]],
    ['stripes', [[0, 0.5], [0.8, -0.5]], [[0, 0], [0, 0.8], [0.9, 0.5]]],
    ['crescent', [[-0.7, 0], [0, 0.9]], [[0.4, 0], [0.9, 0]]]
  ] as const)('%s lies where one sees it', (name, inside, outside) => {
    for (const [x, y] of inside) expect(distanceAt(name, x, y)).toBeLessThan(0)
    for (const [x, y] of outside) expect(distanceAt(name, x, y)).toBeGreaterThan(0)
  }) // prettier-ignore
  it('are no further than their distances say', () => {
    for (const name of Object.keys(outlines))
      for (let i = 0; i < 100; i++) {
        const [x, y, dx, dy] = [Math.sin(i), Math.cos(2 * i), 0.03 * Math.sin(3 * i), 0.03 * Math.cos(5 * i)]
        const change = Math.abs(distanceAt(name, x + dx, y + dy) - distanceAt(name, x, y))
        expect(change).toBeLessThanOrEqual(Math.hypot(dx, dy) * 1.0001 + 1e-6)
      }
  })
})

describe.each([{}, { size: 32, channels: 3 }, { size: 8 }] as const)('shapes of %j', (options) => {
  const shapes = Toy.shapes(options)
  const [channels, size] = shapes.shape
  const { real, labels } = shapes.sample(Random.key(1), 200)

  it('are images in [-1, 1] with labels of all classes', () => {
    expect(real).toMatchObject({ shape: [200, channels, size, size], dtype: 'float32' })
    expect(labels).toMatchObject({ shape: [200], dtype: 'int32' })
    expect(reduceMin(real).data[0]).toBeGreaterThanOrEqual(-1)
    expect(reduceMax(real).data[0]).toBeLessThanOrEqual(1)
    expect(new Set(labels.data)).toEqual(new Set(shapes.classes.keys()))
    expect(shapes.classes).toHaveLength(10)
  })
  it('are the same for the same key alone, compiled too', async () => {
    const draw = compile((from: Tensor) => shapes.sample(from, 4), { engine: 'reference' })
    const eager = shapes.sample(Random.key(3), 4)
    expect(await draw(Random.key(3))).toEqual(eager)
    expect(shapes.sample(Random.key(4), 4).real.data).not.toEqual(eager.real.data)
  })
})

describe('gray shapes', () => {
  it('cover as much as their areas: of a disc π (0.95 r)², r from 0.5 to 0.75', () => {
    const { real, labels } = Toy.shapes({ size: 64 }).sample(Random.key(5), 1000)
    const discs = [...labels.data].flatMap((label, i) => (label === 0 ? [i] : []))
    const areas = discs.map(
      (i) => [...real.data.subarray(i * 4096, (i + 1) * 4096)].reduce((s, v) => s + (v + 1) / 2, 0) / 1024
    )
    const radii = areas.map((area) => Math.sqrt(area / Math.PI) / 0.95)
    expect(Math.min(...radii)).toBeGreaterThan(0.495)
    expect(Math.max(...radii)).toBeLessThan(0.755)
    expect(Math.max(...radii) - Math.min(...radii)).toBeGreaterThan(0.2)
  })
  it('point upwards in the first rows: a triangle is narrow there', () => {
    const { real, labels } = Toy.shapes({ size: 32 }).sample(Random.key(6), 400)
    const triangles = [...labels.data].flatMap((label, i) => (label === 4 ? [i] : []))
    const covered = (i: number, from: number, to: number): number =>
      [...real.data.subarray(i * 1024 + from * 32, i * 1024 + to * 32)].reduce((s, v) => s + (v + 1) / 2, 0)
    const ratios = triangles.map((i) => covered(i, 0, 14) / covered(i, 14, 32))
    expect(ratios.reduce((s, r) => s + r, 0) / ratios.length).toBeLessThan(0.6)
  })
  it('have labels that are equally likely', () => {
    const { labels } = Toy.shapes({ size: 8 }).sample(Random.key(7), 5000)
    for (let label = 0; label < 10; label++) {
      const seen = [...labels.data].filter((one) => one === label).length
      expect(Math.abs(seen - 500)).toBeLessThan(4 * Math.sqrt(450))
    }
  })
  it('are refused in words', () => {
    for (const bad of [{ size: 7 }, { size: 257 }, { size: 28.5 }, { channels: 2 }, { sizes: 28 }, 28])
      expect(() => Toy.shapes(js(bad))).toThrow(/in Toy\.shapes/)
    expect(() => Toy.shapes().sample(Random.key(0), js(1.5))).toThrow(/shapes of 28 pixels/)
  })
})
