/** What a GAN may be conditional on beside classes that are drawn uniformly: vectors, images, labels of the data. */
import { describe, expect, it } from 'vitest'
import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import { Gan, Loss, Net, Objective, Opt, Prior, Random, Reg, abs, add, batches, concat, convert, equal, max, mean, mul, sub, tensor } from '../../../src/index.ts' // prettier-ignore
import type { Tensor } from '../../../src/index.ts'
import { leftOf, pathsOf, rightOf } from '../../support/smallGan.ts'
import { rejected } from '../../support/thrown.ts'

/** Plain JavaScript knows no types. */
const js = (x: unknown): any => x

const optimized = (spec: Gan.Spec): Gan.Spec =>
  Object.keys(spec.networks).reduce((s, name) => Gan.withOptimizer(name, Opt.sgd({ learningRate: 0.01 }))(s), spec)
const classy = (classes: number, edit: (spec: Gan.Spec) => Gan.Spec): Gan.Spec =>
  pipe(
    Gan.between({
      generator: Net.serial(Net.appendLabels(classes), Net.dense(2 + classes, 2)),
      discriminator: Net.serial(Net.appendLabels(classes), Net.dense(2 + classes, 1)),
      prior: Prior.normal([2])
    }),
    Gan.withLoss(Loss.hinge),
    edit,
    optimized
  )
const share = (x: Tensor): Tensor => mean(convert(x, 'float32'))
const labelled: Gan.Sampler = (key, n) => ({ real: Random.normal(key, [n, 2]), labels: Random.randint(key, [n], 0, 3) })
const metric = (name: string, term: Gan.Term) => Gan.withRegularizer('discriminator', Objective.metric(name, term))
const ofLabels = (name: string, f: (labels: Tensor) => Tensor, which: 'realLabels' | 'fakeLabels') =>
  metric(name, (play) => f(play[which]!))

/** The figures of the discriminator after a step, with many samples. */
const figuresOf = async (
  spec: Gan.Spec,
  data: Gan.Source,
  batchSize = 4000
): Promise<Readonly<Record<string, number>>> => {
  // prettier-ignore
  const result = rightOf(await Gan.train({ data, batchSize, steps: 1, engine: 'reference' })(spec)())
  result.step.dispose()
  return result.figures['discriminator']!.terms
}

describe('labels of fakes', () => {
  const shares = [0, 1, 2].map((c) => ofLabels(`is ${String(c)}`, (labels) => share(equal(labels, c)), 'fakeLabels'))
  const together = metric('together', ({ realLabels, fakeLabels }) => share(equal(realLabels!, fakeLabels!)))
  const measured = (fakes?: Gan.FakeLabels) =>
    classy(3, (spec) => [...shares, together].reduce((s, edit) => edit(s), Gan.withLabels({ classes: 3, ...(fakes && { fakes }) })(spec))) // prettier-ignore
  it.each<readonly [string, Gan.FakeLabels | undefined, readonly number[]]>([
    ['uniformly', undefined, [1 / 3, 1 / 3, 1 / 3]],
    ['uniformly', 'uniform', [1 / 3, 1 / 3, 1 / 3]],
    ['by weights', [1, 0, 3], [0.25, 0, 0.75]],
    ['by whole weights', [0, 2, 2], [0, 0.5, 0.5]]
  ])('are drawn %s', async (_, fakes, expected) => {
    const found = await figuresOf(measured(fakes), labelled)
    expected.forEach((p, c) => {
      if (p === 0) expect(found[`is ${String(c)}`]).toBe(0)
      else expect(Math.abs(found[`is ${String(c)}`]! - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / 4000))
    })
    expect(found['together']).toBeLessThan(0.9)
  })
  it('are those of the data, row by row', async () => {
    expect((await figuresOf(measured('data'), labelled))['together']).toBe(1)
  })
  it('are the same with and without the words for what is usual', async () => {
    const plain = await figuresOf(measured(), labelled, 8)
    expect(await figuresOf(measured('uniform'), labelled, 8)).toEqual(plain)
  })
})

