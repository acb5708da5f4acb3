import { describe, expect, it } from 'vitest'
import * as E from '#fp-ts/Either'
import type { EngineFault } from '../../src/engines/engine.ts'
import { add, mul, tensor } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import type { CompiledStep, ResidentStep } from '../../src/transform/compileStep.ts'
import { compileStep } from '../../src/transform/compileStep.ts'
import type { ResidentLoop, Source } from '../../src/transform/residentLoop.ts'
import { residentLoop } from '../../src/transform/residentLoop.ts'

/** A number, and how many steps came before it. */
interface Carry {
  readonly x: Tensor
  readonly step: Tensor
}
type Feed = Tensor
type Wrong = string
type Step = CompiledStep<Carry, Feed, Tensor>
type Held = ResidentStep<Carry, Feed, Tensor>

const fault: EngineFault = { _tag: 'OutOfMemory', engine: 'own', expected: 'a', actual: 'b', hint: 'c' }
const start: Carry = { x: tensor(1), step: tensor(new Int32Array([0]), []) }
const numbers = ({ x, step }: Carry): readonly number[] => [x.data[0]!, step.data[0]!]

/** Steps 0 and 1 add what they are fed, step 2 and those behind it multiply by it. */
const keyAt = (step: number): 'add' | 'mul' => (step < 2 ? 'add' : 'mul')

/** What a test changes of the engine, and what it did. */
interface Rig {
  readonly loop: ResidentLoop<Carry, Feed, Tensor, Wrong>
  readonly log: string[]
  build: (key: string, step: Step) => E.Either<Wrong, Step>
  resident: (key: string, made: E.Either<EngineFault, Held>) => E.Either<EngineFault, Held>
  advance: (task: () => Promise<E.Either<EngineFault, void>>) => Promise<E.Either<EngineFault, void>>
  snapshot: (task: () => Promise<E.Either<EngineFault, Carry>>) => Promise<E.Either<EngineFault, Carry>>
}

const rigged = (): Rig => {
  const log: string[] = []
  const watched = (key: string, held: Held): Held => ({
    advance: (job) => () => {
      log.push(`${key} ${String(job.steps)}`)
      return rig.advance(held.advance(job))
    },
    snapshot: () => () => rig.snapshot(held.snapshot()),
    dispose: () => {
      log.push(`dispose ${key}`)
      held.dispose()
    }
  })
  const compiled = async (key: 'add' | 'mul'): Promise<Step> => {
    const f = key === 'add' ? add : mul
    const made = await compileStep<Carry, Feed, Tensor>(
      ({ x, step }, by) => [{ x: f(x, by), step: add(step, 1) }, x],
      start,
      tensor(0),
      { engine: 'reference' }
    )()
    if (E.isLeft(made)) throw new Error('No step')
    const { resident } = made.right
    return {
      ...made.right,
      resident: (carry) => async () =>
        rig.resident(key, E.map((held: Held) => watched(key, held))(await resident(carry)()))
    }
  }
  const rig: Rig = {
    log,
    build: (_, step) => E.right(step),
    resident: (_, made) => made,
    advance: (task) => task(),
    snapshot: (task) => task(),
    loop: residentLoop<Carry, Feed, Tensor, Wrong>(
      {
        at: (step) => ({
          key: keyAt(step),
          build: () => async () => rig.build(keyAt(step), await compiled(keyAt(step)))
        }),
        runLength: (step, limit) => (step < 2 ? Math.min(2 - step, limit) : limit)
      },
      () => start,
      ({ step }) => step.data[0]!,
      {
        ofFault: ({ _tag }) => _tag,
        ofThrown: (cause, by) => `${by}: ${String(cause)}`,
        disposed: () => 'disposed'
      }
    )
  }
  return rig
}

/** Feeds `steps` steps with the numbers given, one for all or one each. */
const steps =
  (count: number, ...feeds: readonly number[]): Source<Feed, Wrong> =>
  (done, runLength) => {
    const next = runLength(count - done)
    const own = feeds.length === 1 ? feeds : feeds.slice(done, done + next)
    return { steps: next, feeds: own.map((x) => tensor(x)), goesOn: E.right(done + next < count) }
  }
const carried = async ({ loop }: Rig): Promise<readonly number[]> => {
  const carry = await loop.snapshot()()
  return E.isRight(carry) ? numbers(carry.right) : [NaN]
}

