import * as TE from '#fp-ts/TaskEither'
import type { Modes } from '../data/toy.ts'
import type { Issues } from '../gan/check/issue.ts'
import { issueOf } from '../gan/check/issue.ts'
import type { Batch } from '../gan/step/batch.ts'
import type { FileIssue } from '../io/fileIssue.ts'
import type { Sampler } from '../gan/step/sampler.ts'
import type { Source } from '../gan/train/source.ts'
import { key } from '../random/key.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { isTensor } from '../tensor/tensor.ts'

type Batches = Iterable<Tensor | Batch> | AsyncIterable<Tensor | Batch>

/** Holds what a run needs of its data; every `Dataset` has it. */
export interface RunData {
  /** What tells these data from others. */
  readonly name: string
  /** The shape of a sample. */
  readonly shape: readonly number[]
  /** How many samples there are, where they are stored. */
  readonly rows?: number
  /** Tells what the data hold from what others do, where they lie in files. */
  readonly fingerprint?: TE.TaskEither<FileIssue, string>
  /** The modes of a mixture. */
  readonly modes?: Modes
  /** Draws samples inside a compiled step; without it there are `batches`. */
  readonly sample?: Sampler
  /** Cuts stored data into minibatches, in an order that the seed decides. */
  readonly batches?: (options: { readonly batchSize: number; readonly seed: number }) => {
    readonly from: (step?: number) => Batches
  }
}

const batchesFrom = ({ batches }: RunData, batchSize: number, seed: number, cursor: number): Batches =>
  batches?.({ batchSize, seed }).from(cursor) ?? []

/** Makes of data what a training takes. */
export const sourceOf = (data: RunData, batchSize: number, seed: number): Source =>
  data.sample ?? { from: (cursor) => batchesFrom(data, batchSize, seed, cursor) }

const realIn = (drawn: Tensor | Batch): Tensor => (isTensor(drawn) ? drawn : drawn.real)

const drawnFrom = async (data: RunData, count: number, seed: number): Promise<Tensor | undefined> => {
  if (data.sample !== undefined) return realIn(data.sample(key(seed + 1), count))
  for await (const batch of batchesFrom(data, count, seed, 0)) return realIn(batch)
  return undefined
}

/** Takes some real samples, so many, or all that there are. */
export const realOf = (data: RunData, count: number, seed: number): TE.TaskEither<Issues, Tensor | undefined> =>
  TE.tryCatch(
    () => drawnFrom(data, Math.min(count, data.rows ?? count), seed),
    (cause): Issues => [issueOf('DataFailed', ['run', 'data'], cause)]
  )