describe('dropout of labels', () => {
  const p = 0.3
  const spec = classy(4, (s) => {
    const dropped = (which: 'realLabels' | 'fakeLabels') => ofLabels(which, (labels) => share(equal(labels, 3)), which)
    const both = metric('both', ({ realLabels, fakeLabels }) => share(equal(max(sub(3, realLabels!), sub(3, fakeLabels!)), 0))) // prettier-ignore
    return pipe(s, Gan.withLabels({ classes: 3, dropout: p }), dropped('realLabels'), dropped('fakeLabels'), both)
  })
  it('gives samples the label of none, reals and fakes each on their own', async () => {
    const found = await figuresOf(spec, labelled)
    const near = (x: number, mean: number) => { expect(Math.abs(x - mean)).toBeLessThan(5 * Math.sqrt((mean * (1 - mean)) / 4000)) } // prettier-ignore
    near(found['realLabels']!, p)
    near(found['fakeLabels']!, p)
    near(found['both']!, p * p)
  })
  it('wants networks that know that label', () => {
    const checked = Gan.validate(classy(3, Gan.withLabels({ classes: 3, dropout: p })))
    expect(E.isLeft(checked) && pathsOf(checked.left)).toEqual(['networks.generator.0', 'networks.discriminator.0'])
  })
  it('is not for sampling, where none is a label like others', async () => {
    const sample = Gan.generate({ count: 3, engine: 'reference' })(spec)
    const { step, state } = rightOf(await Gan.train({ data: labelled, batchSize: 4, steps: 0, engine: 'reference' })(spec)()) // prettier-ignore
    const all = await sample(state, 1, { labels: tensor([0, 3, 2], [3], 'int32') })
    expect(all.shape).toEqual([3, 2])
    await rejected(sample(state, 1, { labels: tensor([0, 4, 2], [3], 'int32') }))
    step.dispose()
    sample.dispose()
  })
})

describe('layers that know too few classes', () => {
  it('are told', () => {
    const checked = Gan.validate(classy(2, Gan.withLabels({ classes: 3 })))
    expect(E.isLeft(checked) && checked.left[0]).toMatchObject({
      _tag: 'Misfit',
      path: ['networks', 'generator', 0],
      expected: 'a layer of 3 classes',
      actual: 'appendLabels(2)'
    })
  })
})

const vectors: Gan.Spec = pipe(
  Gan.between({
    generator: Net.serial(Net.appendCondition([3]), Net.dense(5, 2)),
    discriminator: Net.serial(Net.appendCondition([3]), Net.dense(5, 1)),
    prior: Prior.normal([2])
  }),
  Gan.withLoss(Loss.nonSaturating),
  Gan.withConditions({ shape: [3] }),
  optimized
)
const apart = metric('apart', ({ realLabels, fakeLabels }) => mean(abs(sub(realLabels!, fakeLabels!))))
const paired: Gan.Sampler = (key, n) => ({ real: Random.normal(key, [n, 2]), condition: Random.uniform(Random.foldIn(key, 9), [n, 3]) }) // prettier-ignore

describe('conditions', () => {
  it('come with the data, and are those of the fakes, row by row', async () => {
    const given = batches({ real: Random.normal(Random.key(0), [8, 2]), condition: Random.uniform(Random.key(1), [8, 3]) }, { batchSize: 4 }) // prettier-ignore
    for (const data of [paired, given]) expect((await figuresOf(apart(vectors), data, 4))['apart']).toBe(0)
  })
  it('reach the networks: each condition makes samples of its own', async () => {
    const { state, step } = rightOf(await Gan.train({ data: paired, batchSize: 4, steps: 2, engine: 'reference' })(vectors)()) // prettier-ignore
    const sample = Gan.generate({ count: 2, engine: 'reference' })(vectors)
    const [one, other] = [await sample(state, 1, { labels: tensor([[0, 0, 0], [0, 0, 0]]) }), await sample(state, 1, { labels: tensor([[0, 0, 0], [1, 0, 1]]) })] // prettier-ignore
    expect([...other.data.slice(0, 2)]).toEqual([...one.data.slice(0, 2)])
    expect([...other.data.slice(2)]).not.toEqual([...one.data.slice(2)])
    step.dispose()
    sample.dispose()
  })
  it('are wanted where samples are generated', async () => {
    const sample = Gan.generate({ count: 2, engine: 'reference' })(vectors)
    const { state, step } = rightOf(await Gan.train({ data: paired, batchSize: 4, steps: 0, engine: 'reference' })(vectors)()) // prettier-ignore
    for (const labels of [
      undefined,
      tensor([0, 1], [2], 'int32'),
      tensor([
        [1, 2],
        [3, 4]
      ])
    ])
      expect(await rejected(sample(state, 1, labels === undefined ? {} : { labels }))).toMatchObject({
        _tag: 'InvalidArgument',
        op: 'Gan.generate'
      })
    step.dispose()
    sample.dispose()
  })
  it.each<readonly [string, unknown, string]>([
    ['none', { real: tensor([[1, 2], [3, 4]]) }, 'Give { real, condition }'], // prettier-ignore
    ['labels', { real: tensor([[1, 2], [3, 4]]), labels: tensor([0, 1], [2], 'int32') }, 'Give'], // prettier-ignore
    ['integers', { real: tensor([[1, 2], [3, 4]]), condition: tensor([0, 1, 2, 3, 4, 5], [2, 3], 'int32') }, 'convert'], // prettier-ignore
    ['a bare array', { real: tensor([[1, 2], [3, 4]]), condition: new Float32Array(6) }, 'tensor(data, [2, 3])'] // prettier-ignore
  ])('are told where there are %s', async (_, batch, hint) => {
    const training = Gan.train({ data: js([batch, batch]), batchSize: 2, steps: 1, engine: 'reference' })(vectors)
    const failed = await training()
    const issues = E.isLeft(failed) ? (js(failed.left).issues ?? failed.left) : []
    expect(issues[0]).toMatchObject({ _tag: 'BadBatch', expected: 'conditions float32[2, 3]' })
    expect(issues[0].hint).toContain(hint)
  })
  it('may be dropped, which makes them 0', async () => {
    const zeros = ofLabels('zero', (c) => share(equal(c, 0)), 'realLabels')
    const spec = zeros({ ...vectors, labels: { ...vectors.labels!, dropout: 0.25 } })
    expect(Math.abs((await figuresOf(spec, paired))['zero']! - 0.25)).toBeLessThan(0.04)
  })
  it('are misread by nobody: a sampler without them is told', async () => {
    const sampler: Gan.Sampler = (key, n) => Random.normal(key, [n, 2])
    const compiled = await Gan.compile({ batchSize: 4, engine: 'reference', sampler })(vectors)()
    expect(pathsOf(leftOf(compiled))).toEqual(['sampler.labels'])
  })
})

