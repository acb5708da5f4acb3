/** Whatever the lab is asked that has no answer, it refuses in words: no NaN and no infinity comes of it. */
import { describe, expect, it } from 'vitest'
import { Lab, Net, Random, mul, reshape, tensor } from '../../src/index.ts'
import type { Gan, Tensor } from '../../src/index.ts'
import { compiled, smallSpec } from '../support/smallGan.ts'

const G = (z: Tensor): Tensor => mul(z, z)
const rows = tensor([[1, 2], [3, 4], [5, 7]]) // prettier-ignore
const single = tensor([[1, 2]])
const broken = tensor([[1, NaN], [3, 4], [5, 7]]) // prettier-ignore
const line = tensor([1, 2, 3])
const likely = tensor([[0.5, 0.5], [0.9, 0.1]]) // prettier-ignore
const unlikely = tensor([[0.5, 0.5], [0.9, 0.2]]) // prettier-ignore
const one = tensor([[0.5, 0.5]])
const key = Random.key(0)
const net = Net.serial(Net.dense(2, 3), Net.relu, Net.dense(3, 2))
const { params, state: layers } = net.init(key)
const labels = tensor([0, 1, 1], [3], 'int32')
const classifier = () => Lab.classifier(net, { params, layers }, { engine: 'reference' })

/** A state whose generator makes NaN. */
const brokenState = async (): Promise<Gan.State> => {
  const state = await (await compiled(smallSpec())).init(0)
  const held = state.players['generator']! as { params: readonly Record<string, Tensor>[] }
  for (const { data } of Object.values(held.params[0]!)) data.fill(NaN)
  return state
}
const run = async (probe: { run: (spec: Gan.Spec, state: Gan.State, key: Tensor) => unknown }) =>
  probe.run(smallSpec(), await brokenState(), key)

