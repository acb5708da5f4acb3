/** Probes of the lab, on generators whose figures are known, and in trainings. */
import { describe, expect, it } from 'vitest'
import { Gan, Lab, Net, Prior, Random, compile, evaluate, matmul, pipe, tensor, transpose } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import { compiled, rightOf, smallSpec, trained } from '../support/smallGan.ts'

const linear = (rows: readonly (readonly number[])[]): { spec: Gan.Spec; state: Promise<Gan.State> } => {
  const [latents, outputs] = [rows.length, rows[0]!.length]
  const spec: Gan.Spec = {
    ...smallSpec(),
    prior: Prior.normal([latents]),
    networks: {
      generator: Net.dense(latents, outputs, { weights: () => tensor(rows.flat(), [latents, outputs]) }),
      discriminator: Net.dense(outputs, 1)
    }
  }
  return { spec, state: compiled(spec).then((step) => step.init(0)) }
}

describe('spectra', () => {
  it.each(['wasm', 'reference'] as const)('of Jacobians on the engine %s', async (engine) => {
    const a = tensor([[3, 0, 4], [0, 0.5, 0]]) // prettier-ignore
    const spectrum = compile(Lab.spectrum((z) => matmul(z, a)), { engine }) // prettier-ignore
    const found = await spectrum(tensor([[1, 2], [3, 4], [0, 0]])) // prettier-ignore
    expect(found.shape).toEqual([3, 2])
    for (const [i, s] of found.data.entries()) expect(s).toBeCloseTo(i % 2 === 0 ? 5 : 0.5, 6)
    spectrum.dispose()
  })
  it('have directions that are stretched by them, of length 1, the most stretched first', () => {
    const a = tensor([[3, 0, 4], [0, 0.5, 0]]) // prettier-ignore
    const G = (z: Tensor): Tensor => matmul(z, a)
    const { stretch, directions } = evaluate(Lab.singularDirections(G), { precision: 'float64' })(tensor([[0.3, 2]]))
    expect([...stretch.data].map((x) => x.toFixed(9))).toEqual(['5.000000000', '0.500000000'])
    expect([...directions.data].map((x) => Math.abs(x).toFixed(9))).toEqual(
      ['1.000000000', '0.000000000', '0.000000000', '1.000000000']
    ) // prettier-ignore
    const moved = matmul(tensor([...directions.data], [2, 2]), a)
    expect([...matmul(moved, transpose(moved, [1, 0])).data].map((x) => x.toFixed(4))).toEqual(['25.0000', '0.0000', '0.0000', '0.2500']) // prettier-ignore
  })
})

describe('walks', () => {
  it('go from one side through the latent to the other', () => {
    const path = Lab.walk(tensor([[1, 2], [0, 0]]), tensor([[1, 0], [0, 2]]), { reach: 1, steps: 3 }) // prettier-ignore
    expect([path.shape, [...path.data]]).toEqual([
      [2, 3, 2],
      [0, 2, 1, 2, 2, 2, 0, -2, 0, 0, 0, 2]
    ])
  })
  it('refuse directions that do not fit, and walks of one step', () => {
    expect(() => Lab.walk(tensor([[1, 2]]), tensor([[1]]), { reach: 1, steps: 3 })).toThrow('of one shape')
    expect(() => Lab.walk(tensor([[1]]), tensor([[1]]), { reach: 1, steps: 1 })).toThrow('at least 2')
  })
})

