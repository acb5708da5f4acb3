/** What training is given and how it answers: options that are none of the kind, iterators that end late, time. */
import { describe, expect, it } from 'vitest'
import { pipe } from '#fp-ts/function'
import * as E from '#fp-ts/Either'
import { Gan } from '../../../src/index.ts'
import { batchAt, leftOf, pathsOf, points, smallSpec, trained } from '../../support/smallGan.ts'

/** Plain JavaScript knows no types. */
const js = (x: unknown): any => x

describe('options of Gan.train', () => {
  const functions = [3, 'text', null, {}]
  const records = [3, 'text', true, null]
  const cases: readonly (readonly [string, readonly unknown[]])[] = [
    ['onStep', functions],
    ['onState', functions],
    ['state', records],
    ['signal', records],
    ['seed', [0.5, NaN, Infinity, '1', null, 2 ** 60]],
    ['steps', [-1, 0.5, NaN, '1', null, undefined]],
    ['stateEvery', [0, -1, 0.5, Infinity, '1', null]]
  ]
  it.each(cases)('%s is told where it is nothing of the kind', async (name, values) => {
    for (const value of values) {
      const options = { data: points, batchSize: 4, steps: 1, stateEvery: 1, engine: 'reference', [name]: value }
      const issues = leftOf(await pipe(smallSpec(), Gan.train(js(options)))())
      expect([value, ...issues.map(({ _tag, path }) => [_tag, ...path].join('.'))]).toEqual([
        value,
        `InvalidValue.train.${name}`
      ])
    }
  })
  it('data are a sampler, an iterable, or begin anywhere', async () => {
    for (const data of [undefined, null, 3, {}, { from: 3 }]) {
      const issues = leftOf(await pipe(smallSpec(), Gan.train(js({ data, batchSize: 4, steps: 1 })))())
      expect(pathsOf(issues)).toEqual(['train.data'])
      expect(issues[0]._tag).toBe('InvalidValue')
    }
  })
  it('are all told at once, where there are none', async () => {
    for (const options of [undefined, null])
      expect(pathsOf(leftOf(await pipe(smallSpec(), Gan.train(js(options)))()))).toEqual([
        'train',
        'train.data',
        'compile.batchSize'
      ])
  })
})

describe('an iterator that takes its time to end', () => {
  const slow = () => {
    const seen = { returned: 0, ended: false }
    let i = 0
    const iterator: AsyncIterableIterator<Gan.Batch> = {
      [Symbol.asyncIterator]: () => iterator,
      next: () => Promise.resolve({ done: false, value: { real: batchAt(i++) } }),
      return: async () => {
        seen.returned++
        await new Promise((resolve) => setTimeout(resolve, 5))
        seen.ended = true
        return { done: true, value: undefined }
      }
    }
    return { seen, iterator }
  }
  it.each<readonly [string, Partial<Gan.TrainOptions>]>([
    ['before it was asked for anything', { signal: { aborted: true } }],
    ['with no steps to do', { steps: 0 }],
    ['after the steps are done', { steps: 2 }]
  ])('is waited for: %s', async (_, options) => {
    const { seen, iterator } = slow()
    await trained(smallSpec(), { data: iterator, ...options })
    expect(seen).toEqual({ returned: 1, ended: true })
  })
  it('may fail to end, and training is done all the same', async () => {
    const { iterator } = slow()
    const data = { ...iterator, [Symbol.asyncIterator]: () => data, return: () => Promise.reject(new Error('stuck')) }
    const result = await pipe(smallSpec(), Gan.train({ data, batchSize: 4, steps: 2, engine: 'reference' }))()
    expect(E.isRight(result)).toBe(true)
  })
})

describe('the seconds of a training', () => {
  it('are seconds, of the training alone', async () => {
    const from = Date.now()
    const { seconds } = await trained(smallSpec(), {
      steps: 2,
      stateEvery: 1,
      onState: () => new Promise((resolve) => setTimeout(resolve, 20))
    })
    const around = (Date.now() - from) / 1000
    expect(seconds).toBeGreaterThanOrEqual(0.035)
    expect(seconds).toBeLessThanOrEqual(around)
  })
})
