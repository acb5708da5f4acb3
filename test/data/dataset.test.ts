import { pipe } from '#fp-ts/function'
import * as E from '#fp-ts/Either'
import * as TE from '#fp-ts/TaskEither'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Dataset, Tensor, ViewOptions } from '../../src/index.ts'
import { Gan, Issue, Random, Toy, Update, batches, datasetOf, tensor, withRandomViews } from '../../src/index.ts'
import { batchesBy } from '../../src/data/dataset.ts'
import { bits, compiled, failed, smallSpec, trained } from '../support/smallGan.ts'

const points = tensor(
  Array.from({ length: 40 }, (_, i) => Math.sin(i)),
  [20, 2]
)
const labels = tensor(
  Array.from({ length: 20 }, (_, i) => i % 3),
  [20],
  'int32'
)
const inMemory = (): Dataset => datasetOf({ real: points, labels })

/** Every kind of data set that there is: in memory, with labels or without, and drawn. */
const kinds: readonly (readonly [string, () => Dataset])[] = [
  ['tensors', () => datasetOf(points)],
  ['labelled tensors', inMemory],
  ['a toy', () => datasetOf(Toy.ring())],
  ['shapes', () => datasetOf(Toy.shapes({ size: 8 }))]
]

const rightOf = <A>(read: E.Either<unknown, A>): A => {
  if (E.isLeft(read)) throw new Error(JSON.stringify(read.left))
  return read.right
}

describe.each(kinds)('a data set of %s', (_, make) => {
  it('says what it gives', async () => {
    const { shape, classes, rows, batches: cut } = make()
    const { real, labels: given } = rightOf(await cut({ batchSize: 5 }).at(0)())
    expect(real.shape).toEqual([5, ...shape])
    expect(real.dtype).toBe('float32')
    expect(given?.shape).toEqual(classes === undefined ? undefined : [5])
    for (const label of given?.data ?? []) expect(classes![label]).toBeTypeOf('string')
    if (rows !== undefined) expect(rows).toBe(20)
  })

  it('gives minibatches by seed and step alone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.array(fc.nat(30), { minLength: 1, maxLength: 4 }), async (seed, steps) => {
        const used = make().batches({ batchSize: [4, 3], seed })
        for (const step of steps) {
          const batch = await used.at(step)()
          expect(batch).toEqual(
            await make()
              .batches({ batchSize: [4, 3], seed })
              .at(step)()
          )
          const { value } = await make()
            .batches({ batchSize: [4, 3], seed })
            .from(step)
            .next()
          expect(E.right(value)).toEqual(batch)
          expect(value.real.shape[0]).toBe([4, 3][step % 2])
        }
      }),
      { numRuns: 10 }
    )
  })

  it('goes on from any step', async () => {
    const cut = make().batches({ batchSize: 3, seed: 2 })
    const running = cut.from(7)
    for (const step of [7, 8, 9]) expect((await running.next()).value).toEqual(rightOf(await cut.at(step)()))
  })

  it('refuses steps and sizes that are none', async () => {
    const bad = await make().batches({ batchSize: 2 }).at(-1)()
    expect(E.isLeft(bad) && bad.left).toMatchObject({ _tag: 'BadOption', actual: '-1' })
    for (const batchSize of [0, 2.5, [], [3, -1], 'x' as never])
      expect(() => make().batches({ batchSize })).toThrow(/batch size/)
  })
})