describe('paired images', () => {
  const withEdges = Net.lambda('withEdges', (z: Tensor, { labels }) => add(mul(0.1, z), labels!), { preserves: true })
  const beside = Net.lambda('beside', (x: Tensor, { labels }) => concat([x, labels!], { axis: 1 }), { output: [2, 6, 6] }) // prettier-ignore
  const conv = Net.convolution(2, 1, { kernel: 3 })
  const specOf = (discriminator: Net.Layer): Gan.Spec =>
    pipe(
      Gan.between({
        generator: Net.serial(withEdges, Net.convolution(1, 1, { kernel: 3, padding: 1 })),
        discriminator,
        prior: Prior.normal([1, 6, 6])
      }),
      Gan.withLoss(Loss.leastSquares),
      Gan.withConditions({ shape: [1, 6, 6] }),
      Gan.withRegularizer('discriminator', Reg.gradientPenalty()),
      Gan.withRegularizer('discriminator', Reg.r2()),
      Gan.withRegularizer('generator', ({ real, fake }) => mean(abs(sub(real, fake)))),
      optimized
    )
  const pairs: Gan.Sampler = (key, n) => {
    const condition = Random.uniform(key, [n, 1, 6, 6])
    return { real: mul(2, condition), condition }
  }
  it.each([
    ['appended by the library', Net.serial(Net.appendCondition([1, 6, 6]), conv)],
    ['appended by hand', Net.serial(beside, conv)]
  ])('train a PatchGAN that sees both, %s', async (_, discriminator) => {
    const training = Gan.train({ data: pairs, batchSize: 2, steps: 2, engine: 'reference' })(specOf(discriminator))
    const { step, state } = rightOf(await training())
    expect(step.warnings).toEqual([])
    expect(state.step.data[0]).toBe(2)
    step.dispose()
  })
})

describe('options that make no sense', () => {
  const issuesOf = (edit: (spec: Gan.Spec) => Gan.Spec): readonly string[] => {
    const checked = Gan.validate(classy(3, edit))
    return E.isLeft(checked) ? pathsOf(checked.left) : []
  }
  it.each<readonly [string, (spec: Gan.Spec) => Gan.Spec]>([
    ['labels.fakes', Gan.withLabels({ classes: 3, fakes: [1, 2] })],
    ['labels.fakes', Gan.withLabels({ classes: 3, fakes: [0, 0, 0] })],
    ['labels.fakes', Gan.withLabels({ classes: 3, fakes: [1, -1, 1] })],
    ['labels.fakes', Gan.withLabels(js({ classes: 3, fakes: 'dta' }))],
    ['labels.dropout', Gan.withLabels({ classes: 3, dropout: 1 })],
    ['labels.classes', Gan.withLabels(js({}))],
    ['labels.shape', Gan.withConditions(js({}))],
    ['labels.shape', Gan.withConditions({ shape: [0] })],
    ['labels.dropout', Gan.withConditions({ shape: [2], dropout: -1 })],
    ['labels.shpe', Gan.withConditions(js({ shape: [2], shpe: [2] }))]
  ])('%s', (path, edit) => {
    expect(issuesOf(edit)).toEqual([path])
  })
})

it('are said', () => {
  const lines = (edit: (spec: Gan.Spec) => Gan.Spec) => Gan.show(classy(3, edit)).split('\n')
  expect(lines(Gan.withLabels({ classes: 3 }))).toContain('labels 0 .. 2')
  expect(lines(Gan.withLabels({ classes: 3, fakes: 'data' }))).toContain('labels 0 .. 2, of fakes as in the data')
  expect(lines(Gan.withLabels({ classes: 3, fakes: [1, 1, 2], dropout: 0.1 }))).toContain(
    'labels 0 .. 2, of fakes by weights [1, 1, 2], dropped with probability 0.1'
  )
  expect(lines(Gan.withConditions({ shape: [2, 3], dropout: 0.5 }))).toContain(
    'conditions [2, 3], dropped with probability 0.5'
  )
})
