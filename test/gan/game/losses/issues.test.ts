/** Games that lack what their loss needs: each is told in words, before anything runs. */
import { describe, expect, it } from 'vitest'
import * as E from '#fp-ts/Either'
import { Gan, Issue, Loss, Net, Prior, Reg, pipe } from '../../../../src/index.ts'
import type { Layer } from '../../../../src/nn/layer.ts'
import { optimized } from '../../../support/lossGames.ts'
import { leftOf } from '../../../support/smallGan.ts'

/** Plain JavaScript knows no types. */
const js = (x: unknown): any => x

const game = (loss: Loss.Loss, parts: object = {}, ...edits: readonly Gan.Endomorphism<Gan.Spec>[]): Gan.Spec =>
  edits.reduce(
    (spec, edit) => edit(spec),
    pipe(
      Gan.between({ generator: Net.dense(3, 2), discriminator: chain(2, 1), prior: Prior.normal([3]), ...parts }),
      Gan.withLoss(loss),
      optimized
    )
  )
const chain = (inputs: number, outputs: number): Layer =>
  Net.serial(Net.dense(inputs, 4), Net.tanh, Net.dense(4, outputs))
const conditional = { generator: Net.serial(Net.appendLabels(3), Net.dense(6, 2)), discriminator: chain(2, 4) }
const classes = Gan.withLabels({ classes: 3 })
const codes = { categories: [3], continuous: 2 }
const coded = { generator: Net.dense(7, 2), discriminator: chain(2, 6), prior: Prior.codes({ noise: 2, ...codes }) }

describe('a sound game', () => {
  it.each<readonly [string, Gan.Spec]>([
    ['auxiliaryClassifier', game(Loss.auxiliaryClassifier({ classes: 3 }), conditional, classes)],
    ['mutualInformation', game(Loss.mutualInformation(codes), coded)],
    ['bidirectional', game(Loss.bidirectional({ encoder: 'inference' }), { inference: Net.dense(2, 3), discriminator: Net.serial(Net.join, chain(5, 1)) })], // prettier-ignore
    ['featureMatching', game(Loss.featureMatching())]
  ])('of %s has no issues', (_, spec) => {
    expect(Gan.validate(spec)).toEqual(E.right(spec))
  })
})

const wanting: readonly (readonly [string, Gan.Spec, readonly (readonly [path: string, words: string])[]])[] = [
  ['an encoder', game(Loss.bidirectional(), { discriminator: Net.serial(Net.join, chain(5, 1)) }), [['loss.encoder', "one of the players generator, discriminator; got 'encoder'"]]], // prettier-ignore
  ['an encoder whose codes are latents', game(Loss.bidirectional(), { encoder: Net.dense(2, 5), discriminator: Net.serial(Net.join, chain(7, 1)) }), [['loss.encoder.bidirectional', 'codes shaped like latents, [B, 3]; got [4, 5]']]], // prettier-ignore
  ['a critic that sees pairs', game(Loss.bidirectional(), { encoder: Net.dense(2, 3) }), [['loss.discriminator.bidirectional', 'a batch, a tensor (Net.join makes one of several); got an object']]], // prettier-ignore
  ['labels', game(Loss.auxiliaryClassifier({ classes: 3 }), { discriminator: chain(2, 4) }), [['loss.discriminator.auxiliaryClassifier', 'labels of reals, int32 [4]; got none'], ['loss.generator.auxiliaryClassifier', 'labels of fakes, int32 [4]; got none']]], // prettier-ignore
  ['labels that are classes', game(Loss.auxiliaryClassifier({ classes: 3 }), { generator: Net.serial(Net.appendCondition([3]), Net.dense(6, 2)), discriminator: chain(2, 4) }, Gan.withConditions({ shape: [3] })), [['loss.generator.auxiliaryClassifier', 'labels of fakes, int32 [4]; got float32[4, 3]']]], // prettier-ignore
  ['a critic of classes', game(Loss.auxiliaryClassifier({ classes: 3 }), { ...conditional, discriminator: chain(2, 1) }, classes), [['networks.discriminator', '[B, 4]: a score and 3 further numbers, which the loss reads; got [4, 1]']]], // prettier-ignore
  ['enough classes', game(Loss.auxiliaryClassifier({ classes: 2 }), { ...conditional, discriminator: chain(2, 3) }, classes), [['loss.classes', '3 classes; got 2']]], // prettier-ignore
  ['a class of samples without a label', game(Loss.auxiliaryClassifier({ classes: 3 }), { ...conditional, generator: Net.serial(Net.appendLabels(4), Net.dense(7, 2)) }, Gan.withLabels({ classes: 3, dropout: 0.1 })), [['loss.classes', '4 classes, the last one of dropped labels; got 3']]], // prettier-ignore
  ['codes among the latents', game(Loss.mutualInformation(codes), { ...coded, prior: Prior.normal([7]) }), [['prior.codes', 'codes of categories [3] and 2 continuous, which the loss looks for in fakes; got Prior.normal, which knows of none']]], // prettier-ignore
  ['these codes', game(Loss.mutualInformation(codes), { ...coded, prior: Prior.codes({ noise: 2, categories: [2, 1], continuous: 2 }) }), [['prior.codes', 'got categories [2, 1] and 2 continuous']]], // prettier-ignore
  ['a critic of codes', game(Loss.mutualInformation(codes), { ...coded, discriminator: chain(2, 1) }), [['networks.discriminator', '[B, 6]: a score and 5 further numbers, which the loss reads; got [4, 1]']]], // prettier-ignore
  ['any code', game(Loss.mutualInformation({}), coded), [['loss.categories', 'some codes; got none']]],
  ['features', game(Loss.featureMatching(), { discriminator: Net.dense(2, 1) }), [['loss.generator.featureMatching', 'a discriminator of several layers; got one that is no chain of layers']]], // prettier-ignore
  ['a layer of that number', game(Loss.featureMatching({ layer: 3 })), [['loss.generator.featureMatching', 'a layer of the discriminator, 0 to 2; got 3']]], // prettier-ignore
  ['as many fakes', game(Loss.topK({ k: 5 })), [['loss.generator.topK', 'k from 1 to 4, the samples of a minibatch; got 5']]], // prettier-ignore
  ['an autoencoder', game(Loss.energyBased({ energy: 'squaredError' })), [['loss.discriminator.energyBased', 'a discriminator that gives samples again, [4, 2]; got [4, 1]']]], // prettier-ignore
  ['a second latent', game(Loss.hinge, {}, Gan.withRegularizer('generator', Reg.modeSeeking())), [['regularizers.generator.modeSeeking', 'at least two latents, which are compared; got 1']]] // prettier-ignore
]

