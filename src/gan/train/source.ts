import * as E from '#fp-ts/Either'
import { showValue } from '../../tensor/problem.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import type { Batch, BatchForm } from '../step/batch.ts'
import { checkBatch, copyBatch } from '../step/batch.ts'
import type { Issue } from '../check/issue.ts'
import { issue, issueOf } from '../check/issue.ts'
import type { Sampler } from '../step/sampler.ts'

type Batches = Iterable<Tensor | Batch> | AsyncIterable<Tensor | Batch>

/**
 * Where minibatches come from: a sampler, drawn inside the compiled step; any iterable, async or not, which is taken from
 * its beginning; or `from`, which begins at the n-th minibatch (the state's cursor), so that a resumed training goes on
 * with the data that come next. What `batches(data, { batchSize })` gives is one.
 */
export type Source = Sampler | Batches | { readonly from: (cursor: number) => Batches }

/** What says that training is to stop: an AbortSignal, or anything with its flag. */
export interface Signal {
  readonly aborted: boolean
  addEventListener?(type: 'abort', listener: () => void): void
  removeEventListener?(type: 'abort', listener: () => void): void
}

export const samplerOf = (source: Source): Sampler | undefined => (typeof source === 'function' ? source : undefined)

/** Minibatches as the trainer pulls them: up to `count`, fewer at the end of the data or when told to stop. */
export interface Puller {
  /** Left is a minibatch that does not fit, or what the iterator threw. */
  readonly pull: (count: number) => Promise<E.Either<Issue, readonly Batch[]>>
  /** Ends the iteration, so that the iterator can free what it holds. */
  readonly close: () => Promise<void>
}

const isBatches = (x: unknown): x is Batches =>
  typeof x === 'object' && x !== null && (Symbol.iterator in x || Symbol.asyncIterator in x)

const isResumable = (x: unknown): x is { readonly from: (cursor: number) => Batches } =>
  typeof x === 'object' && x !== null && 'from' in x && typeof x.from === 'function'

/** What is wrong with a source as it stands. */
export const sourceIssues = (source: unknown): readonly Issue[] =>
  typeof source === 'function' || isBatches(source) || isResumable(source)
    ? []
    : [
        issue(
          'InvalidValue',
          ['train', 'data'],
          'a sampler, an iterable of minibatches, or { from(cursor) }',
          showValue(source),
          'batches(data, { batchSize }) cuts tensors into minibatches'
        )
      ]

type AnyIterator = Iterator<Tensor | Batch> | AsyncIterator<Tensor | Batch>

const iteratorOf = (batches: Batches): AnyIterator =>
  Symbol.asyncIterator in batches ? batches[Symbol.asyncIterator]() : batches[Symbol.iterator]()

/** What a promise comes to, or undefined where the signal comes first. */
const unlessAborted = async <A>(of: A | Promise<A>, signal: Signal | undefined): Promise<A | undefined> => {
  if (!(of instanceof Promise) || signal?.addEventListener === undefined) return of
  let stop = (): void => undefined
  const aborted = new Promise<undefined>((resolve) => {
    stop = () => {
      resolve(undefined)
    }
    signal.addEventListener?.('abort', stop)
    if (signal.aborted) stop()
  })
  try {
    return await Promise.race([of, aborted])
  } finally {
    signal.removeEventListener?.('abort', stop)
    // Should it fail later, nobody is left to hear it.
    of.catch(() => undefined)
  }
}

const nothingToPull: Puller = { pull: () => Promise.resolve(E.right([])), close: () => Promise.resolve() }

/** The minibatches of a source from a cursor on, each checked and copied: who made it may use its memory again. */
export const pullerOf = (source: Source, form: BatchForm, cursor: number, signal?: Signal): E.Either<Issue, Puller> => {
  if (typeof source === 'function') return E.right(nothingToPull)
  return E.tryCatch(
    () => {
      const iterator = iteratorOf(isBatches(source) ? source : source.from(cursor))
      let isWaiting = false
      let isOver = false
      const next = async (): Promise<E.Either<Issue, Batch | undefined>> => {
        isWaiting = true
        const result = await unlessAborted(iterator.next(), signal)
        // What an abort came before is still being waited for by the iterator.
        if (result === undefined) return E.right(undefined)
        isWaiting = false
        isOver = result.done === true
        return result.done === true ? E.right(undefined) : E.map(copyBatch)(checkBatch(result.value, form))
      }
      return {
        pull: async (count) => {
          const taken: Batch[] = []
          try {
            while (taken.length < count && !isOver && signal?.aborted !== true) {
              const batch = await next()
              if (E.isLeft(batch)) return batch
              if (batch.right === undefined) break
              taken.push(batch.right)
            }
            return E.right(taken)
          } catch (cause) {
            isOver = true
            return E.left(issueOf('DataFailed', ['train', 'data'], cause))
          }
        },
        close: async () => {
          if (isOver) return
          isOver = true
          const ended = Promise.resolve(iterator.return?.()).then(
            () => undefined,
            () => undefined
          )
          // An iterator that is being waited for ends when it gets round to it.
          if (!isWaiting) await ended
        }
      }
    },
    (cause) => issueOf('DataFailed', ['train', 'data'], cause)
  )
}