/** Each function, called with what has no answer, and what it then says. */
const refusals: Readonly<Record<string, Readonly<Record<string, readonly [() => unknown, string]>>>> = {
  jacobian: {
    'latents of the wrong shape': [() => Lab.jacobian(G)(line), 'latents [B, latents]'],
    NaN: [() => Lab.jacobian(G)(broken), 'finite']
  },
  metricTensor: {
    'latents of the wrong shape': [() => Lab.metricTensor(G)(line), 'latents [B, latents]'],
    NaN: [() => Lab.metricTensor(G)(broken), 'finite']
  },
  spectrum: {
    'latents of the wrong shape': [() => Lab.spectrum(G)(line), 'latents [B, latents]'],
    NaN: [() => Lab.spectrum(G)(broken), 'finite']
  },
  extremeSpectrum: {
    'latents of the wrong shape': [() => Lab.extremeSpectrum(G, { leading: 1 })(line), 'latents [B, latents]'],
    NaN: [() => Lab.extremeSpectrum(G, { leading: 1 })(broken), 'finite'],
    'neither end': [() => Lab.extremeSpectrum(G, {}), 'at least one']
  },
  singularDirections: {
    'latents of the wrong shape': [() => Lab.singularDirections(G)(line), 'latents [B, latents]'],
    NaN: [() => Lab.singularDirections(G)(broken), 'finite']
  },
  pathSpeeds: {
    'latents of the wrong shape': [() => Lab.pathSpeeds(G)(line, line), 'latents [B, latents]'],
    'a velocity of another shape': [() => Lab.pathSpeeds(G)(rows, single), 'float32[3, 2]'],
    NaN: [() => Lab.pathSpeeds(G)(broken, rows), 'finite'],
    'a velocity of NaN': [() => Lab.pathSpeeds(G)(rows, broken), 'finite']
  },
  walk: {
    'directions of another shape': [() => Lab.walk(rows, single, { reach: 1, steps: 3 }), 'one shape'],
    NaN: [() => Lab.walk(broken, rows, { reach: 1, steps: 3 }), 'finite']
  },
  conditioningOf: {
    NaN: [() => Lab.conditioningOf(broken), 'finite'],
    'several Jacobians': [() => Lab.conditioningOf(tensor([[[1]]])), 'Lab.averageSpectrum']
  },
  averageSpectrum: {
    NaN: [() => Lab.averageSpectrum(reshape(broken, [1, 3, 2])), 'finite'],
    'one Jacobian': [() => Lab.averageSpectrum(rows), '[n, outputs, latents]'],
    none: [() => Lab.averageSpectrum(tensor([], [0, 3, 2])), 'at least 1 row']
  },
  classifierScore: {
    NaN: [() => Lab.classifierScore(broken), 'finite'],
    'a single sample': [() => Lab.classifierScore(one), 'at least 2 rows'],
    'what does not sum to 1': [() => Lab.classifierScore(unlikely), 'sum to 1'],
    'splits that do not divide': [() => Lab.classifierScore(likely, { splits: 3 }), 'divide 2 rows']
  },
  classHistogram: {
    NaN: [() => Lab.classHistogram(broken), 'finite'],
    'no sample': [() => Lab.classHistogram(tensor([], [0, 2])), 'at least 1 row'],
    'what does not sum to 1': [() => Lab.classHistogram(unlikely), 'sum to 1']
  },
  labelHistogram: {
    NaN: [() => Lab.labelHistogram(tensor([0, NaN]), 2), 'labels from 0 to 1'],
    'no sample': [() => Lab.labelHistogram(tensor([], [0], 'int32'), 2), 'at least one sample'],
    'a label beyond': [() => Lab.labelHistogram(tensor([0, 2], [2], 'int32'), 2), 'labels from 0 to 1']
  },
  stackedModes: {
    NaN: [() => Lab.stackedModes([likely, tensor([[NaN, 1], [0, 1]])]), 'finite'], // prettier-ignore
    'what does not sum to 1': [() => Lab.stackedModes([unlikely, likely]), 'sum to 1'],
    'no sample': [() => Lab.stackedModes([tensor([], [0, 2])]), 'at least 1 row'],
    'channels of several lengths': [() => Lab.stackedModes([likely, one]), 'samples']
  },
  ...Object.fromEntries(
    (['frechetDistance', 'kernelDistance', 'precisionRecall', 'densityCoverage'] as const).map((name) => [
      name,
      {
        NaN: [() => Lab[name](rows, broken), 'finite'],
        'a single sample': [() => Lab[name](single, rows), 'at least'],
        'another width': [() => Lab[name](rows, tensor([[1], [2], [3]])), 'of one width'],
        'a vector': [() => Lab[name](line, line), '[n, d]']
      }
    ])
  ),
  nearestNeighbours: {
    NaN: [() => Lab.nearestNeighbours(rows, broken), 'finite'],
    'another width': [() => Lab.nearestNeighbours(rows, tensor([[1], [2]])), 'one width']
  },
  nearestPairs: {
    NaN: [() => Lab.nearestPairs(broken, 1), 'finite'],
    'a single sample': [() => Lab.nearestPairs(single, 1), 'at least 2 rows']
  },
  interpolate: {
    NaN: [() => Lab.interpolate(rows, broken, 0.5), 'finite'],
    'a t of NaN': [() => Lab.interpolate(rows, rows, NaN), 'finite'],
    'another t of NaN': [() => Lab.interpolate(rows, rows, tensor([0, NaN, 1])), 'finite'],
    'latents of the wrong shape': [() => Lab.interpolate(line, line, 0.5), '[n, d]'],
    'directions that are none': [() => Lab.interpolate(rows, rows, 0.5, { path: 'spherical' }), 'two directions']
  },
  stepLengths: {
    NaN: [() => Lab.stepLengths(reshape(broken, [3, 1, 2])), 'finite'],
    'a single point': [() => Lab.stepLengths(reshape(single, [1, 1, 2])), 'at least one step']
  },
  unevenness: {
    NaN: [() => Lab.unevenness(reshape(broken, [3, 1, 2])), 'finite'],
    'a single point': [() => Lab.unevenness(reshape(single, [1, 1, 2])), 'at least one step']
  },
  collisionProbability: {
    NaN: [() => Lab.collisionProbability({ support: NaN, samples: 2 }), 'support'],
    'a single sample': [() => Lab.collisionProbability({ support: 0, samples: 1 }), 'support']
  },
  samplesForCollision: { NaN: [() => Lab.samplesForCollision(NaN), 'a whole number of at least 1'] },
  supportSize: {
    NaN: [() => Lab.supportSize({ samples: NaN }), 'samples'],
    'a single sample': [() => Lab.supportSize({ samples: 1 }), 'at least 2'],
    'more duplicates than trials': [() => Lab.supportSize({ samples: 2, trials: 1, withDuplicate: 2 }), 'at most all']
  },
  gameSpectrum: {
    NaN: [() => Lab.gameSpectrum((w: Tensor) => mul(w, w), tensor([1, NaN])), 'finite'],
    'NaN among the leading': [() => Lab.gameSpectrum((w: Tensor) => mul(w, w), tensor([1, NaN]), { leading: 1 }), 'finite'] // prettier-ignore
  },
  classifier: {
    'NaN among samples': [() => classifier().probabilities(broken), 'finite'],
    'features of NaN': [() => classifier().features(broken), 'finite'],
    'accuracy of NaN': [() => classifier().accuracy(broken, labels), 'finite'],
    'no sample': [() => classifier().probabilities(tensor([], [0, 2])), 'at least one'],
    'labels of other samples': [() => classifier().accuracy(rows, tensor([0], [1], 'int32')), 'labels [3]']
  },
  trainClassifier: {
    NaN: [() => Lab.trainClassifier({ data: { images: broken, labels }, net, batchSize: 1, engine: 'reference' }), 'finite'], // prettier-ignore
    'a single sample': [
      () => Lab.trainClassifier({ data: { images: single, labels: tensor([0], [1], 'int32') }, net, batchSize: 1 }),
      'samples to hold back'
    ]
  },
  conditioning: { 'a generator of NaN': [() => run(Lab.conditioning({ engine: 'reference' })), 'finite'] },
  clampBinding: { 'a generator of NaN': [() => run(Lab.clampBinding({ engine: 'reference' })), 'finite'] },
  scores: {
    'a generator of NaN': [
      () => run(Lab.scores({ classifier: classifier(), real: rows, samples: 4, engine: 'reference' })),
      'finite'
    ],
    'one sample of data': [
      async () =>
        Lab.scores({ classifier: classifier(), real: single, samples: 4, engine: 'reference' }).run(
          smallSpec(),
          await (await compiled(smallSpec())).init(0),
          key
        ),
      'at least'
    ]
  },
  vanishingGradients: {
    'a generator of NaN': [
      () =>
        run(
          Lab.vanishingGradients({
            data: (k, n) => Random.normal(k, [n, 2]),
            losses: { plain: smallSpec().loss! },
            steps: 1,
            every: 1,
            batchSize: 2,
            engine: 'reference'
          })
        ),
      'finite'
    ]
  }
}

it('every function of the lab is among the cases', () => {
  expect(Object.keys(refusals).sort()).toEqual(Object.keys(Lab).sort())
})

describe.each(Object.entries(refusals))('%s refuses in words', (_, cases) => {
  it.each(Object.entries(cases))('%s', async (__, [ask, words]) => {
    const said = await new Promise((resolve) => resolve(ask())).then(
      (answer) => ({ answer }),
      (cause: unknown) => cause
    )
    expect(said).toMatchObject({ name: 'SaddlepointError' })
    expect(String(said)).toContain(words)
  })
})
