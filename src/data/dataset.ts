import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { Batch } from '../gan/step/batch.ts'
import { asBatch } from '../gan/step/batch.ts'
import type { Sampler } from '../gan/step/sampler.ts'
import type { FileIssue } from '../io/fileIssue.ts'
import { showFileIssue } from '../io/fileIssue.ts'
import { foldIn, key } from '../random/key.ts'
import { fail } from '../tensor/error.ts'
import { count } from '../tensor/options.ts'
import { showValue } from '../tensor/problem.ts'
import type { Shape } from '../tensor/shape.ts'
import type { BatchOptions } from './epochs.ts'
import { epochsOf, isStep, readBatchOptions } from './epochs.ts'
import type { Modes } from './toy.ts'

/**
 * Holds data to train on, wherever they lie: in memory, in files that are read row by row, or nowhere, where they are
 * drawn. `Gan.train` takes it as it is.
 */
export interface Dataset {
  readonly name: string
  /** The shape of a sample: [features], or [channels, height, width] of an image, whose numbers are in [-1, 1]. */
  readonly shape: Shape
  /** The names of the classes, by label, where samples have labels. */
  readonly classes?: readonly string[]
  /** How many samples there are; absent where they are drawn, without end. */
  readonly rows?: number
  /** The modes of a mixture. */
  readonly modes?: Modes
  /** Draws samples inside a compiled step, where they are drawn and not stored. */
  readonly sample?: Sampler
  /**
   * Tells the files that it was opened from from those of other data, by names, sizes and what they hold at both ends; absent where nothing
   * lies in files. A run keeps it, and refuses to go on with data that have changed.
   */
  readonly fingerprint?: TE.TaskEither<FileIssue, string>
  /** How many random views are taken of each sample, each drawn by a key of its own. */
  readonly views?: number
  /** Cuts it into minibatches; fails with InvalidArgument for sizes that it has no rows for. */
  readonly batches: (options: BatchOptions) => DatasetBatches
}

/** Gives the minibatches of a data set: `real` float32 [B, ...shape], and `labels` int32 [B] where there are classes. */
export interface DatasetBatches {
  /** The minibatch of a step, counted from 0, the same whatever was asked before. Left: a file that cannot be read. */
  readonly at: (step: number) => TE.TaskEither<FileIssue, Batch>
  /** The minibatches from a step on, without end; the next is made ready meanwhile. Rejects where `at` has a Left. */
  readonly from: (step?: number) => AsyncGenerator<Batch, never>
}

/** Says what a data set is, beside its minibatches. */
export type About = Pick<Dataset, 'name' | 'shape' | 'classes'>

const badStep = (name: string, step: unknown): FileIssue => ({
  _tag: 'BadOption',
  file: name,
  expected: 'a step from 0 on',
  actual: showValue(step)
})

/** Gives minibatches one after the other, and begins to read the next one when one is handed out. */
async function* inOrder(at: DatasetBatches['at'], from: number): AsyncGenerator<Batch, never> {
  let coming = at(from)()
  for (let step = from; ; step++) {
    const batch = await coming
    // What comes of the next is heard when it is asked for.
    coming = at(step + 1)()
    if (E.isLeft(batch))
      fail('DataFailed', { op: 'batches', expected: 'data that can be read', actual: showFileIssue(batch.left) })
    else yield batch.right
  }
}

/** Makes minibatches of what gives the one of each step. */
export const batchesBy = (name: string, at: (step: number) => TE.TaskEither<FileIssue, Batch>): DatasetBatches => {
  const checked: DatasetBatches['at'] = (step) => (isStep(step) ? at(step) : TE.left(badStep(name, step)))
  return { at: checked, from: (step = 0) => inOrder(checked, step) }
}

/** Reads a minibatch; where memory has no room for it, that is told. */
const orTooLarge = (name: string, read: () => TE.TaskEither<FileIssue, Batch>): TE.TaskEither<FileIssue, Batch> =>
  pipe(
    TE.tryCatch(
      async () => read()(),
      (cause): FileIssue => ({
        _tag: 'TooLarge',
        file: name,
        expected: 'a minibatch that memory has room for',
        actual: cause instanceof Error ? cause.message : showValue(cause),
        hint: 'Take a smaller batch size'
      })
    ),
    TE.flatMapEither((batch) => batch)
  )

/** Makes a data set of rows that are read by number: each epoch goes through them once, in an order of its own. */
export const storedDataset = (
  about: About & { readonly rows: number },
  read: (rows: Int32Array) => TE.TaskEither<FileIssue, Batch>
): Dataset => ({
  ...about,
  batches: (options) => {
    const epochs = epochsOf('batches', about.rows, options)
    return batchesBy(about.name, (step) => orTooLarge(about.name, () => read(epochs.at(step))))
  }
})

/** Makes a data set of a sampler: the minibatch of a step is drawn by a key of that step. */
export const drawnDataset = (about: About, sample: Sampler): Dataset => ({
  ...about,
  sample,
  batches: (options) => {
    const { sizes, seed } = readBatchOptions('batches', options)
    const wrong = sizes.length === 0 ? sizes : sizes.find((size) => !count.accepts(size))
    if (wrong !== undefined)
      fail('InvalidArgument', { op: 'batches', expected: 'a batch size of at least 1', actual: showValue(wrong) })
    const root = key(seed)
    return batchesBy(about.name, (step) =>
      pipe(
        E.tryCatch(
          () => asBatch(sample(foldIn(root, step), sizes[step % sizes.length]!)),
          (cause): FileIssue => ({
            _tag: 'BadValue',
            file: about.name,
            expected: 'samples that can be drawn',
            actual: cause instanceof Error ? cause.message : showValue(cause)
          })
        ),
        TE.fromEither
      )
    )
  }
})
