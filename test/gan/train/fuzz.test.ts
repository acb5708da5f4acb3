/** Options, sources and arguments of every wrong kind, drawn with a fixed seed: nothing rejects, hangs or is without words. */
import { describe, expect, it } from 'vitest'
import { pipe } from '#fp-ts/function'
import * as E from '#fp-ts/Either'
import { Gan, Issue, isSaddlepointError } from '../../../src/index.ts'
import { anyValue, chance } from '../../exports/values.ts'
import { batchAt, compiled, points, smallSpec } from '../../support/smallGan.ts'
import { notFinite } from '../../../src/gan/step/state.ts'

/** `SADDLEPOINT_TRAININGS=10000 SADDLEPOINT_SEED=7 npx vitest run test/gan/train/fuzz` looks further. */
const trainings = Number(process.env['SADDLEPOINT_TRAININGS'] ?? 300)
const seed = Number(process.env['SADDLEPOINT_SEED'] ?? 1)

/** Plain JavaScript knows no types. */
const js = (x: unknown): any => x

const throws = (cause: unknown) => (): never => {
  throw cause
}

/** A promise that rejects, which is nobody's to hear where the library is not to wait for it. */
const rejected = (cause: unknown): Promise<never> => {
  const promise = Promise.resolve().then(throws(cause))
  promise.catch(() => undefined)
  return promise
}

/** What an iterator, a callback or a getter may do. */
const deeds = (next: () => number): (() => unknown) => {
  const value = anyValue(next, true)
  const all: readonly (() => unknown)[] = [
    throws(value),
    throws(new Error('mine')),
    () => value,
    () => Promise.resolve(value),
    () => rejected(value),
    () => batchAt(0),
    () => ({ real: batchAt(0) }),
    () => ({ done: true, value: undefined }),
    () => ({ done: false, value: batchAt(0) }),
    () => Promise.resolve({ done: false, value: batchAt(0) }),
    () => ({ then: throws(value) }),
    () => ({ then: (resolve: (x: unknown) => void) => { resolve(value) } }) // prettier-ignore
  ]
  return all[Math.floor(next() * all.length)]!
}

const sources = (next: () => number): unknown => {
  const deed = () => deeds(next)
  const [first, second, third] = [deed(), deed(), deed()]
  const good = Math.floor(next() * 3)
  let given = 0
  const iterator = () => ({
    next: () => (given++ < good ? { done: false, value: batchAt(given) } : first()),
    return: second
  })
  const all: readonly (() => unknown)[] = [
    () => anyValue(next, true),
    () => points,
    () => first,
    () => [batchAt(0), anyValue(next, true), batchAt(1)],
    () => ({ [Symbol.iterator]: iterator }),
    () => ({ [Symbol.asyncIterator]: iterator }),
    () => ({ [Symbol.iterator]: third }),
    () => ({ from: third }),
    () => ({ from: () => [batchAt(0), anyValue(next, true)] }),
    () => Object.defineProperty({}, 'from', { enumerable: true, get: third }),
    () => (function* () { yield batchAt(0); yield first() })(), // prettier-ignore
    () => (async function* () { yield batchAt(0); yield await first() })() // prettier-ignore
  ]
  return all[Math.floor(next() * all.length)]!()
}

const signals = (next: () => number): unknown => {
  const deed = deeds(next)
  const controller = new AbortController()
  const all: readonly (() => unknown)[] = [
    () => undefined,
    () => controller,
    () => controller.signal,
    () => AbortSignal.abort(),
    () => anyValue(next, true),
    () => ({ aborted: anyValue(next, true) }),
    () => Object.defineProperty({}, 'aborted', { enumerable: true, get: deed }),
    () => ({ aborted: false, addEventListener: deed, removeEventListener: deed })
  ]
  return all[Math.floor(next() * all.length)]!()
}

const spoilt = (options: object, next: () => number): unknown => {
  const names = [
    ...Object.keys(options),
    'signal',
    'state',
    'seed',
    'stateEvery',
    'probes',
    'engine',
    'steps',
    'batchSize'
  ]
  const name = names[Math.floor(next() * names.length)]!
  if (next() < 0.3) return Object.defineProperty({ ...options }, name, { enumerable: true, get: deeds(next) })
  return next() < 0.6 ? { ...options, [name]: anyValue(next, true) } : options
}

