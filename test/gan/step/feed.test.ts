/** What a step is fed: minibatches, labels, samplers. Each that does not fit is told with its place. */
import { describe, expect, it } from 'vitest'
import { pipe } from '#fp-ts/function'
import { Gan, Net, Objective, Random, add, convert, mean, reshape, tensor, zeros } from '../../../src/index.ts'
import type { Tensor } from '../../../src/index.ts'
import { batchAt, compiled, leftOf, pathsOf, players, points, rightOf, smallSpec } from '../../support/smallGan.ts'

const js = (x: unknown): any => x

/** Both networks shift by labels. */
const shifted = Net.lambda(
  'shift',
  (x: Tensor, { labels }) => add(x, mean(convert(labels ?? zeros([1], 'int32'), 'float32'))),
  { preserves: true }
)
const conditional: Gan.Spec = {
  ...smallSpec(Gan.withLabels({ classes: 3 })),
  networks: {
    generator: Net.serial(players.generator, shifted),
    discriminator: Net.serial(shifted, players.discriminator)
  }
}
const int32 = (...values: readonly number[]): Tensor => tensor([...values], [values.length], 'int32')

describe('labels of a minibatch', () => {
  it.each<readonly [string, unknown, object]>([
    ['none', undefined, { expected: 'labels int32[4]', actual: 'undefined' }],
    ['too few', int32(0, 1, 2), { expected: 'labels int32[4]', actual: 'int32[3]' }],
    ['floats', zeros([4]), { expected: 'labels int32[4]', actual: 'float32[4]' }],
    ['too few numbers', { ...int32(0, 1, 2, 0), data: new Int32Array(3) }, { actual: 'int32[4] of 3 numbers' }],
    ['below 0', int32(0, 1, -1, 2), { expected: 'labels 0 .. 2', actual: '-1' }],
    ['above the last', int32(0, 3, 1, 2), { expected: 'labels 0 .. 2', actual: '3' }]
  ])('are refused: %s', async (_, labels, issue) => {
    const step = await compiled(conditional)
    const trainer = rightOf(await step.trainer(await step.init(0))())
    const advance = (of: unknown) => trainer.advance(1, { batches: () => [js({ real: batchAt(0), labels: of })] })()
    expect(leftOf(await advance(labels))).toMatchObject([{ _tag: 'BadBatch', path: ['batch', 'labels'], ...issue }])
    rightOf(await advance(int32(0, 2, 1, 2)))
    trainer.dispose()
    step.dispose()
  })
})

describe('the number of minibatches', () => {
  it('is told with where they come from', async () => {
    const [drawn, given] = [await compiled(smallSpec(), { sampler: points }), await compiled(smallSpec())]
    const advance = async (step: Gan.TrainingStep, n: number) => {
      const trainer = rightOf(await step.trainer(await step.init(0))())
      const result = await trainer.advance(1, { batches: () => Array.from({ length: n }, (_, i) => batchAt(i)) })()
      trainer.dispose()
      return result
    }
    expect([drawn.batchesPerStep, given.batchesPerStep]).toEqual([0, 1])
    expect(leftOf(await advance(drawn, 1))).toMatchObject([
      { _tag: 'BadBatch', path: ['batches'], expected: '0 minibatches a step', actual: '1', hint: /sampler/ }
    ].map(({ hint, ...rest }) => ({ ...rest, hint: expect.stringMatching(hint) }))) // prettier-ignore
    expect(leftOf(await advance(given, 2))).toMatchObject([
      { path: ['batches'], expected: '1 minibatches a step', actual: '2', hint: expect.stringMatching(/phase/) }
    ])
  })
})

describe('a term', () => {
  it('that reads data only when it is traced again is told, where no minibatch is there for it', async () => {
    let traces = 0
    const fickle = Objective.of('fickle', (play) => mean(play.D(traces++ === 0 ? play.fake : play.real)))
    const spec = smallSpec(Gan.withRegularizer('generator', fickle))
    expect(leftOf(await pipe(spec, Gan.compile({ batchSize: 4, engine: 'reference' }))())).toMatchObject([
      { path: ['update'], expected: 'terms that read data whenever they are traced, or never' }
    ])
  })
})