describe('a resident loop', () => {
  it('moves its carry where the variant changes, there alone, and frees what it leaves', async () => {
    const rig = rigged()
    const seen: (readonly [number, number])[] = []
    const done = await rig.loop.advance(steps(5, 1, 2, 3, 4, 5), (i, x) => seen.push([i, x.data[0]!]))()
    expect(done).toEqual(E.right(undefined))
    expect(seen).toEqual([[0, 1], [1, 2], [2, 4], [3, 12], [4, 48]]) // prettier-ignore
    expect(await carried(rig)).toEqual([240, 5])
    await rig.loop.advance(steps(1, 2))()
    expect(await carried(rig)).toEqual([480, 6])
    expect(rig.log).toEqual(['add 2', 'dispose add', 'mul 3', 'mul 1'])
  })

  it('feeds one feed to all steps of a portion', async () => {
    const rig = rigged()
    await rig.loop.advance(steps(4, 3))()
    expect(await carried(rig)).toEqual([63, 4])
  })

  it('settles without a step, once', async () => {
    const rig = rigged()
    let built = 0
    rig.build = (_, step) => (built++, E.right(step))
    expect(await rig.loop.settle()()).toEqual(E.right(undefined))
    await rig.loop.settle()()
    expect(built).toBe(1)
    await rig.loop.advance(steps(2, 1))()
    expect(built).toBe(1)
    await rig.loop.settle()()
    expect([built, rig.log]).toEqual([2, ['add 2', 'dispose add']])
    expect(await carried(rig)).toEqual([3, 2])
  })

  it('does nothing for a call without steps, and says what is wrong with its next feed', async () => {
    const rig = rigged()
    const none = (goesOn: E.Either<Wrong, boolean>) => rig.loop.advance(() => ({ steps: 0, feeds: [], goesOn }))()
    expect(await none(E.right(false))).toEqual(E.right(undefined))
    expect(await none(E.left('feed'))).toEqual(E.left('feed'))
    expect(rig.log).toEqual([])
    const one = rig.loop.advance(() => ({ steps: 1, feeds: [tensor(4)], goesOn: E.left('feed') }))
    expect(await one()).toEqual(E.left('feed'))
    expect(await carried(rig)).toEqual([5, 1])
  })

  it('does calls in turn', async () => {
    const rig = rigged()
    const [, early, , late] = await Promise.all([
      rig.loop.advance(steps(1, 1))(),
      carried(rig),
      rig.loop.advance(steps(1, 1))(),
      carried(rig)
    ])
    expect([early, late]).toEqual([
      [2, 1],
      [3, 2]
    ])
  })
})

describe('a resident loop whose engine fails', () => {
  it('keeps the carry where the next executable cannot be built, and goes on once it can', async () => {
    const rig = rigged()
    rig.build = (key, step) => (key === 'mul' ? E.left('no build') : E.right(step))
    expect(await rig.loop.advance(steps(3, 1))()).toEqual(E.left('no build'))
    expect(await rig.loop.settle()()).toEqual(E.left('no build'))
    expect(await carried(rig)).toEqual([3, 2])
    expect(rig.log).toEqual(['add 2'])
    rig.build = (_, step) => E.right(step)
    await rig.loop.advance(steps(1, 5))()
    expect(await carried(rig)).toEqual([15, 3])
  })

  it('keeps it where the next executable has no room for it', async () => {
    const rig = rigged()
    rig.resident = (key, made) => (key === 'mul' ? E.left(fault) : made)
    expect(await rig.loop.advance(steps(3, 1))()).toEqual(E.left('OutOfMemory'))
    expect(await carried(rig)).toEqual([3, 2])
  })

  it('goes on from the step that its carry shows, where a step failed', async () => {
    const rig = rigged()
    // Both steps are done, and a fault is told: the carry says so.
    rig.advance = async (task) => (await task(), E.left(fault))
    expect(await rig.loop.advance(steps(2, 1))()).toEqual(E.left('OutOfMemory'))
    rig.advance = (task) => task()
    await rig.loop.advance(steps(1, 7))()
    expect(await carried(rig)).toEqual([21, 3])
    // None is done.
    const other = rigged()
    other.advance = async () => E.left(fault)
    await other.loop.advance(steps(2, 1))()
    other.advance = (task) => task()
    await other.loop.advance(steps(1, 7))()
    expect(await carried(other)).toEqual([8, 1])
  })

  it('tells the fault of the step where its carry is lost, too', async () => {
    const rig = rigged()
    rig.advance = async () => E.left(fault)
    rig.snapshot = async () => E.left({ ...fault, _tag: 'DeviceLost' })
    expect(await rig.loop.advance(steps(2, 1))()).toEqual(E.left('OutOfMemory'))
    expect(await rig.loop.snapshot()()).toEqual(E.left('DeviceLost'))
  })

  it('tells what an engine throws', async () => {
    const rig = rigged()
    rig.advance = async () => {
      throw new Error('mine')
    }
    expect(await rig.loop.advance(steps(2, 1))()).toEqual(E.left('engine: Error: mine'))
    rig.snapshot = async () => {
      throw new Error('lost')
    }
    expect(await rig.loop.snapshot()()).toEqual(E.left('engine: Error: lost'))
  })
})

it('keeps what a callback throws, does the steps under way, and calls it no more', async () => {
  const rig = rigged()
  const heard: number[] = []
  const listen = (i: number): void => {
    heard.push(i)
    throw new Error('mine')
  }
  expect(await rig.loop.advance(steps(4, 1), listen)()).toEqual(E.left('onStep: Error: mine'))
  expect(heard).toEqual([0])
  expect(await carried(rig)).toEqual([3, 2])
})

describe('a resident loop that is disposed of', () => {
  it('does the call under way, frees the carry, then calls back, once; later calls are errors', async () => {
    const rig = rigged()
    const under = rig.loop.advance(steps(2, 1))()
    await Promise.resolve()
    rig.loop.dispose(() => rig.log.push('after'))
    rig.loop.dispose(() => rig.log.push('again'))
    await under
    for (const late of [rig.loop.advance(steps(1, 1)), rig.loop.snapshot(), rig.loop.settle()])
      expect(await late()).toEqual(E.left('disposed'))
    expect(rig.log).toEqual(['add 2', 'dispose add', 'after'])
  })

  it('has nothing to free before its first step', async () => {
    const rig = rigged()
    rig.loop.dispose(() => rig.log.push('after'))
    await rig.loop.snapshot()()
    expect(rig.log).toEqual(['after'])
    rigged().loop.dispose()
  })
})
