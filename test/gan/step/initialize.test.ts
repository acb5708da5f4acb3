import { describe, expect, it, vi } from 'vitest'
import { pipe } from '#fp-ts/function'
import { Engine, Gan, Init, Net, Opt, Prior, Random, Loss } from '../../../src/index.ts'
import { initialState, initialShapes } from '../../../src/gan/step/state.ts'
import { treeLeaves } from '../../../src/tensor/tree.ts'
import { bits, compiled } from '../../support/smallGan.ts'

const adam = Opt.adam({ learningRate: 1e-3 })

/** Layers alike and unalike, with every kind of state, an average, and a parameter that no key reaches. */
const spec: Gan.Spec = pipe(
  Gan.between({
    generator: Net.serial(
      Net.dense(3, 8, { weights: Init.heNormal }),
      Net.batchNorm(8),
      Net.dense(8, 8, { weights: Init.orthogonal() }),
      Net.relu,
      Net.dense(8, 8, { weights: Init.orthogonal(), bias: Init.constant(0.1) }),
      Net.dense(8, 2)
    ),
    discriminator: Net.serial(Net.spectral(Net.dense(2, 8)), Net.relu, Net.spectral(Net.dense(8, 8)), Net.dense(8, 1)),
    prior: Prior.normal([3])
  }),
  Gan.withLoss(Loss.nonSaturating),
  Gan.withOptimizer('generator', adam),
  Gan.withOptimizer('discriminator', adam),
  Gan.withAverage({ decay: 0.9 })
)

/** A state of more numbers than plain loops compute. */
const wide: Gan.Spec = pipe(
  Gan.between({
    generator: Net.serial(Net.dense(2, 2 ** 16, { weights: Init.heNormal }), Net.dense(2 ** 16, 2)),
    discriminator: Net.dense(2, 1),
    prior: Prior.normal([2])
  }),
  Gan.withLoss(Loss.nonSaturating),
  Gan.withOptimizer('generator', Opt.sgd({ learningRate: 1e-3 })),
  Gan.withOptimizer('discriminator', adam),
  Gan.withAverage({ decay: 0.9 })
)

describe('the first state', () => {
  it('is on every engine what plain evaluation gives, where it is small', async () => {
    for (const engine of ['reference', 'wasm'] as const) {
      const step = await compiled(spec, { engine })
      expect(bits(await step.init(5))).toEqual(bits(initialState(spec, {}, Random.key(5))))
      step.dispose()
    }
  })
  it('has on wasm the same bits for any number of threads, and the reference values but for rounding', async () => {
    for (const each of [spec, wide]) {
      const [one, two] = await Promise.all(
        [1, 2].map(async (threads) => {
          const step = await compiled(each, { engine: Engine.wasm({ threads }) })
          const state = await step.init(5)
          step.dispose()
          return bits(state)
        })
      )
      expect(one).toEqual(two)
      const reference = bits(initialState(each, {}, Random.key(5)))
      const apart = one!.map((leaf, i) =>
        leaf.reduce((most, x, j) => Math.max(most, Math.abs(x - reference[i]![j]!)), 0)
      )
      expect(Math.max(...apart)).toBeLessThan(1e-4)
    }
  })
  it('compiles programs only where it is large', async () => {
    const engine = Engine.wasm({ threads: 1 })
    const compile = vi.spyOn(engine, 'compile')
    const compilations = async (of: Gan.Spec): Promise<number> => {
      const step = await compiled(of, { engine })
      compile.mockClear()
      await step.init(1)
      step.dispose()
      return compile.mock.calls.length
    }
    expect(await compilations(spec)).toBe(0)
    // Weights and biases of three layers of different sizes, and what depends on no key.
    expect(await compilations(wide)).toBe(7)
  })
  it('shares no array between two of its leaves', async () => {
    for (const each of [spec, wide]) {
      const step = await compiled(each)
      const leaves = treeLeaves(await step.init(0))
      expect(new Set(leaves.map(({ data }) => data)).size).toBe(leaves.length)
      step.dispose()
    }
  })
  it('differs from seed to seed, and refuses what is no seed', async () => {
    const step = await compiled(spec)
    expect(bits(await step.init(1))).not.toEqual(bits(await step.init(2)))
    await expect(step.init(0.5)).rejects.toThrow(/seed/)
    step.dispose()
  })
  it('has the shapes that tracing alone gives, which have no numbers', () => {
    const shapes = initialShapes(spec, {})
    const state = initialState(spec, {}, Random.key(0))
    const describeLeaves = (tree: unknown) => treeLeaves(tree).map(({ shape, dtype }) => ({ shape, dtype }))
    expect(describeLeaves(shapes)).toEqual(describeLeaves(state))
    expect(() => treeLeaves(shapes)[0]!.data).toThrow(/alone/)
  })
})
