import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { Batch } from '../gan/step/batch.ts'
import { bits } from '../random/bits.ts'
import type { Key } from '../random/key.ts'
import { foldIn, key } from '../random/key.ts'
import type { None } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import { countOrZero, flag, optional, readOptions } from '../tensor/options.ts'
import { refuse, showValue } from '../tensor/problem.ts'
import { showShape } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { isRecord } from '../tensor/tree.ts'
import type { Dataset } from './dataset.ts'
import { batchesBy } from './dataset.ts'
import { readBatchOptions } from './epochs.ts'

export interface ViewOptions {
  /** Whether each image is mirrored, left to right, as often as not; false by default. */
  readonly flips?: boolean
  /** By how many pixels at most each image is shifted along each axis, its edges continued; 0 by default. */
  readonly shift?: number
}

const rules = { flips: optional(flag), shift: optional(countOrZero) }

/** Folded into a seed, gives a key that no epoch has. */
const domain = -1

/** Draws whole numbers 0 .. n - 1 from 32 random bits each. */
const below = (word: number, n: number): number => Math.floor(((word >>> 0) / 2 ** 32) * n)

/** Takes a view of each image of a minibatch [B, C, H, W]: row and column of each pixel are those of another. */
const viewed = (images: Tensor, of: Key, { flips = false, shift = 0 }: ViewOptions): Tensor => {
  const [n = 0, channels = 0, height = 0, width = 0] = images.shape
  const words = bits(of, [n, 3]).data
  const data = new Float32Array(images.data.length)
  for (let i = 0; i < n; i++) {
    const isMirrored = flips && below(words[3 * i]!, 2) === 1
    const down = below(words[3 * i + 1]!, 2 * shift + 1) - shift
    const right = below(words[3 * i + 2]!, 2 * shift + 1) - shift
    for (let c = 0; c < channels; c++)
      for (let row = 0; row < height; row++) {
        const start = (i * channels + c) * height
        const from = (start + Math.min(Math.max(row - down, 0), height - 1)) * width
        const to = (start + row) * width
        for (let column = 0; column < width; column++) {
          const x = Math.min(Math.max(column - right, 0), width - 1)
          data[to + column] = images.data[from + (isMirrored ? width - 1 - x : x)]!
        }
      }
  }
  return { shape: images.shape, dtype: images.dtype, data }
}

/**
 * Takes a random view of each image whenever it comes: mirrored, shifted by a few pixels. Which one is a function of seed
 * and step, as the order is, so that a resumed run sees what it would have seen. Real images alone are changed, so that the
 * generator learns their views, too: `Gan.withAugmentation` changes real and fake ones and does not leak.
 *
 * @throws InvalidArgument for options that are none; ShapeMisfit where samples are no images
 *
 * @example
 * import { datasetOf, pipe, tensor, withRandomViews, E } from 'saddlepoint'
 * const images = tensor([1, 2, 3], [1, 1, 1, 3])
 * const set = pipe(datasetOf(images), withRandomViews({ flips: true }))
 * const seen = new Set<string>()
 * for (let step = 0; step < 20; step++) {
 *   const batch = await set.batches({ batchSize: 1, seed: 3 }).at(step)()
 *   if (E.isRight(batch)) seen.add(String(batch.right.real.data))
 * }
 * const found = [...seen].sort()
 * found // => ['1,2,3', '3,2,1']
 */
export const withRandomViews = (options: ViewOptions, ...more: None): ((dataset: Dataset) => Dataset) => {
  refuse('withRandomViews', readOptions<ViewOptions>({}, options, rules, {}, more).problems)
  return (dataset) => {
    const given: unknown = dataset
    if (!isRecord(given) || typeof given['batches'] !== 'function')
      return fail('InvalidArgument', { op: 'withRandomViews', expected: 'a data set', actual: showValue(given) })
    if (dataset.shape.length !== 3)
      fail('ShapeMisfit', {
        op: 'withRandomViews',
        expected: 'images [channels, height, width]',
        actual: `samples ${showShape(dataset.shape)}`
      })
    const { sample: _, views = 0, ...stored } = dataset
    return {
      ...stored,
      views: views + 1,
      batches: (cut) => {
        const { at } = dataset.batches(cut)
        const root = foldIn(foldIn(key(readBatchOptions('batches', cut).seed), domain), views)
        return batchesBy(dataset.name, (step) =>
          pipe(
            at(step),
            TE.map((batch): Batch => ({ ...batch, real: viewed(batch.real, foldIn(root, step), options) }))
          )
        )
      }
    }
  }
}