describe('the conditioning probe', () => {
  it.each(['wasm', 'reference'] as const)('measures the spectrum of a linear generator, on %s', async (engine) => {
    const { spec, state } = linear([[8, 0, 0], [0, 0.5, 0]]) // prettier-ignore
    const probe = Lab.conditioning({ latents: 3, engine })
    const figures = await probe.run(spec, await state, Random.key(0))
    expect(figures.logCondition).toBeCloseTo(2 * Math.log(16), 5)
    expect(figures.logDeterminant).toBeCloseTo(2 * Math.log(4), 5)
    expect([figures.deviation, figures.deficient]).toEqual([0, 0])
    expect(figures.singularValues.shape).toEqual([3, 2])
    expect([...figures.singularValues.data].map((s) => s.toFixed(5))).toEqual(['8.00000', '0.50000', '8.00000', '0.50000', '8.00000', '0.50000']) // prettier-ignore
    probe.dispose()
  })
  it('says how many Jacobians are of less than full rank, where the mean is infinite and no NaN', async () => {
    const { spec, state } = linear([[1, 1], [2, 2]]) // prettier-ignore
    const figures = await Lab.conditioning({ engine: 'reference' }).run(spec, await state, Random.key(0))
    expect([figures.logCondition, figures.deviation, figures.deficient]).toEqual([Infinity, Infinity, 8])
    expect([...figures.logConditions.data]).toEqual(new Array(8).fill(Infinity))
  })
  it('looks at the same latents each time, others by seed, and at the average by default', async () => {
    const spec = smallSpec(Gan.withAverage({ decay: 0.5 }))
    const { state } = await trained(spec, { steps: 20 })
    const at = (options: Lab.ConditioningOptions) => Lab.conditioning({ engine: 'reference', ...options }).run(spec, state, Random.key(0)) // prettier-ignore
    const plain = await at({})
    expect(await at({ parameters: 'average' })).toEqual(plain)
    expect(await at({ parameters: 'current' })).not.toEqual(plain)
    expect(await at({ seed: 1 })).not.toEqual(plain)
  })
  it('goes along with a training that it does not change, and follows the spec that it is given', async () => {
    const probe = Lab.conditioning({ latents: 2, engine: 'reference' })
    const options = { steps: 6, probes: [{ every: 3, probe }] }
    const reached = await trained(smallSpec(), options)
    expect(Gan.measurementsOf(probe, reached).map(({ step }) => step)).toEqual([0, 3, 6])
    expect(reached.state).toEqual((await trained(smallSpec(), { steps: 6 })).state)
    const { spec, state } = linear([[1, 0, 0], [0, 2, 0], [0, 0, 4]]) // prettier-ignore
    const other = await probe.run(spec, await state, reached.state.key)
    expect(other.logCondition).toBeCloseTo(2 * Math.log(4), 5)
  })
  it('takes labels of a conditional GAN, and refuses those that only data have', async () => {
    const conditional = (fakes: 'uniform' | 'data') =>
      pipe(smallSpec(Gan.withLabels({ classes: 3, fakes })), (spec): Gan.Spec => ({
        ...spec,
        networks: { ...spec.networks, generator: Net.serial(Net.appendLabels(3), Net.dense(5, 2)) }
      }))
    const state = async (spec: Gan.Spec) => rightOf(await pipe(spec, Gan.compile({ batchSize: 4, engine: 'reference' }))()).init(0) // prettier-ignore
    const probe = Lab.conditioning({ latents: 3, engine: 'reference' })
    const uniform = conditional('uniform')
    const figures = await probe.run(uniform, await state(uniform), Random.key(0))
    expect(Number.isFinite(figures.logCondition)).toBe(true)
    const data = conditional('data')
    await expect(async () => probe.run(data, await state(data), Random.key(0))).rejects.toThrow('labels can be drawn') // prettier-ignore
  })
})

describe('the probe of a clamp', () => {
  const { spec, state } = linear([[4, 0], [0, 4]]) // prettier-ignore
  it.each(['secant', 'jvp'] as const)('finds the part of latents beyond its bounds: %s', async (mode) => {
    const at = async (min: number, max: number) =>
      Lab.clampBinding({ min, max, mode, latents: 16, engine: 'reference' }).run(spec, await state, Random.key(3)) // prettier-ignore
    expect(await at(1, 20)).toMatchObject({ binding: 0, below: 0, above: 0 })
    expect(await at(5, 20)).toMatchObject({ binding: 1, below: 1, above: 0 })
    const { binding, above, least, mean, greatest } = await at(0, 3)
    expect([binding, above]).toEqual([1, 1])
    for (const x of [least, mean, greatest]) expect(x).toBeCloseTo(4, 4)
  })
  it('refuses bounds that cross', () => {
    expect(() => Lab.clampBinding({ min: 30 })).toThrow('a max of at least min, 30')
  })
})

describe('the probe of scores', () => {
  const { spec, state } = linear([[4, 0], [0, 4]]) // prettier-ignore
  /** Tells whether a point is to the right; its features are the point itself. */
  const classifier = {
    probabilities: (x: Tensor) => {
      const right = Array.from({ length: x.shape[0]! }, (_, i) => (x.data[2 * i]! > 0 ? 1 : 0))
      return Promise.resolve(tensor(right.flatMap((p) => [p, 1 - p]), [right.length, 2])) // prettier-ignore
    },
    features: (x: Tensor) => Promise.resolve(x)
  }
  it('counts classes, scores them, and compares features with those of data', async () => {
    const real = tensor(Random.normal(Random.key(3), [300, 2]).data.map((x) => 4 * x), [300, 2]) // prettier-ignore
    const at = async (data: Tensor) =>
      Lab.scores({ classifier, real: data, samples: 300, engine: 'reference' }).run(spec, await state, Random.key(1))
    const figures = await at(real)
    expect([...figures.counts.data].reduce((a, b) => a + b, 0)).toBe(300)
    expect([figures.missing, figures.leastCount]).toEqual([0, Math.min(...figures.counts.data)])
    expect(figures.classifierScore).toBeGreaterThan(1.9)
    expect(figures.frechetDistance).toBeLessThan(1)
    const far = await at(tensor(real.data.map((x) => x + 10), [300, 2])) // prettier-ignore
    expect(Math.abs(far.frechetDistance - figures.frechetDistance - 200)).toBeLessThan(40)
  })
  it('refuses no classifier, and probabilities that sum to something else', async () => {
    const real = tensor([[1, 2], [3, 4]]) // prettier-ignore
    expect(() => Lab.scores({ classifier: {} as typeof classifier, real })).toThrow('{ probabilities, features }')
    const faulty = { ...classifier, probabilities: classifier.features }
    const probe = Lab.scores({ classifier: faulty, real, samples: 4, engine: 'reference' })
    await expect(async () => probe.run(spec, await state, Random.key(1))).rejects.toThrow('sum to 1')
  })
})
