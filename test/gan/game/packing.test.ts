/** Packs of samples: what a critic is given, and that losses, penalties and labels are those of packs. */
import { describe, expect, it } from 'vitest'
import { pipe } from '#fp-ts/function'
import {
  Augment,
  Gan,
  Loss,
  Net,
  Opt,
  Prior,
  Random,
  Reg,
  Update,
  matmul,
  reshape,
  sin,
  square,
  sum,
  tensor,
  treeLeaves
} from '../../../src/index.ts'
import type { Tensor } from '../../../src/index.ts'
import { errorAgainst } from '../../../src/tensor/compare.ts'
import { compiled, leftOf, pathsOf, points, rightOf, trained, trainerFor } from '../../support/smallGan.ts'

type Edit = (spec: Gan.Spec) => Gan.Spec

const sgd = Opt.sgd({ learningRate: 0.1 })
/** A critic of packs of `samples` points. */
const packedSpec = (samples: number, width = 2 * samples, ...edits: readonly Edit[]): Gan.Spec =>
  edits.reduce(
    (spec, edit) => edit(spec),
    pipe(
      Gan.between({
        generator: Net.serial(Net.dense(2, 3), Net.tanh, Net.dense(3, 2)),
        discriminator: Net.serial(Net.dense(width, 3), Net.softplus, Net.dense(3, 1)),
        prior: Prior.normal([2])
      }),
      Gan.withLoss(Loss.nonSaturating),
      Gan.withOptimizer('generator', sgd),
      Gan.withOptimizer('discriminator', sgd),
      Gan.withPacking('discriminator', samples)
    )
  )

describe('packing', () => {
  it('puts the channels of consecutive images one after another', () => {
    const x = Random.normal(Random.key(0), [6, 2, 3, 3])
    const [y] = Net.pack(3).apply({ params: [], state: [] }, x)
    expect(y).toEqual({ ...x, shape: [2, 6, 3, 3] })
    expect(Net.serial(Net.reshape([2, 3, 3]), Net.pack(3)).output).toEqual([6, 3, 3])
  })
  it('is checked for packs of every size, and one decides about single samples', () => {
    for (const samples of [1, 2, 3, 5, 6]) rightOf(Gan.validate(packedSpec(samples)))
  })
  it('trains with losses of pairs, penalties and augmentations, by some update rules', async () => {
    for (const loss of [Loss.nonSaturating, Loss.hinge, Loss.relativistic])
      for (const rule of [Update.alternating(), Update.consensus({ gamma: 0.1 }), Update.unrolled({ steps: 2 })]) {
        const spec = packedSpec(
          2,
          4,
          Gan.withLoss(loss),
          Gan.withUpdate(rule),
          Gan.withRegularizer('discriminator', Reg.r1({ gamma: 1 })),
          Gan.withRegularizer('discriminator', Reg.gradientPenalty()),
          Gan.withAugmentation('discriminator', Augment.instanceNoise({ deviation: 0.1 }))
        )
        const { state } = await trained(spec, { data: points, steps: 2 })
        expect(treeLeaves(state).every(({ data }) => data.every(Number.isFinite))).toBe(true)
      }
  })
  it('tells of networks of another width, of labels, of players that are none, and of minibatches that make no packs', async () => {
    const paths = (spec: Gan.Spec): readonly string[] => pathsOf(leftOf(Gan.validate(spec)))
    expect(paths(packedSpec(2, 3))).toEqual(['networks.discriminator'])
    expect(paths(Gan.withPacking('critic', 2)(packedSpec(2)))).toEqual(['networks.critic'])
    expect(paths(packedSpec(0, 2))).toContain('networks.discriminator.0.samples')
    const labelled = Gan.between({
      generator: Net.serial(Net.appendLabels(3), Net.dense(5, 2)),
      discriminator: Net.serial(Net.appendLabels(3), Net.dense(7, 1)),
      prior: Prior.normal([2])
    })
    const [issue] = leftOf(Gan.validate(Gan.withPacking('discriminator', 2)(Gan.withLabels({ classes: 3 })(labelled))))
    expect(issue).toMatchObject({
      path: ['networks', 'discriminator'],
      hint: 'Put Net.pack(2) into it, behind the layer that reads labels'
    })
    const odd = await pipe(packedSpec(2), Gan.compile({ batchSize: 5, engine: 'reference' }))()
    expect(leftOf(odd)).toMatchObject([{ _tag: 'Misfit', hint: 'Change the batch size' }])
  })
  it('goes with labels, which are read before it', async () => {
    const spec = pipe(
      Gan.between({
        generator: Net.serial(Net.appendEmbedding(3, 4), Net.dense(6, 2)),
        discriminator: Net.serial(Net.appendLabels(3), Net.pack(2), Net.dense(10, 3), Net.softplus, Net.dense(3, 1)),
        prior: Prior.normal([2])
      }),
      Gan.withLabels({ classes: 3 }),
      Gan.withLoss(Loss.nonSaturating),
      Gan.withRegularizer('discriminator', Reg.r1({ gamma: 1 })),
      Gan.withOptimizer('generator', sgd),
      Gan.withOptimizer('discriminator', sgd)
    )
    const trainer = await trainerFor(await compiled(spec))
    const batch = { real: tensor([[1, 2], [3, 4], [5, 6], [7, 8]]), labels: tensor([0, 1, 2, 0], [4], 'int32') } // prettier-ignore
    rightOf(await trainer.advance(2, { batches: () => batch })())
    const state = rightOf(await trainer.snapshot()())
    expect(treeLeaves(state).every(({ data }) => data.every(Number.isFinite))).toBe(true)
  })
})

describe('gradients of a critic of packs', () => {
  const w = Random.normal(Random.key(1), [6, 1])
  const ofPacks = (x: Tensor): Tensor => reshape(sin(matmul(x, w)), [x.shape[0]!])
  const D = (x: Tensor): Tensor => ofPacks(reshape(x, [x.shape[0]! / 3, 6]))
  const x = Random.normal(Random.key(2), [12, 2])
  const packs = reshape(x, [4, 6])
  it.each<readonly [string, (critic: Reg.Critic, at: Tensor) => Tensor]>([
    ['R1', (critic, at) => Reg.squaredGradientAt(critic, at)],
    ['WGAN-GP', (critic, at) => Reg.gradientPenaltyAt(critic, at)],
    ['the greatest gradient', (critic, at) => Reg.maxGradientPenaltyAt(critic, at)],
    ['norms', (critic, at) => Reg.gradientNorm(critic, at)]
  ])('are those of packs: %s', (_, penalty) => {
    const [found, expected] = [penalty(D, x), penalty(ofPacks, packs)]
    expect(found.shape).toEqual(expected.shape)
    expect(errorAgainst(found.data, expected.data)).toBeLessThan(1e-6)
  })
  it('stay those of samples where there is a score a sample, or one for all', () => {
    const own = (y: Tensor): Tensor => sum(square(y), { axes: [1] })
    expect(Reg.inputGradient(own, x).shape).toEqual([12, 2])
    expect(Reg.inputGradient((y) => sum(square(y)), x).shape).toEqual([12, 2])
  })
})
