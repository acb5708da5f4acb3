/** Classifiers of one's own: what they learn, what they give, and what they refuse. */
import { describe, expect, it } from 'vitest'
import * as E from '#fp-ts/Either'
import { Gan, Lab, Net, Opt, Random, tensor } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import { bits } from '../support/smallGan.ts'

const engine = 'reference'
const points = Random.normal(Random.key(5), [300, 2])
/** Four quadrants. */
const labels = tensor(
  Array.from({ length: 300 }, (_, i) => (points.data[2 * i]! > 0 ? 2 : 0) + (points.data[2 * i + 1]! > 0 ? 1 : 0)),
  [300],
  'int32'
)
const data = { images: points, labels }
const net = Net.serial(Net.dense(2, 16), Net.batchNorm(16), Net.relu, Net.dropout(0.1), Net.dense(16, 4))
const given = {
  data,
  net,
  batchSize: 20,
  epochs: 12,
  optimizer: Opt.adam({ learningRate: Opt.cosine(3e-2, 0, 144) }),
  engine
} as const
/** Plain JavaScript knows no types. */
const js = (x: unknown): any => x

describe('a classifier', () => {
  const trained = Lab.trainClassifier(given)
  it('learns what it is shown, by a loss that falls, and is judged on rows that it has not seen', async () => {
    const losses: number[] = []
    const { heldAccuracy } = await Lab.trainClassifier({ ...given, onStep: (_, loss) => losses.push(loss) })
    expect(heldAccuracy).toBeGreaterThan(0.85)
    expect(losses).toHaveLength(12 * 12)
    const mean = (some: readonly number[]) => some.reduce((sum, x) => sum + x, 0) / some.length
    expect(mean(losses.slice(-12))).toBeLessThan(mean(losses.slice(0, 12)) / 2)
    // Of random labels nothing can be learnt that holds of others.
    const random = { images: points, labels: Random.randint(Random.key(1), [300], 0, 4) }
    expect((await Lab.trainClassifier({ ...given, data: random, held: 150 })).heldAccuracy).toBeLessThan(0.45)
  })
  it('is the same bits by seed', async () => {
    const [one, other] = [await Lab.trainClassifier(given), await Lab.trainClassifier({ ...given, seed: 1 })]
    expect(bits(one.held)).toEqual(bits((await trained).held))
    expect(bits(other.held)).not.toEqual(bits(one.held))
  })
  it('gives distributions and features, row by row, however many rows there are', async () => {
    const { probabilities, features, accuracy } = await trained
    const many = { ...points, shape: [600, 2], data: Float32Array.of(...points.data, ...points.data) }
    const p = await probabilities(many)
    expect([p.shape, (await features(many)).shape]).toEqual([[600, 4], [600, 16]]) // prettier-ignore
    expect([...p.data.slice(0, 1200)]).toEqual([...p.data.slice(1200)])
    expect(Lab.classHistogram(p).missing).toBe(0)
    expect(Lab.classifierScore(p).mean).toBeGreaterThan(2)
    const one: Tensor = { ...points, shape: [1, 2], data: points.data.slice(0, 2) }
    for (const [i, x] of (await probabilities(one)).data.entries()) expect(x).toBeCloseTo(p.data[i]!, 6)
    expect(await accuracy(points, labels)).toBeGreaterThan(0.85)
    expect(await accuracy(one, tensor([(labels.data[0]! + 1) % 4], [1], 'int32'))).toBe(0)
  })
  it('goes to bytes and comes back', async () => {
    const { held, probabilities } = await trained
    const read = Gan.networkFromSafetensors(net, Gan.networkToSafetensors(held))
    if (E.isLeft(read)) throw new Error('not read')
    const again = Lab.classifier(net, read.right, { engine })
    expect((await again.probabilities(points)).data).toEqual((await probabilities(points)).data)
    again.dispose()
  })
})

describe('is refused in words:', () => {
  it.each<readonly [string, object, string]>([
    ['no network', { net: (x: unknown) => x }, 'a network that tells classes'],
    ['a network with a problem', { net: Net.dense(-2, 4) }, 'Lab.trainClassifier'],
    ['data without labels', { data: { images: points } }, 'labels: [n]'],
    ['labels of another number', { data: { images: points, labels: tensor([1], [1], 'int32') } }, '[300, 2] and [1]'],
    [
      'labels between classes',
      { data: { images: points, labels: Random.normal(Random.key(0), [300]) } },
      'whole numbers'
    ],
    ['more classes than the network tells', { net: Net.dense(2, 3) }, 'the 4 classes of the labels; got [2, 3]'],
    ['nothing to learn from', { held: 290 }, '290 are held back'],
    ['no optimizer', { optimizer: 3 }, 'an optimizer'],
    ['a misspelt option', { epoch: 3 }, 'Did you mean epochs?']
  ])('%s', async (_, options, message) => {
    await expect(Lab.trainClassifier(js({ ...given, ...options }))).rejects.toThrow(message)
  })
  it('samples of another shape, none, and features of a single layer', async () => {
    const { probabilities } = await Lab.trainClassifier({ ...given, epochs: 1 })
    await expect(probabilities(tensor([[1, 2, 3]]))).rejects.toThrow('a batch of features [2]')
    await expect(probabilities(tensor([1]))).rejects.toThrow('samples [n, ...]')
    const single = Net.dense(2, 4)
    const { params, state } = single.init(Random.key(0))
    await expect(Lab.classifier(single, { params, layers: state }, { engine }).features(points)).rejects.toThrow(
      'several layers'
    )
    expect(() => Lab.classifier(net, js(3))).toThrow('{ params, layers }')
  })
})
