/** When the state of layers advances: once an update of their player, by its first application at the top of the loss. */
import { describe, expect, it } from 'vitest'
import { Gan, Objective, add, full, grad, mean, mul, square, sum, treeLeaves, zeros } from '../../../src/index.ts'
import type { Tensor } from '../../../src/index.ts'
import { layer } from '../../../src/nn/layer.ts'
import type { Layer } from '../../../src/nn/layer.ts'
import { compiled, smallSpec } from '../../support/smallGan.ts'

/** w x, whose state sums up all that it was shown. */
const summing: Layer = layer<unknown, unknown, Tensor, Tensor>({
  name: 'summing',
  init: () => ({ params: full([], 1), state: zeros([]) }),
  apply: ({ params, state }, x) => [mul(x, params), add(state, sum(x))]
})

const penalty: Gan.Term = ({ D, real }) => mean(square(grad((x: Tensor) => sum(D(x)))(mul(real, 100))))
const scoresOfReal: Gan.Term = ({ D, real }) => mean(D(real))
const scoresOfFake: Gan.Term = ({ D, fake }) => mean(D(fake))
const size: Gan.Term = ({ G, latent }) => mean(G(latent))

const batchSize = 4
const spec = (discriminator: readonly Gan.Term[], generator: readonly Gan.Term[]): Gan.Spec => ({
  ...Gan.withLoss({
    discriminator: discriminator.flatMap(Objective.from),
    generator: generator.flatMap(Objective.from)
  })(smallSpec()),
  networks: { generator: summing, discriminator: summing },
  prior: { name: 'halves', shape: [1], sample: (_, n) => full([n, 1], 0.5) }
})

const statesAfter = async (of: Gan.Spec): Promise<Readonly<Record<string, readonly number[]>>> => {
  const step = await compiled(of, { batchSize })
  const [next] = await step(await step.init(0), [full([batchSize, 1], 3)])
  return Object.fromEntries(
    Object.entries(next.players).map(([name, { layers }]) => [
      name,
      treeLeaves(layers).flatMap(({ data }) => [...data])
    ])
  )
}

const [real, latent] = [3 * batchSize, 0.5 * batchSize]

describe('layer state', () => {
  it('advances by the first application of the player that moves', async () => {
    expect(await statesAfter(spec([scoresOfReal, scoresOfFake], [scoresOfFake]))).toEqual({
      discriminator: [real],
      generator: [latent]
    })
  })
  it('is only read inside a derivative that a term takes, though it comes first', async () => {
    expect(await statesAfter(spec([penalty, scoresOfReal, penalty, scoresOfFake], [scoresOfFake]))).toMatchObject({
      discriminator: [real]
    })
  })
  it('stays where all applications are inside derivatives', async () => {
    const tangents: Gan.Term = ({ G, latent: z }) => mean(square(grad((x: Tensor) => sum(G(x)))(z)))
    expect(await statesAfter(spec([penalty], [tangents]))).toEqual({ discriminator: [0], generator: [0] })
  })
  it('advances by the fake where that is seen first', async () => {
    expect(await statesAfter(spec([scoresOfFake, scoresOfReal], [size]))).toEqual({
      discriminator: [latent],
      generator: [latent]
    })
  })
})
