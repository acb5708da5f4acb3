import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import { isThenable } from '../../program/trace.ts'
import { bits } from '../../random/bits.ts'
import type { Key } from '../../random/key.ts'
import { foldIn } from '../../random/key.ts'
import { showValue } from '../../tensor/problem.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { treeMap } from '../../tensor/tree.ts'
import type { BatchSize } from '../game/batchSize.ts'
import { sizesOf } from '../game/batchSize.ts'
import type { Batch, BatchForm } from '../step/batch.ts'
import { checkBatch, copyBatch } from '../step/batch.ts'
import type { Issue } from '../check/issue.ts'
import { issue, issueOf, warning } from '../check/issue.ts'
import type { Sampler } from '../step/sampler.ts'
import type { State } from '../step/state.ts'
import { countAt } from '../step/state.ts'
import type { Signal } from './signal.ts'
import { aborted, unlessAborted } from './signal.ts'
import { inTime } from './inTime.ts'

type Given = Tensor | Batch
type Batches = Iterable<Given | PromiseLike<Given>> | AsyncIterable<Given>

/** Gives minibatches from the one of a number on. */
interface Resumable {
  readonly from: (cursor: number) => Batches
}

/** Cuts itself into minibatches, or draws them: a `Dataset`. */
interface Divisible {
  readonly batches: (options: { readonly batchSize: number; readonly seed: number }) => Resumable
  readonly sample?: Sampler
}

/**
 * Where minibatches come from: a sampler, drawn inside the compiled step; a `Dataset`; any iterable, async or not, which is
 * taken from its beginning; or `from`, which begins at the n-th minibatch (the state's cursor), so that a resumed training
 * goes on with the data that come next. What `batches(data, { batchSize })` gives is one.
 */
export type Source = Sampler | Divisible | Batches | Resumable

export const samplerOf = (source: Source): Sampler | undefined =>
  typeof source === 'function' ? source : isDivisible(source) ? source.sample : undefined

/** Holds the minibatches that came, and what is wrong with the next one, where something is. */
export interface Pulled {
  readonly batches: readonly Batch[]
  readonly problem: Issue | undefined
}

/** Minibatches as the trainer pulls them. */
export interface Puller {
  /** Gives one of each form, fewer at the end of the data, before a minibatch that is wrong, or when told to stop. */
  readonly pull: (forms: readonly BatchForm[]) => Promise<Pulled>
  /** Ends the iteration, so that the iterator can free what it holds. What it throws is a warning. */
  readonly close: () => Promise<readonly Issue[]>
}

const isFunction = (x: unknown): boolean => typeof x === 'function'

const isAsync = (x: object): x is AsyncIterable<Given> =>
  Symbol.asyncIterator in x && isFunction(x[Symbol.asyncIterator])

const isBatches = (x: unknown): x is Batches =>
  typeof x === 'object' && x !== null && (isAsync(x) || (Symbol.iterator in x && isFunction(x[Symbol.iterator])))

const isResumable = (x: unknown): x is Resumable =>
  typeof x === 'object' && x !== null && 'from' in x && isFunction(x.from)

const isDivisible = (x: unknown): x is Divisible =>
  typeof x === 'object' &&
  x !== null &&
  'batches' in x &&
  isFunction(x.batches) &&
  (!('sample' in x) || x.sample === undefined || isFunction(x.sample))

const writing = 'batches(data, { batchSize }) cuts tensors into minibatches'

/** Finds what is wrong with a source as it stands. */
export const sourceIssues = (source: unknown): readonly Issue[] =>
  typeof source === 'function' || isDivisible(source) || isBatches(source) || isResumable(source)
    ? []
    : [
        issue(
          'InvalidValue',
          ['train', 'data'],
          'a sampler, a data set, an iterable of minibatches, or { from(cursor) }',
          isThenable(source) ? 'a promise' : showValue(source),
          isThenable(source) ? 'Await it' : writing
        )
      ]

type AnyIterator = Iterator<unknown> | AsyncIterator<unknown>

const iteratorOf = (batches: Batches): AnyIterator =>
  isAsync(batches) ? batches[Symbol.asyncIterator]() : batches[Symbol.iterator]()

const path = ['train', 'data']

const dataFailed = (cause: unknown): Issue =>
  issueOf('DataFailed', path, cause, {
    expected: 'data that can be read',
    hint: 'Mend what gives the minibatches; training can go on from the state that was reached'
  })

const noResult = (result: unknown): Issue =>
  issue(
    'DataFailed',
    path,
    '{ done, value } from next() of the iterator',
    showValue(result),
    `Generators give it; ${writing}`
  )

const nothingToPull: Puller = {
  pull: () => Promise.resolve({ batches: [], problem: undefined }),
  close: () => Promise.resolve([])
}

