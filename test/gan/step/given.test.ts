/** What comes in place of a minibatch or a state: each kind of mistake has words, and says what to do. */
import { describe, expect, it } from 'vitest'
import { pipe } from '#fp-ts/function'
import { Gan, Opt, argmax, convert, eye, reshape, tensor } from '../../../src/index.ts'
import { checkBatch, checkLabels } from '../../../src/gan/step/batch.ts'
import { batchAt, compiled, leftOf, pathsOf, points, smallSpec } from '../../support/smallGan.ts'

/** Plain JavaScript knows no types. */
const js = (x: unknown): any => x
const throughJson = (x: unknown): any => JSON.parse(JSON.stringify(x))
const form = { shape: [4, 2], labels: { classes: 3, shape: [], fakes: 'uniform', dropout: 0 } } as const
const real = batchAt(0)
const labels = tensor([0, 1, 2, 0], [4], 'int32')

describe('in place of a minibatch', () => {
  it.each<readonly [string, unknown, string, RegExp]>([
    ['integers', convert(real, 'int32'), 'int32[4, 2]', /convert\(x, 'float32'\)/],
    ['a bare array', real.data, 'a Float32Array of 8 numbers', /tensor\(data, \[4, 2\]\) gives/],
    ['nested arrays', [[1, 2], [3, 4]], '[[1, 2], [3, 4]]', /tensor\(data, \[4, 2\]\) makes/], // prettier-ignore
    ['images and labels', { images: real, labels }, 'an object', /\{ real: \.\.\. \} in place of \{ images/],
    ['a pair', [real, labels], '[a tensor float32[4, 2], a tensor int32[4]]', /\{ real: \.\.\. \} in place of a list/],
    ['a promise', Promise.resolve(real), 'a promise', /Await/],
    [
      'what JSON makes of it',
      throughJson(real),
      'float32[4, 2] whose data are an object',
      /JSON keeps no typed arrays/
    ],
    ['an array in a tensor', { ...real, data: [...real.data] }, 'float32[4, 2] whose data are [', /tensor\(data/],
    [
      'another array in it',
      { ...real, data: new Int32Array(8) },
      'float32[4, 2] whose data are a Int32Array',
      /tensor/
    ],
    ['too few numbers', { ...real, data: real.data.slice(1) }, 'float32[4, 2] of 7 numbers', /features/],
    ['another shape', reshape(real, [8, 1]), 'float32[8, 1]', /reshape\(x, \[4, 2\]\)/],
    ['fewer samples', batchAt(0, 3), 'float32[3, 2]', /incomplete last one/],
    ['other features', tensor([[1], [2], [3], [4]]), 'float32[4, 1]', /features that the generator makes/],
    ['nothing', undefined, 'undefined', /features/]
  ])('%s', (_, given, actual, hint) => {
    const problem = leftOf(js(checkBatch(given, { shape: [4, 2], labels: undefined }))) as unknown as Gan.Issue
    expect(problem).toMatchObject({ _tag: 'BadBatch', path: ['batch'], expected: 'a minibatch float32[4, 2]' })
    expect(problem.actual).toContain(actual)
    expect(problem.hint).toMatch(hint)
  })
  it.each<readonly [string, unknown, string, RegExp]>([
    ['no labels', undefined, 'undefined', /\{ real, labels \}/],
    ['floats', convert(labels, 'float32'), 'float32[4]', /convert\(x, 'int32'\)/],
    ['a list', [0, 1, 2, 0], '[0, 1, 2, 0]', /tensor\(data, \[4\], 'int32'\)/],
    ['a bare array', Int32Array.of(0, 1, 2, 0), 'Int32Array', /tensor\(data, \[4\], 'int32'\)/],
    ['one-hot vectors', tensor([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]]), 'float32[4, 3]', /argmax\(labels\)/], // prettier-ignore
    ['a column', reshape(labels, [4, 1]), 'int32[4, 1]', /reshape\(x, \[4\]\)/],
    ['a class that is none', tensor([0, 1, 2, 4], [4], 'int32'), '4', /withLabels/],
    ['classes from 1', tensor([1, 3, 2, 1], [4], 'int32'), '3', /begin at 0/]
  ])('labels: %s', (_, given, actual, hint) => {
    const problem = leftOf(js(checkBatch({ real, labels: given }, form))) as unknown as Gan.Issue
    expect(problem).toMatchObject({ _tag: 'BadBatch', path: ['batch', 'labels'] })
    expect(problem.actual).toContain(actual)
    expect(problem.hint).toMatch(hint)
  })
  it('images with their channels last are not reshaped', () => {
    const given = { shape: [2, 5, 4, 3], dtype: 'float32', data: new Float32Array(120) }
    const problem = leftOf(js(checkBatch(given, { shape: [2, 3, 5, 4], labels: undefined }))) as unknown as Gan.Issue
    expect(problem.hint).toContain('transpose(x, [0, 3, 1, 2])')
  })
  it('what the hints say does', () => {
    expect(checkLabels(argmax(eye(3)), 3, 3)._tag).toBe('Right')
    expect(checkLabels(convert(convert(labels, 'float32'), 'int32'), 4, 3)._tag).toBe('Right')
    expect(checkBatch({ real: tensor(real.data, [4, 2]), labels }, form)._tag).toBe('Right')
  })
})

describe('in place of a state', () => {
  const refused = async (spec: Gan.Spec, state: unknown) => {
    const step = await compiled(spec, { sampler: points })
    const issues = leftOf(await step.trainer(js(state))())
    step.dispose()
    return issues
  }
  const fresh = async (spec: Gan.Spec) => {
    const step = await compiled(spec, { sampler: points })
    const state = await step.init(0)
    step.dispose()
    return state
  }
  it('one of another spec: every difference is named', async () => {
    const adam = Gan.withOptimizer('generator', Opt.adam({ learningRate: 0.1 }))
    const averaged = Gan.withAverage({ decay: 0.9 })
    const issues = await refused(smallSpec(adam, averaged), await fresh(smallSpec()))
    expect([...pathsOf(issues)].sort()).toEqual(['state.averages.generator', 'state.players.generator.optimizer.0'])
    expect(issues[0].actual).toBe('nothing')
    const back = await refused(smallSpec(), await fresh(smallSpec(adam, averaged)))
    expect([...pathsOf(back)].sort()).toEqual(['state.averages', 'state.players.generator.optimizer'])
    expect(back.map(({ expected }) => expected)).toEqual(['nothing', 'nothing'])
    expect(back[0].hint).toMatch(/Gan\.adopt/)
  })
  it('what JSON makes of it: says so, wherever it is', async () => {
    const state = await fresh(smallSpec())
    const issues = await refused(smallSpec(), throughJson(state))
    expect(issues.length).toBe(11)
    for (const { hint, actual } of issues) {
      expect(hint).toMatch(/JSON keeps no typed arrays.*Gan\.stateToJson/)
      expect(actual).toMatch(/whose data are an object/)
    }
  })
  it('anything at all: in words', async () => {
    const state = await fresh(smallSpec())
    const circular: Record<string, unknown> = {}
    circular['itself'] = circular
    const thrower = Object.defineProperty({}, 'players', { enumerable: true, get: () => { throw new Error('no') } }) // prettier-ignore
    const strange = [circular, { ...state, circular }, { ...state, players: circular }, { ...state, players: [1] }, thrower] // prettier-ignore
    for (const given of strange) for (const { _tag } of await refused(smallSpec(), given)) expect(_tag).toBe('BadState')
  })
  it('one with nothing where nothing is carried: it is taken', async () => {
    const { averages: _, averagedLayers: __, memories: ___, ...lean } = await fresh(smallSpec())
    const step = await compiled(smallSpec(), { sampler: points })
    const result = await pipe(smallSpec(), Gan.train({ data: points, batchSize: 4, steps: 2, engine: 'reference', state: js(lean) }))() // prettier-ignore
    expect(result._tag).toBe('Right')
    step.dispose()
  })
})
