import * as E from '#fp-ts/Either'
import type { Tensor } from '../tensor/tensor.ts'
import type { Batch } from './cycle.ts'
import type { Issue } from './issue.ts'
import type { TrainingStep } from './trainingStep.ts'
import { checkBatch } from './trainingStep.ts'
import type { Sampler } from './variants.ts'

type Batches = Iterable<Tensor | Batch> | AsyncIterable<Tensor | Batch>

/**
 * Where minibatches come from: a sampler, drawn inside the compiled step; any iterable, async or not; or `from`, which
 * begins at the n-th minibatch, so that a resumed training goes on with the data that come next.
 */
export type Source = Sampler | Batches | { readonly from: (cursor: number) => Batches }

export const samplerOf = (source: Source): Sampler | undefined => (typeof source === 'function' ? source : undefined)

/** Minibatches as the trainer pulls them: up to `count`, fewer at the end of the data; Left is one that does not fit. */
export interface Puller {
  readonly pull: (count: number) => Promise<E.Either<Issue, readonly Batch[]>>
  readonly close: () => Promise<void>
}

const iteratorOf = (batches: Batches): Iterator<Tensor | Batch> | AsyncIterator<Tensor | Batch> =>
  Symbol.asyncIterator in batches ? batches[Symbol.asyncIterator]() : batches[Symbol.iterator]()

export const pullerOf = (source: Source, step: TrainingStep, cursor: number): Puller => {
  if (typeof source === 'function') return { pull: () => Promise.resolve(E.right([])), close: () => Promise.resolve() }
  const iterator = iteratorOf('from' in source ? source.from(cursor) : source)
  return {
    pull: async (count) => {
      const taken: Batch[] = []
      while (taken.length < count) {
        const next = await iterator.next()
        if (next.done === true) break
        const checked = checkBatch(next.value, step.realShape, step.spec.labels !== undefined)
        if (E.isLeft(checked)) return checked
        taken.push(checked.right)
      }
      return E.right(taken)
    },
    close: async () => {
      await iterator.return?.()
    }
  }
}