/** Milliseconds that an iterator is given to end. */
const patience = 5000

/** Says of which minibatch a problem is. */
const at =
  (index: number) =>
  (problem: Issue): Issue => ({ ...problem, path: [...path, index, ...problem.path.slice(1)] })

type Cut = (given: unknown, form: BatchForm) => unknown

/** Takes a minibatch as it comes. */
const whole: Cut = (given) => given

/** Takes the first rows of a minibatch of a data set, where phases have batches of several sizes. */
const firstRows: Cut = (given, { shape: [rows = 0] }) => {
  const first = (x: Tensor): Tensor => {
    const [n = 0, ...features] = x.shape
    const cut = (x.data.length / Math.max(n, 1)) * rows
    return n > rows ? { shape: [rows, ...features], dtype: x.dtype, data: x.data.subarray(0, cut) } : x
  }
  return treeMap(first, given)
}

/** Pulls from an iterator, which begins at the minibatch of that number. */
const pullerOn = (iterator: AnyIterator, from: number, cut: Cut, signal: Signal | undefined): Puller => {
  let isWaiting = false
  let isOver = false
  let index = from
  /** Waits for what is promised; undefined where an abort came first, after which the iterator is still at it. */
  const settled = async (x: unknown): Promise<{ readonly value: unknown } | undefined> => {
    if (!isThenable(x)) return { value: x }
    isWaiting = true
    const value = await unlessAborted(x, signal)
    if (value === aborted) return undefined
    isWaiting = false
    return { value }
  }
  const next = async (form: BatchForm): Promise<E.Either<Issue, Batch | undefined>> => {
    const result = await settled(iterator.next())
    if (result === undefined) return E.right(undefined)
    if (typeof result.value !== 'object' || result.value === null) return E.left(noResult(result.value))
    const { done, value } = result.value as IteratorResult<unknown, unknown>
    if (done === true) {
      isOver = true
      return E.right(undefined)
    }
    const batch = await settled(value)
    return batch === undefined
      ? E.right(undefined)
      : pipe(checkBatch(cut(batch.value, form), form), E.bimap(at(index++), copyBatch))
  }
  return {
    pull: async (forms) => {
      const taken: Batch[] = []
      const until = (problem?: Issue): Pulled => ({ batches: taken, problem })
      try {
        for (const form of forms) {
          if (isOver || signal?.aborted === true) break
          const batch = await next(form)
          if (E.isLeft(batch)) return until(batch.left)
          if (batch.right === undefined) break
          taken.push(batch.right)
        }
        return until()
      } catch (cause) {
        isOver = true
        return until(dataFailed(cause))
      }
    },
    close: async () => {
      if (isOver) return []
      isOver = true
      try {
        const ended = iterator.return?.()
        if (!isThenable(ended)) return []
        // An iterator that is being waited for ends when it gets round to it.
        if (isWaiting) ended.then(undefined, () => undefined)
        else await inTime(ended, patience, signal)
        return []
      } catch (cause) {
        return [warning(dataFailed(cause))]
      }
    }
  }
}

/**
 * Draws the seed of a data set's minibatches from the key that a training keeps: a resumed one goes on with the same
 * order. The steps of a training fold 0 and more into that key.
 */
const seedOf = (kept: Key): number => bits(foldIn(kept, -1), [1]).data[0] ?? 0

/** Opens a source where a training begins: what it gives, and whether that begins at the state's cursor. */
const opened = (source: Exclude<Source, Sampler>, { key, cursor }: State, batchSize: number): unknown =>
  isDivisible(source)
    ? source.batches({ batchSize, seed: seedOf(key) }).from(countAt(cursor))
    : isBatches(source)
      ? source
      : source.from(countAt(cursor))

/**
 * Draws the minibatches of a source from a state's cursor on, each checked and copied: who made it may use its memory again.
 * Those of a data set have the largest of the batch sizes, and the smaller ones are their first rows.
 */
export const pullerOf = (
  source: Source,
  state: State,
  batchSize: BatchSize,
  signal?: Signal
): E.Either<Issue, Puller> => {
  if (samplerOf(source) !== undefined) return E.right(nothingToPull)
  const stored = source as Exclude<Source, Sampler>
  return pipe(
    E.tryCatch(() => opened(stored, state, Math.max(...sizesOf(batchSize))), dataFailed),
    E.chain((given) =>
      isBatches(given)
        ? E.tryCatch(
            () =>
              pullerOn(
                iteratorOf(given),
                given === source ? 0 : countAt(state.cursor),
                isDivisible(source) ? firstRows : whole,
                signal
              ),
            dataFailed
          )
        : E.left(issue('DataFailed', path, 'an iterable of minibatches from from(cursor)', showValue(given), writing))
    )
  )
}
