/** One small game of MLPs for each loss of the library, for what has to hold of all of them. */
import { Gan, Loss, Net, Objective, Opt, Prior, Random, Reg, abs, mean, pipe, square, sub } from '../../src/index.ts'
import type { Layer } from '../../src/nn/layer.ts'

export interface LossGame {
  readonly name: string
  readonly spec: Gan.Spec
  /** Draws minibatches of points, with labels where the game is conditional. */
  readonly sampler: Gan.Sampler
}

const mlp = (inputs: number, outputs: number, ...first: readonly Layer[]): Layer =>
  (Net.serial as (...layers: readonly Layer[]) => Layer)(
    ...first,
    Net.dense(inputs, 5),
    Net.softplus,
    Net.dense(5, 4),
    Net.tanh,
    Net.dense(4, outputs)
  )

const points: Gan.Sampler = (key, n) => Random.normal(key, [n, 2])
const labelled: Gan.Sampler = (key, n) => ({ real: Random.normal(key, [n, 2]), labels: Random.randint(key, [n], 0, 3) })

/** The optimizers of all players, with steps long enough to show in single precision. */
export const optimized = (spec: Gan.Spec): Gan.Spec =>
  Object.keys(spec.networks).reduce((s, name) => Gan.withOptimizer(name, Opt.adam({ learningRate: 0.01 }))(s), spec)

interface Parts {
  readonly generator?: Layer
  readonly discriminator?: Layer
  readonly encoder?: Layer
  readonly second?: Layer
  readonly prior?: Prior.Prior
}

const game = (name: string, loss: Loss.Loss, parts: Parts = {}, ...edits: readonly Gan.Endomorphism<Gan.Spec>[]) => ({
  name,
  sampler: points,
  spec: edits.reduce(
    (spec, edit) => edit(spec),
    pipe(
      Gan.between({ generator: mlp(3, 2), discriminator: mlp(2, 1), prior: Prior.normal([3]), ...parts }),
      Gan.withLoss(loss),
      optimized
    )
  )
})

const conditional = (name: string, loss: Loss.Loss, discriminator: Layer, parts: Parts = {}): LossGame => ({
  ...game(
    name,
    loss,
    { generator: mlp(6, 2, Net.appendLabels(3)), discriminator, ...parts },
    Gan.withLabels({ classes: 3 })
  ),
  sampler: labelled
})

const codes = { categories: [3, 2], continuous: 1 }

export const lossGames: readonly LossGame[] = [
  game('minimax', Loss.minimax),
  game('nonSaturating', Loss.nonSaturating),
  game('leastSquares', Loss.leastSquares),
  game('hinge', Loss.hinge),
  game('wasserstein', Loss.wasserstein),
  game('relativistic', Loss.relativistic),
  game('relativisticAverage', Loss.relativisticAverage),
  ...(['kl', 'reverseKl', 'pearson', 'squaredHellinger', 'jensenShannon', 'gan'] as const).map((divergence) =>
    game(`fGan of ${divergence}`, Loss.fGan(divergence))
  ),
  game('phi of sqrt', Loss.phi('sqrt')),
  game(
    'phi of one’s own',
    Loss.phi((p) => square(p))
  ),
  game('energyBased', Loss.energyBased({ margin: 1 })),
  game('energyBased, an autoencoder', Loss.energyBased({ energy: 'squaredError' }), { discriminator: mlp(2, 2) }),
  game('boundaryEquilibrium', Loss.boundaryEquilibrium({ lambda: 0.1 })),
  game('boundaryEquilibrium, an autoencoder', Loss.boundaryEquilibrium({ lambda: 0.1, energy: 'absoluteError' }), {
    discriminator: mlp(2, 2)
  }),
  game('energyBased, an energy of one’s own', Loss.energyBased({ energy: (D, x) => square(D(x)) })),
  game('topK', Loss.topK({ k: 2 })),
  game('topK, fewer and fewer', Loss.topK({ k: Opt.linear(4, 1, 4), loss: 'hinge' })),
  game('featureMatching', Loss.featureMatching()),
  game('featureMatching at the first activation', Loss.featureMatching({ layer: 1, loss: Loss.hinge })),
  conditional('auxiliaryClassifier', Loss.auxiliaryClassifier({ classes: 3 }), mlp(2, 4)),
  game(
    'mutualInformation',
    Loss.mutualInformation({ ...codes, loss: Loss.hinge }),
    { generator: mlp(8, 2), discriminator: mlp(2, 7), prior: Prior.codes({ noise: 2, ...codes }) },
    Gan.withRegularizer('discriminator', Reg.r1({ gamma: 0.1 }))
  ),
  game('bidirectional', Loss.bidirectional(), { discriminator: mlp(5, 1, Net.join), encoder: mlp(2, 3) }),
  game('bidirectional, saturating', Loss.bidirectional({ generator: 'saturating' }), {
    discriminator: mlp(5, 1, Net.join),
    encoder: mlp(2, 3)
  }),
  game(
    'hybrid',
    Loss.hybrid(({ real, fake }) => mean(abs(sub(real, fake))), { ratio: 2 })
  ),
  game('modeSeeking', Loss.nonSaturating, {}, Gan.withRegularizer('generator', Reg.modeSeeking({ weight: 0.1 }))),
  game(
    'modeSeeking of the minibatch, scheduled',
    Loss.hinge,
    {},
    Gan.withRegularizer('generator', Objective.schedule(Opt.linear(0.1, 0, 100))(Reg.modeSeeking({ form: 'batch' })))
  ),
  conditional('nonSaturating with labels', Loss.nonSaturating, mlp(5, 1, Net.appendLabels(3))),
  conditional('relativisticAverage with labels', Loss.relativisticAverage, mlp(5, 1, Net.appendLabels(3))),
  conditional('boundaryEquilibrium with labels', Loss.boundaryEquilibrium(), mlp(5, 1, Net.appendLabels(3))),
  conditional('featureMatching with labels', Loss.featureMatching({ layer: 2 }), mlp(5, 1, Net.appendLabels(3))),
  game(
    'boundaryEquilibrium against two critics',
    Loss.withCritics(['discriminator', 'second'])(Loss.boundaryEquilibrium({ lambda: 0.1 })),
    { second: mlp(2, 1) }
  ),
  game('featureMatching against two critics', Loss.withCritics(['discriminator', 'second'])(Loss.featureMatching()), {
    second: mlp(2, 1)
  }),
  conditional(
    'auxiliaryClassifier against two critics',
    Loss.withCritics(['discriminator', 'second'])(Loss.auxiliaryClassifier({ classes: 3, loss: Loss.hinge })),
    mlp(2, 4),
    { second: mlp(2, 4) }
  ),
  game('bidirectional against two critics', Loss.withCritics(['discriminator', 'second'])(Loss.bidirectional()), {
    discriminator: mlp(5, 1, Net.join),
    second: mlp(5, 1, Net.join),
    encoder: mlp(2, 3)
  }),
  game(
    'hybrid against two critics',
    Loss.hybrid(({ real, fake }) => mean(abs(sub(real, fake))), {
      loss: Loss.withCritics(['discriminator', 'second'])(Loss.relativisticAverage)
    }),
    { second: mlp(2, 1) }
  )
]
