/** A generator that stands still far from the data, before critics that get better and better. */
import { describe, expect, it } from 'vitest'
import { Gan, Lab, Loss, Net, Opt, Prior, Random, add, mul, pipe, tensor } from '../../src/index.ts'
import { compiled, smallSpec } from '../support/smallGan.ts'

/** Points around (1, -1), so close that they share nothing with what the generator makes around (-1, 1). */
const data: Gan.Sampler = (key, n) => add(mul(Random.normal(key, [n, 2]), 0.1), tensor([1, -1]))
const spec = pipe(
  Gan.between({
    generator: Net.dense(2, 2, { weights: () => tensor([[0.1, 0], [0, 0.1]]), bias: () => tensor([-1, 1]) }), // prettier-ignore
    discriminator: Net.serial(Net.dense(2, 8), Net.leakyRelu(0.2), Net.dense(8, 1)),
    prior: Prior.normal([2])
  }),
  Gan.withLoss(Loss.nonSaturating),
  Gan.withOptimizer('generator', Opt.adam({ learningRate: 0.1 })),
  Gan.withOptimizer('discriminator', Opt.adam({ learningRate: 0.02 }))
)
const losses = { minimax: Loss.minimax, nonSaturating: Loss.nonSaturating, wasserstein: Loss.wasserstein }

describe('the probe of vanishing gradients', () => {
  it('sees the minimax loss saturate, and others not', async () => {
    const state = await (await compiled(spec)).init(0)
    const before = structuredClone(state)
    const options = { data, steps: 160, every: 40, batchSize: 16, engine: 'wasm' } as const
    const key = Random.key(5)
    const found = await Lab.vanishingGradients({ ...options, losses }).run(spec, state, key)
    expect([...found.steps.data]).toEqual([40, 80, 120, 160])
    const [first, last] = [0, 3].map((i) => (name: string) => found[name]!.data[i]!)
    expect(last!('minimax')).toBeLessThan(0.1 * first!('minimax'))
    expect(last!('nonSaturating')).toBeGreaterThan(first!('nonSaturating'))
    expect(last!('wasserstein')).toBeGreaterThan(first!('wasserstein'))
    expect(state).toEqual(before)
    const again = await Lab.vanishingGradients({ ...options, losses: { minimax: Loss.minimax } }).run(spec, state, key)
    expect(again['minimax']).toEqual(found['minimax'])
  })
  it('refuses in words no losses, steps that every does not divide, and losses and data that do not fit', async () => {
    expect(() => Lab.vanishingGradients({ data, losses: {} })).toThrow('losses by name, at least one')
    expect(() => Lab.vanishingGradients({ data, losses, steps: 30 })).toThrow('steps that 20 divides; got 30')
    const state = await (await compiled(smallSpec())).init(0)
    const at = (options: Partial<Lab.VanishingGradientsOptions>, of = smallSpec()) =>
      Lab.vanishingGradients({ data, losses, steps: 2, every: 1, batchSize: 4, engine: 'reference', ...options }).run(of, state, Random.key(0)) // prettier-ignore
    await expect(at({ losses: { odd: 3 as never } })).rejects.toThrow("trained by the loss 'odd'")
    await expect(at({ data: (key, n) => Random.normal(key, [n, 3]) })).rejects.toThrow('minimax')
    await expect(at({}, spec)).rejects.toThrow('Lab.vanishingGradients')
  })
})