describe('a data set in memory', () => {
  it('has the rows that batches has', async () => {
    const expected = batches(points, { batchSize: 6, seed: 9 })
    const cut = datasetOf(points).batches({ batchSize: 6, seed: 9 })
    for (const step of [0, 1, 5]) expect(rightOf(await cut.at(step)()).real).toEqual(expected.at(step))
  })

  it('is named by its classes, or these by numbers', () => {
    expect(inMemory().classes).toEqual(['0', '1', '2'])
    expect(datasetOf({ real: points, labels }, { classes: ['a', 'b', 'c', 'd'], name: 'mine' })).toMatchObject({
      classes: ['a', 'b', 'c', 'd'],
      name: 'mine'
    })
  })

  it('refuses what does not fit', () => {
    expect(() => datasetOf({ real: points, labels: tensor([0, 1], [2], 'int32') })).toThrow(/labels int32\[20\]/)
    expect(() => datasetOf({ real: points, labels }, { classes: ['a', 'b'] })).toThrow(/from 0 to 1; got 2/)
    expect(() => datasetOf(tensor([1, 2]))).toThrow(/\[N, \.\.\.features\]/)
    expect(() => datasetOf({ real: points, condition: tensor([[1]]) })).toThrow(/conditions of 20 rows/)
    expect(() => datasetOf('ring' as never)).toThrow(/openDataset/)
  })
})

describe('random views', () => {
  // Each pixel has the number of its place.
  const images = tensor(
    Array.from({ length: 8 * 2 * 12 }, (_, i) => i % 12),
    [8, 2, 3, 4]
  )
  const views = (
    options: ViewOptions,
    of = datasetOf({ real: images, labels: tensor(Array<number>(8).fill(0), [8], 'int32') })
  ) => withRandomViews(options)(of)
  const at = async (set: Dataset, step: number, seed = 1) =>
    rightOf(await set.batches({ batchSize: 8, seed }).at(step)())
  const rows = ({ data }: Tensor): readonly string[] =>
    Array.from({ length: 16 }, (_, i) => String(data.subarray(12 * i, 12 * i + 12)))

  it('mirror about half of the images, all channels of one alike', async () => {
    const seen: string[] = []
    for (let step = 0; step < 40; step++) {
      const found = rows((await at(views({ flips: true }), step)).real)
      found.forEach((row, i) => expect(row).toBe(found[i - (i % 2)]))
      seen.push(...found)
    }
    const mirrored = seen.filter((row) => row === '3,2,1,0,7,6,5,4,11,10,9,8').length
    expect(seen.filter((row) => row === '0,1,2,3,4,5,6,7,8,9,10,11').length + mirrored).toBe(640)
    expect(Math.abs(mirrored - 320)).toBeLessThan(4 * Math.sqrt(4 * 80))
  })

  it('shift by as many pixels as are said, continuing the edges', async () => {
    const seen = new Set<string>()
    for (let step = 0; step < 40; step++)
      rows((await at(views({ shift: 1 }), step)).real).forEach((row) => seen.add(row))
    expect(seen.size).toBe(9)
    // Down and to the right, and up and to the left.
    expect(seen).toContain('0,0,1,2,0,0,1,2,4,4,5,6')
    expect(seen).toContain('5,6,7,7,9,10,11,11,9,10,11,11')
  })

  it('are a function of seed and step, leave labels and order, and can be taken of views', async () => {
    const set = views({ flips: true, shift: 2 })
    expect(await at(set, 5)).toEqual(await at(views({ flips: true, shift: 2 }), 5))
    expect((await at(set, 5)).real).not.toEqual((await at(set, 6)).real)
    expect((await at(set, 5)).real).not.toEqual((await at(set, 5, 2)).real)
    expect((await at(set, 5)).labels).toEqual((await at(views({}), 5)).labels)
    expect((await at(views({}), 5)).real).toEqual(images)
    // Twice by one key would be not at all.
    expect((await at(views({ flips: true }, views({ flips: true })), 0)).real).not.toEqual(images)
  })

  it('of what is drawn are no longer drawn inside the step', async () => {
    const set = withRandomViews({ shift: 2 })(datasetOf(Toy.shapes({ size: 8 })))
    expect(set.sample).toBeUndefined()
    expect((await at(set, 0)).real.shape).toEqual([8, 1, 8, 8])
    expect(() => withRandomViews({ flips: true })(datasetOf(points))).toThrow(/images .*got samples \[2\]/)
  })
})

