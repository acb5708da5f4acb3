import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { FileIssue } from '../io/fileIssue.ts'
import { listDirectory, readBytes } from '../io/files.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { Idx } from './idx.ts'
import { readIdx } from './idx.ts'

export type Split = 'train' | 'test'

/** Holds labelled grey pictures, such as MNIST, Fashion-MNIST, KMNIST or EMNIST. */
export interface Digits {
  /** float32 [N, 1, height, width] in [-1, 1]. */
  readonly images: Tensor
  /** int32 [N]; absent where the directory holds no label file. */
  readonly labels?: Tensor
  /** The files they came from, without the directory. */
  readonly files: readonly string[]
}

export interface DigitsOptions {
  /** Which of the two sets; without it the training set where there is one, else whatever there is. */
  readonly split?: Split
  /** The most bytes of content per file, 2^31 - 1 by default. */
  readonly limit?: number
}

const imageFile = /images[-.]idx3[-.]ubyte(\.gz)?$|-images(\.idx3?|\.gz)?$/
const begins = { train: /^(.*-)?train-/, test: /^(.*-)?(t10k|test)-/ }

/** Picks the image file to read of a directory's sorted names: training before test, plain before compressed. */
export const chooseImages = (names: readonly string[], split?: Split): string | undefined => {
  const candidates = names.filter((name) => imageFile.test(name))
  const of = (which: Split): string | undefined => candidates.find((name) => begins[which].test(name))
  return split === undefined ? (of('train') ?? of('test') ?? candidates[0]) : of(split)
}

/** Finds the label file that belongs to an image file, compressed or not. */
export const chooseLabels = (names: readonly string[], images: string): string | undefined => {
  const plain = images.replace('images', 'labels').replace('idx3', 'idx1').replace(/\.gz$/, '')
  return [plain, `${plain}.gz`].find((name) => names.includes(name))
}

const readArray = (
  directory: string,
  name: string,
  rank: number,
  limit: number | undefined
): TE.TaskEither<FileIssue, Idx> => {
  const file = `${directory}/${name}`
  const options = limit === undefined ? {} : { limit }
  return pipe(
    readBytes(file, options),
    TE.flatMapEither((bytes) => readIdx(bytes, { ...options, file })),
    TE.filterOrElse(
      ({ type, shape }) => type === 'uint8' && shape.length === rank,
      ({ type, shape }): FileIssue => ({
        _tag: 'BadShape',
        file,
        offset: 2,
        expected: `uint8 of ${String(rank)} axes`,
        actual: `${type} of shape [${shape.join(', ')}]`
      })
    )
  )
}

const toImages = ({ shape: [n, height, width], data }: Idx): Tensor => {
  const scaled = new Float32Array(data.length)
  for (let i = 0; i < data.length; i++) scaled[i] = data[i]! / 127.5 - 1
  return { shape: [n!, 1, height!, width!], dtype: 'float32', data: scaled }
}

const toLabels = (file: string, count: number, { shape, data }: Idx): E.Either<FileIssue, Tensor> =>
  shape[0] === count
    ? E.right({ shape: [count], dtype: 'int32', data: new Int32Array(data) })
    : E.left({
        _tag: 'BadShape',
        file,
        offset: 4,
        expected: `${String(count)} labels, one for each image`,
        actual: String(shape[0])
      })

/**
 * Reads the digits of a directory in IDX files as they are published (`train-images-idx3-ubyte`,
 * `t10k-labels-idx1-ubyte.gz` and the like, plain or gzipped, also with a prefix as EMNIST has it), pixels scaled from
 * 0..255 to [-1, 1], which is the range of a generator that ends in tanh. For Node.
 *
 * Issues: Missing without image files, BadShape where images are not [N, height, width] bytes or labels do not match
 * them, and whatever `readIdx` finds.
 *
 * @example
 * import { readDigits, E } from 'saddlepoint'
 * const found = await readDigits('/nowhere')()
 * E.isLeft(found) && found.left._tag // => 'Missing'
 */
export const readDigits = (directory: string, { split, limit }: DigitsOptions = {}): TE.TaskEither<FileIssue, Digits> =>
  pipe(
    listDirectory(directory),
    TE.flatMap((names) => {
      const imageName = chooseImages(names, split)
      if (imageName === undefined)
        return TE.left<FileIssue>({
          _tag: 'Missing',
          file: directory,
          expected: `a file such as ${split === 'test' ? 't10k' : 'train'}-images-idx3-ubyte.gz`,
          actual: names.length === 0 ? 'an empty directory' : names.slice(0, 8).join(', ')
        })
      const labelName = chooseLabels(names, imageName)
      return pipe(
        readArray(directory, imageName, 3, limit),
        TE.map(toImages),
        TE.flatMap((images): TE.TaskEither<FileIssue, Digits> =>
          labelName === undefined
            ? TE.right({ images, files: [imageName] })
            : pipe(
                readArray(directory, labelName, 1, limit),
                TE.flatMapEither((idx) => toLabels(`${directory}/${labelName}`, images.shape[0]!, idx)),
                TE.map((labels) => ({ images, labels, files: [imageName, labelName] }))
              )
        )
      )
    })
  )