describe('a game that lacks', () => {
  it.each(wanting)('%s is told so', async (what, spec, expected) => {
    const batchSize = what === 'a second latent' ? 1 : 4
    const issues = leftOf(await Gan.compile({ batchSize, engine: 'reference' })(spec)())
    for (const [path, words] of expected) {
      const own = issues.filter((issue) => issue.path.join('.') === path)
      expect(Issue.show(issues)).toContain(words)
      expect(own.map((issue) => Issue.show([issue])).join()).toContain(words)
    }
    expect(issues.every(({ cause }) => !(cause instanceof TypeError || cause instanceof RangeError))).toBe(true)
  })
})

describe('options', () => {
  it.each<readonly [string, Loss.Loss, string]>([
    ['a divergence', Loss.fGan(js('kullback')), 'divergence'],
    ['a form of the generator', Loss.fGan('kl', { generator: js('saturated') }), 'generator'],
    ['a measuring function', Loss.phi(js('square')), 'phi'],
    ['a margin', Loss.energyBased({ margin: 0 }), 'margin'],
    ['an energy', Loss.energyBased({ energy: js('l1') }), 'energy'],
    ['a diversity ratio', Loss.boundaryEquilibrium({ gamma: 2 }), 'gamma'],
    ['k', Loss.topK({ k: 0.5 }), 'k'],
    ['a missing k', Loss.topK(js({})), 'k'],
    ['a layer', Loss.featureMatching({ layer: -1 }), 'layer'],
    ['a loss to play', Loss.featureMatching({ loss: js('hinge') }), 'loss'],
    ['classes', Loss.auxiliaryClassifier(js({})), 'classes'],
    ['a weight', Loss.auxiliaryClassifier({ classes: 3, weight: -1 }), 'weight'],
    ['categories', Loss.mutualInformation({ categories: [3, 0] }), 'categories'],
    ['a deviation', Loss.mutualInformation({ continuous: 1, sigma: 0 }), 'sigma'],
    ['an encoder', Loss.bidirectional({ encoder: js(5) }), 'encoder'],
    ['a main term', Loss.hybrid(js(undefined)), 'main'],
    ['a ratio', Loss.hybrid(() => js(1), { ratio: 0 }), 'ratio']
  ])('tell %s that is none', (_, { problems }, name) => {
    expect(problems.map(({ path }) => path.join('.'))).toEqual([name])
  })
  it('that are misspelt are told with the nearest name', () => {
    expect(Loss.boundaryEquilibrium(js({ gama: 1 })).problems).toMatchObject([{ path: ['gama'], hint: 'Did you mean gamma?' }]) // prettier-ignore
    expect(Loss.mutualInformation(js({ continuos: 1 })).problems[0]).toMatchObject({ hint: 'Did you mean continuous?' })
    expect(Reg.modeSeeking(js({ from: 'batch' }))[0]!.problems).toMatchObject([{ hint: 'Did you mean form?' }])
    expect(Prior.codes(js({ noise: -1, category: 3 })).problems).toHaveLength(2)
  })
  it('of a loss within a loss are told, too', () => {
    const inner = Loss.topK({ k: -1 })
    for (const loss of [Loss.featureMatching({ loss: inner }), Loss.hybrid(() => js(1), { loss: inner })])
      expect(loss.problems.map(({ path }) => path.join('.'))).toEqual(['k'])
  })
})
