/** Generators whose Jacobians lack rank: by their shape, which is refused, or by units that died, which has to stay finite. */
import { describe, expect, it } from 'vitest'
import type { Objective } from '../../../src/index.ts'
import { Gan, Loss, Net, Opt, Prior, Random, Reg, pipe, tensor } from '../../../src/index.ts'
import { regularizers } from '../../support/regularizers.ts'
import { bits, leftOf, rightOf, trained } from '../../support/smallGan.ts'

const ofGenerators = regularizers.filter(({ of }) => of === 'generator').map((one) => [one.name, one] as const)
const spec = (generator: Net.Layer, latents: number, features: number, penalty: Objective.Objective): Gan.Spec =>
  pipe(
    Gan.between({ generator, discriminator: Net.dense(features, 1), prior: Prior.normal([latents]) }),
    Gan.withLoss(Loss.nonSaturating),
    Gan.withRegularizer('generator', penalty),
    Gan.withOptimizer('generator', Opt.sgd({ learningRate: 0.01 })),
    Gan.withOptimizer('discriminator', Opt.sgd({ learningRate: 0.01 }))
  )
const data =
  (features: number): Gan.Sampler =>
  (key, n) =>
    Random.normal(key, [n, features])

describe('a generator of fewer outputs than latents', () => {
  const wide = Net.serial(Net.dense(4, 5), Net.tanh, Net.dense(5, 2))
  const needRank = ['extremalClamp', 'logCondition', 'logDeterminant']
  it.each(ofGenerators)('is refused in words, or trains: %s', async (name, { make }) => {
    const found = Gan.validate(spec(wide, 4, 2, make('generator')))
    if (needRank.includes(name))
      expect(leftOf(found)).toEqual([
        expect.objectContaining({
          expected: 'a generator of at least as many outputs as latents, 4',
          actual: expect.stringContaining(
            'one of 2, so that some direction of latents always changes nothing'
          ) as string,
          hint: expect.stringContaining('Prior.normal([2])') as string
        })
      ])
    else {
      rightOf(found)
      const { state } = await trained(spec(wide, 4, 2, make('generator')), { data: data(2), steps: 2 })
      expect(bits(state).flat().every(Number.isFinite)).toBe(true)
    }
  })

  it('can be clamped from above alone', () => {
    const above = Reg.jacobianClamp({ mode: 'extremal', min: 0, max: 2 })
    expect(Gan.validate(spec(wide, 4, 2, above))).toMatchObject({ _tag: 'Right' })
  })
})

describe('a generator some of whose units have died', () => {
  /** Three units stay, whatever the latents, of which two say the same; or none does. */
  const dying = (biases: readonly number[]): Net.Layer =>
    Net.serial(
      Net.dense(3, 4, {
        weights: () => tensor([[0.1, 0.1, 0, 0.3], [0, 0, 0.2, 0], [0.1, 0.1, 0.1, 0]]), // prettier-ignore
        bias: () => tensor(biases)
      }),
      Net.relu,
      Net.dense(4, 5),
      Net.tanh
    )
  it.each(ofGenerators)('trains on to finite numbers: %s', async (_, { make }) => {
    for (const biases of [
      [9, 9, 9, -99],
      [-99, -99, -99, -99]
    ]) {
      const { state } = await trained(spec(dying(biases), 3, 5, make('generator')), { data: data(5), steps: 2 })
      expect(bits(state).flat().every(Number.isFinite)).toBe(true)
    }
  })
})
