/** Layers that compare the samples of a minibatch, and minibatches that leave them nothing to compare. */
import { describe, expect, it } from 'vitest'
import { pipe } from '#fp-ts/function'
import { Gan, Loss, Net, Opt, Prior, Random } from '../../../src/index.ts'
import { rightOf } from '../../support/smallGan.ts'

const warnings = async (networks: Readonly<Record<string, unknown>>, batchSize: number): Promise<readonly string[]> => {
  const players = { generator: Net.dense(2, 4), discriminator: Net.dense(4, 1), prior: Prior.normal([2]), ...networks }
  const spec = pipe(
    Gan.between(players),
    Gan.withLoss(Loss.nonSaturating),
    Gan.withOptimizer('generator', Opt.sgd({ learningRate: 0.1 })),
    Gan.withOptimizer('discriminator', Opt.sgd({ learningRate: 0.1 }))
  )
  const conditional = Object.values(spec.networks).some(({ takesLabels }) => takesLabels)
  const sampler: Gan.Sampler = (key, n) => {
    const real = Random.normal(key, [n, 4])
    return conditional ? { real, labels: Random.randint(key, [n], 0, 3) } : real
  }
  const whole = conditional ? Gan.withLabels({ classes: 3 })(spec) : spec
  const step = rightOf(await pipe(whole, Gan.compile({ batchSize, sampler, engine: 'reference' }))())
  step.dispose()
  return step.warnings.map(({ path, severity, actual }) => `${severity} ${path.join('.')}: ${actual}`)
}

const one = 'groups of one, for which it gives the same numbers whatever it is given'
const hidden = Net.dense(2, 4)
const images = Net.serial(Net.dense(2, 4), Net.reshape([1, 2, 2]))
const toPoints = Net.serial(Net.flatten, Net.dense(4, 4))

describe('batch norm over one number a feature', () => {
  it.each([
    ['batchNorm', Net.batchNorm(4)],
    ['conditionalBatchNorm', Net.conditionalBatchNorm(4, 3)]
  ])('is a constant, of which %s warns', async (_, layer) => {
    const generator = Net.serial(hidden, layer, Net.dense(4, 4))
    expect(await warnings({ generator }, 1)).toEqual([`warning networks.generator.1: ${one}`])
    expect(await warnings({ generator }, 2)).toEqual([])
  })
  it('is none over the pixels of one image', async () => {
    expect(await warnings({ generator: Net.serial(images, Net.batchNorm(1), toPoints) }, 1)).toEqual([])
    const pixel = Net.serial(Net.dense(2, 4), Net.reshape([4, 1, 1]), Net.batchNorm(4), toPoints)
    expect(await warnings({ generator: pixel }, 1)).toEqual([`warning networks.generator.2: ${one}`])
  })
  it('is a constant in a critic, too', async () => {
    const discriminator = Net.serial(Net.dense(4, 3), Net.batchNorm(3), Net.dense(3, 1))
    expect(await warnings({ discriminator }, 1)).toEqual([`warning networks.discriminator.1: ${one}`])
  })
})

describe('the standard deviation within groups', () => {
  const discriminator = (groupSize: number) =>
    Net.serial(Net.dense(4, 3), Net.minibatchStddev({ groupSize }), Net.dense(4, 1))
  it.each([
    [4, 8, []],
    [4, 4, []],
    [4, 2, []],
    [3, 6, []],
    [4, 6, ['6, which are compared in groups of 3']],
    [4, 7, [one]],
    [4, 1, [one]],
    [1, 4, [one]]
  ])('of %i among %i', async (groupSize, batchSize, expected) => {
    const found = await warnings({ discriminator: discriminator(groupSize) }, batchSize)
    expect(found).toEqual(expected.map((text) => `warning networks.discriminator.1: ${text}`))
  })
})

it('minibatch discrimination of one sample is a constant', async () => {
  const discriminator = Net.serial(Net.minibatchDiscrimination(4, { kernels: 2, dimensions: 2 }), Net.dense(6, 1))
  expect(await warnings({ discriminator }, 1)).toEqual([`warning networks.discriminator.0: ${one}`])
  expect(await warnings({ discriminator }, 2)).toEqual([])
})

it('no batch size is told that was not given', () => {
  const discriminator = Net.serial(Net.dense(4, 3), Net.minibatchStddev({ groupSize: 3 }), Net.dense(4, 1))
  const broken = Gan.between({ generator: Net.dense(2, 4), discriminator, prior: Prior.normal([2]) })
  const checked = Gan.validate(broken)
  expect(checked).toMatchObject({ _tag: 'Left' })
  expect(JSON.stringify(checked)).not.toContain('groups')
})