const optionsFor = (next: () => number): unknown =>
  spoilt(
    {
      batchSize: 4,
      steps: 4,
      engine: 'reference',
      data: sources(next),
      signal: signals(next),
      ...(next() < 0.5 && { onStep: deeds(next) }),
      ...(next() < 0.5 && { onState: deeds(next), stateEvery: 2 }),
      ...(next() < 0.3 && { probes: [{ every: 2, probe: { name: 'mine', run: deeds(next) } }], onProbe: deeds(next) })
    },
    next
  )

/** What a training came to: an Either in words whose state is sound. */
const checked = (result: unknown): string => {
  const either = result as E.Either<Gan.Failed, Gan.Trained>
  const reached = E.isLeft(either) ? either.left.reached : either.right
  if (reached !== undefined) expect(notFinite(reached.state)).toBeUndefined()
  if (E.isRight(either)) {
    either.right.step.dispose()
    return either.right.stopped
  }
  const said = Issue.show(either.left)
  expect(said).toMatch(/^\d+ problems? in this (GAN|training)\n/)
  expect(said).not.toMatch(/got \[object|Maximum call stack/)
  return either.left.issues[0]._tag
}

describe('Gan.train', () => {
  it('answers whatever it is given', async () => {
    const next = chance(seed)
    const ends = new Map<string, number>()
    for (let i = 0; i < trainings; i++) {
      const result = checked(await pipe(smallSpec(), Gan.train(js(optionsFor(next))))())
      ends.set(result, (ends.get(result) ?? 0) + 1)
    }
    // Many ways to go wrong, and some to go right: the fuzz reaches all of them.
    expect([...ends.keys()].sort()).toEqual(
      expect.arrayContaining([
        'BadBatch',
        'CallbackFailed',
        'DataFailed',
        'InvalidValue',
        'aborted',
        'done',
        'exhausted'
      ])
    )
  })
  it('waits for an iterator that never ends, but not for ever, and not after an abort', async () => {
    const controller = new AbortController()
    const data = {
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.resolve({ done: false, value: batchAt(0) }),
        return: () => {
          controller.abort()
          return new Promise(() => undefined)
        }
      })
    }
    const options = { data, batchSize: 4, steps: 2, engine: 'reference', signal: controller.signal }
    expect(checked(await pipe(smallSpec(), Gan.train(js(options)))())).toBe('done')
  })
})

describe('a step and its trainer', () => {
  const tagged = async (run: () => unknown): Promise<string> => {
    try {
      const result = await run()
      const either = result as E.Either<Gan.Issues, unknown> | undefined
      if (either?._tag === 'Left') expect(Issue.show(either.left)).not.toMatch(/got \[object|Maximum call stack/)
      return either?._tag ?? 'result'
    } catch (cause) {
      expect([isSaddlepointError(cause), cause]).toEqual([true, cause])
      return 'refused'
    }
  }
  it('answer whatever they are given', async () => {
    const next = chance(seed + 1)
    const step = await compiled(smallSpec())
    const state = await step.init(0)
    const any = () => (next() < 0.2 ? deeds(next) : anyValue(next, true))
    const trainer = js(E.toUnion(await step.trainer(state)()))
    const calls: Readonly<Record<string, () => unknown>> = {
      step: () => step(js(next() < 0.5 ? state : any()), js(any()), js(any())),
      init: () => step.init(js(any())),
      trainer: () => step.trainer(js(any()))(),
      replay: () => step.replay(js(next() < 0.5 ? state : any()), js(any()), js(next() < 0.5 ? [] : any()))(),
      advance: () => trainer.advance(js(next() < 0.5 ? 1 : any()), js(any()))(),
      batches: () => trainer.advance(1, { batches: any() })(),
      draws: () => trainer.advance(1, { batches: () => batchAt(0), draws: any() })(),
      onStep: () => trainer.advance(1, { batches: () => [batchAt(0)], onStep: any() })()
    }
    for (const call of Object.values(calls)) for (let i = 0; i < trainings / 5; i++) await tagged(call)
    expect(await tagged(() => trainer.advance(1, null)())).toBe('Left')
    expect(await tagged(() => trainer.advance(1, { batches: () => [batchAt(0)] })())).toBe('Right')
    trainer.dispose()
    step.dispose()
  })
})