describe('a sampler', () => {
  const issuesWith = async (spec: Gan.Spec, sampler: unknown) =>
    leftOf(await pipe(spec, Gan.compile(js({ batchSize: 4, engine: 'reference', sampler })))())
  it('that throws is told', async () => {
    const issues = await issuesWith(smallSpec(), () => {
      throw new Error('no such file')
    })
    expect(issues).toMatchObject([{ _tag: 'TermFailed', path: ['sampler'], actual: 'Error: no such file' }])
  })
  it.each<readonly [string, (key: Tensor, n: number) => unknown, string]>([
    ['of other features', (key, n) => Random.normal(key, [n, 3]), 'float32[4, 3]'],
    ['of another batch size', (key, n) => Random.normal(key, [n + 1, 2]), 'float32[5, 2]'],
    ['of integers', (key, n) => Random.randint(key, [n, 2], 0, 9), 'int32[4, 2]'],
    ['of no tensors', () => ({ real: 3 }), '3']
  ])('%s is told', async (_, sampler, actual) => {
    expect(await issuesWith(smallSpec(), sampler)).toMatchObject([
      { _tag: 'Misfit', path: ['sampler'], expected: 'minibatches float32[4, 2] from sampler(key, 4)', actual }
    ])
  })
  it.each<readonly [string, (key: Tensor, n: number) => unknown, string]>([
    ['without labels', (key, n) => points(key, n), 'undefined'],
    ['of labels that are floats', (key, n) => ({ real: points(key, n), labels: zeros([n]) }), 'float32[4]'],
    [
      'of labels of another shape',
      (key, n) => ({ real: points(key, n), labels: reshape(Random.randint(key, [n], 0, 3), [n, 1]) }),
      'int32[4, 1]'
    ]
  ])('%s in a conditional GAN is told', async (_, sampler, actual) => {
    expect(await issuesWith(conditional, sampler)).toMatchObject([
      {
        _tag: 'Misfit',
        path: ['sampler', 'labels'],
        expected: 'minibatches int32[4] from sampler(key, 4)',
        actual
      }
    ])
  })
  it('without anything that fits is told twice there', async () => {
    expect(pathsOf(await issuesWith(conditional, () => zeros([1])))).toEqual(['sampler', 'sampler.labels'])
  })
})

describe('samples of a conditional generator', () => {
  /** The samples are the labels. */
  const generator = Net.lambda('labels', (x: Tensor, { labels }) =>
    add(reshape(convert(labels ?? zeros([x.shape[0]!], 'int32'), 'float32'), [x.shape[0]!, 1]), zeros([x.shape[0]!, 2]))
  )
  const spec = { ...smallSpec(Gan.withLabels({ classes: 3 })), networks: { ...smallSpec().networks, generator } }
  const state = js({ players: { generator: { params: [], layers: [] } }, averages: {} }) as Gan.State
  const labelsOf = (x: Tensor) => [...x.data].filter((_, i) => i % 2 === 0)

  it('have the labels that are given, or drawn ones of all classes', async () => {
    const sample = Gan.generate({ count: 60, engine: 'reference' })(spec)
    const given = Array.from({ length: 60 }, (_, i) => i % 3)
    expect(labelsOf(await sample(state, 1, { labels: int32(...given) }))).toEqual(given)
    const drawn = labelsOf(await sample(state, 1))
    expect([...new Set(drawn)].sort()).toEqual([0, 1, 2])
    expect(labelsOf(await sample(state, 1))).toEqual(drawn)
    expect(labelsOf(await sample(state, 2))).not.toEqual(drawn)
    sample.dispose()
  })
  it('are refused for labels that do not fit', async () => {
    const sample = Gan.generate({ count: 2, engine: 'reference' })(spec)
    const refusal = { _tag: 'InvalidArgument', op: 'Gan.generate' }
    await expect(sample(state, 1, { labels: int32(0, 3) })).rejects.toMatchObject({
      ...refusal,
      expected: 'labels 0 .. 2',
      actual: '3'
    })
    await expect(sample(state, 1, { labels: int32(0) })).rejects.toMatchObject({ ...refusal, actual: 'int32[1]' })
    const plain = Gan.generate({ count: 2, engine: 'reference' })(smallSpec())
    await expect(plain(state, 1, { labels: int32(0, 1) })).rejects.toMatchObject({
      ...refusal,
      expected: 'no labels',
      actual: 'labels int32[2]'
    })
  })
  it('are refused without a generator, in the spec or in the state', async () => {
    const none = { ...smallSpec(), networks: {} }
    const refusal = { _tag: 'InvalidArgument', op: 'Gan.generate' }
    await expect(Gan.generate({ count: 2 })(none)(state, 1)).rejects.toMatchObject({
      ...refusal,
      actual: 'a spec without one'
    })
    for (const foreign of [undefined, {}, { players: {} }])
      await expect(Gan.generate({ count: 2 })(spec)(js(foreign), 1)).rejects.toMatchObject({
        ...refusal,
        actual: 'a state without one'
      })
  })
})
