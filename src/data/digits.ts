import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { FileIssue } from '../io/fileIssue.ts'
import { readFileOptions } from '../io/fileIssue.ts'
import { listFiles } from '../io/files.ts'
import type { None } from '../tensor/arguments.ts'
import type { Rule } from '../tensor/options.ts'
import { count, flag, oneOf, optional, text } from '../tensor/options.ts'
import { showValue } from '../tensor/problem.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { readIdxFile } from './idxFile.ts'
import type { ChosenFiles, Split } from './imageFiles.ts'
import { chooseFiles, dataFile, usualLayout } from './imageFiles.ts'
import type { Channels } from './imageTensor.ts'
import { imageTensor } from './imageTensor.ts'
import { labelTensor } from './labelTensor.ts'

/** Holds labelled pictures, such as MNIST, Fashion-MNIST, KMNIST, QMNIST or EMNIST. */
export interface Digits {
  /** float32 [N, channels, height, width] in [-1, 1]. */
  readonly images: Tensor
  /** int32 [N], from 0 on; absent where the directory holds no label file. */
  readonly labels?: Tensor
  /** The numbers of the file that became -1 and 1. */
  readonly range: readonly [least: number, greatest: number]
  /** The files they came from, without the directory. */
  readonly files: readonly string[]
}

export interface DigitsOptions {
  /** Which of the two sets; without it the training set where there is one, else whatever there is. */
  readonly split?: Split
  /** Which of several sets in one directory, by what their files' names begin with: 'letters' of EMNIST, say. */
  readonly set?: string
  /** Whether labels are read: true misses them where there are none. By default they are read where there are any. */
  readonly labels?: boolean
  /** The label that becomes 0: 1 for EMNIST's letters, whose labels are 1 to 26, by default, else 0. */
  readonly firstLabel?: number
  /** Whether rows and columns are exchanged in the file, as in EMNIST: by default where the names begin with `emnist`. */
  readonly transposed?: boolean
  /** Where a file of four axes has its channels: by default last or first, where 1, 3 or 4 of them are. */
  readonly channels?: Channels
  /**
   * The numbers that become -1 and 1. By default 0 and 255 for uint8, -128 and 127 for int8, else the first of [0, 1],
   * [-1, 1], [0, 255] that holds all numbers.
   */
  readonly range?: readonly [least: number, greatest: number]
  /** The most bytes of content per file, 2^31 - 1 by default. */
  readonly limit?: number
}

const integer: Rule = { expected: 'a whole number', accepts: Number.isInteger }
const interval: Rule = {
  expected: 'two finite numbers, the lesser first',
  accepts: (x) => Array.isArray(x) && x.length === 2 && x.every(Number.isFinite) && x[0] < x[1]
}

const rules = {
  split: optional(oneOf('train', 'test')),
  set: optional(text),
  labels: optional(flag),
  firstLabel: optional(integer),
  transposed: optional(flag),
  channels: optional(oneOf('first', 'last')),
  range: optional(interval),
  limit: count
}

const readChosen = (
  directory: string,
  { images, labels }: ChosenFiles,
  { firstLabel, transposed, channels, range, limit }: DigitsOptions & { readonly limit: number }
): TE.TaskEither<FileIssue, Digits> => {
  const pathOf = (path: string): string => `${directory}/${path}`
  const usual = usualLayout(images.set)
  const first = firstLabel ?? usual.firstLabel
  return pipe(
    readIdxFile(pathOf(images.path), limit),
    TE.flatMapEither((idx) =>
      imageTensor(pathOf(images.path), idx, { channels, range, transposed: transposed ?? usual.transposed })
    ),
    TE.flatMap((made) =>
      labels === undefined
        ? TE.right({ ...made, files: [images.path] })
        : pipe(
            readIdxFile(pathOf(labels.path), limit),
            TE.flatMapEither((idx) => labelTensor(pathOf(labels.path), idx, made.images.shape[0]!, first)),
            TE.map((read) => ({ ...made, labels: read, files: [images.path, labels.path] }))
          )
    )
  )
}

/**
 * Reads the pictures of a directory in IDX files as they are published: `train-images-idx3-ubyte` and the like, plain or
 * gzipped, with dots or dashes, also each in a folder of its name as Kaggle has them; with a prefix as EMNIST and QMNIST;
 * gray [N, H, W] or with channels, of any element type. Pixels are scaled to [-1, 1], which is the range of a generator
 * that ends in tanh. EMNIST's pictures are turned upright, and labels begin at 0. For Node.
 *
 * Issues: Missing without image files; BadOption for an option that is none, where several sets are there, and for label
 * files in other formats; BadShape where images are not of three or four axes or labels do not match them; BadValue for
 * numbers outside the range; and whatever `readIdx` finds.
 *
 * @example
 * import { readDigits, E } from 'saddlepoint'
 * const found = await readDigits('/nowhere', { split: 'test' })()
 * E.isLeft(found) && found.left._tag // => 'Missing'
 */
export const readDigits = (
  directory: string,
  options: DigitsOptions = {},
  ...more: None
): TE.TaskEither<FileIssue, Digits> =>
  pipe(
    typeof directory === 'string'
      ? readFileOptions<DigitsOptions>(directory, { limit: 2 ** 31 - 1 }, options, rules, more)
      : E.left<FileIssue>({
          _tag: 'BadOption',
          file: 'readDigits',
          expected: 'the path of a directory',
          actual: showValue(directory)
        }),
    TE.fromEither,
    TE.flatMap(({ split, set, labels, ...others }: DigitsOptions & { readonly limit: number }) =>
      pipe(
        listFiles(directory, (name) => dataFile(name) !== undefined),
        TE.flatMapEither((paths) => chooseFiles(directory, paths, { split, set, labels })),
        TE.flatMap((files) => readChosen(directory, files, others))
      )
    )
  )