describe('the next minibatch', () => {
  it('is being read while the one before it is used', async () => {
    const asked: number[] = []
    const { from } = batchesBy('slow', (step) => {
      asked.push(step)
      return TE.right({ real: points })
    })
    const running = from(3)
    await running.next()
    expect(asked).toEqual([3, 4])
    await running.next()
    expect(asked).toEqual([3, 4, 5])
  })

  it('that cannot be read is told when it is asked for, and not before', async () => {
    const { from } = batchesBy('broken', (step) =>
      step === 0 ? TE.right({ real: points }) : TE.left({ _tag: 'Truncated', file: 'a', expected: 'b', actual: 'c' })
    )
    const running = from()
    expect((await running.next()).value.real).toBe(points)
    await expect(running.next()).rejects.toThrow(/DataFailed.*a: expected b, got c/)
  })
})

describe('Gan.train', () => {
  const run = (data: Dataset, more: Partial<Gan.TrainOptions> = {}) => trained(smallSpec(), { data, steps: 6, ...more })

  it('takes a data set as it is, and goes on to the same bits', async () => {
    const all = await run(datasetOf(points), { seed: 5 })
    const half = await run(datasetOf(points), { seed: 5, steps: 3 })
    // The order is in the state: no seed is given again.
    const rest = await run(datasetOf(points), { steps: 3, state: half.state })
    expect(bits(rest.state)).toEqual(bits(all.state))
    const other = await run(datasetOf(points), { seed: 6 })
    expect(bits(other.state)).not.toEqual(bits(all.state))
  })

  it('draws a toy inside the step', async () => {
    const toy = Toy.ring()
    const drawn = await run(datasetOf(toy))
    expect(bits(drawn.state)).toEqual(bits((await trained(smallSpec(), { data: toy.sample, steps: 6 })).state))
    expect(drawn.step.batchesPerStep).toBe(0)
  })

  it('gives phases of several sizes the first rows of their batches', async () => {
    const spec = smallSpec(Gan.withUpdate(Update.alternating({ discriminatorSteps: 2 })))
    const batchSize = { discriminator: 5, generator: 3 }
    const both = await trained(spec, { data: inMemory(), batchSize, steps: 4 })
    expect(both.stepsDone).toBe(4)
    const half = await trained(spec, { data: inMemory(), batchSize, steps: 2 })
    const rest = await trained(spec, { data: inMemory(), batchSize, steps: 2, state: half.state })
    expect(bits(rest.state)).toEqual(bits(both.state))
  })

  it('says where a data set does not suit', async () => {
    const wide = datasetOf(tensor([[1, 2, 3]]))
    const { issues } = await failed(smallSpec(), { data: wide, batchSize: 1 })
    expect(Issue.show(issues)).toMatch(/float32\[1, 2\]/)
    const few = await failed(smallSpec(), { data: wide, batchSize: 4 })
    expect(Issue.show(few.issues)).toMatch(/number of rows, 1/)
  })

  it('tells what a file would not give', async () => {
    const broken: Dataset = {
      ...datasetOf(points),
      batches: () => ({
        ...datasetOf(points).batches({ batchSize: 4 }),
        async *from() {
          throw new Error('the disk is gone')
        }
      })
    }
    const { issues, reached } = await failed(smallSpec(), { data: broken })
    expect(issues[0]).toMatchObject({ _tag: 'DataFailed', path: ['train', 'data'] })
    expect(reached?.stepsDone).toBe(0)
  })
})

it('a step compiled for a toy draws what the data set draws', async () => {
  const { sample } = datasetOf(Toy.ring())
  const step = await compiled(smallSpec(), { sampler: sample! })
  expect(step.batchesPerStep).toBe(0)
  expect(pipe(sample!(Random.key(1), 3), (x) => ('real' in x ? x.real : x).shape)).toEqual([3, 2])
})
