import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { FileIssue } from '../io/fileIssue.ts'
import { range } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { ArrayRows, Numbers } from './arrayRows.ts'
import { takeRows } from './batches.ts'
import type { Dataset } from './dataset.ts'
import { storedDataset } from './dataset.ts'
import type { Axes, Channels, Range } from './imageTensor.ts'
import { axesOf, scaled, usualRanges } from './imageTensor.ts'

/** Says how an array of samples lies, where that is not seen. */
export interface ArrayLayout {
  readonly channels?: Channels | undefined
  readonly transposed?: boolean
  readonly range?: Range | undefined
}

/** Pixels of one byte have the range of their type. */
const byteRanges: Readonly<Record<string, Range>> = { uint8: [0, 255], int8: [-128, 127] }

/** A float array's range is looked for in this many of its first rows. */
const rowsLookedAt = 1024

const rangeHint = 'range says which numbers become -1 and 1'

/** Finds the range that holds the first rows: of arrays in a file the others are checked as they are read. */
const findRange = (rows: ArrayRows): TE.TaskEither<FileIssue, Range> =>
  pipe(
    rows.take(range(Math.min(rowsLookedAt, rows.shape[0] ?? 0))),
    TE.flatMapEither((numbers) => {
      let [least, greatest] = [Infinity, -Infinity]
      for (let i = 0; i < numbers.length; i++) {
        least = Math.min(least, numbers[i]!)
        greatest = Math.max(greatest, numbers[i]!)
      }
      const found = usualRanges.find(([low, high]) => low <= least && greatest <= high)
      return found !== undefined
        ? E.right(found)
        : E.left<FileIssue>({
            _tag: 'BadValue',
            file: rows.file,
            expected: `numbers in one of ${usualRanges.map(([low, high]) => `[${String(low)}, ${String(high)}]`).join(', ')}`,
            actual: `${rows.type} from ${String(least)} to ${String(greatest)}`,
            hint: `${rangeHint}: { range: [${String(least)}, ${String(greatest)}] }`
          })
    })
  )

/** The greatest number in single precision. */
const largest = 3.4028234663852886e38
const anyFinite: Range = [-largest, largest]

/** Finds the first number that is not finite, or not in a range. */
const stranger = (
  rows: ArrayRows,
  chosen: ArrayLike<number>,
  numbers: Numbers,
  [low, high]: Range
): FileIssue | undefined => {
  for (let i = 0; i < numbers.length; i++) {
    const x = numbers[i]!
    if (x >= low && x <= high) continue
    const width = numbers.length / chosen.length
    const offset = rows.offsetOf(chosen[Math.floor(i / width)]!, i % width)
    return {
      _tag: 'BadValue',
      file: rows.file,
      ...(offset === undefined ? {} : { offset }),
      actual: String(x),
      ...(high === largest
        ? { expected: 'finite numbers' }
        : { expected: `numbers from ${String(low)} to ${String(high)}`, hint: rangeHint })
    }
  }
  return undefined
}

/** Reads rows as samples of floats. */
type Decode = (numbers: Numbers, count: number) => Tensor

const imageDecoder =
  (axes: Axes, of: Range): Decode =>
  (numbers, n) =>
    scaled(numbers, n, axes, of)

/** Points keep their numbers; bytes are pixels, and become -1 to 1. */
const pointDecoder =
  (features: number, of: Range | undefined): Decode =>
  (numbers, n) => {
    const data = Float32Array.from(numbers)
    if (of !== undefined) for (let i = 0; i < data.length; i++) data[i] = (2 * (data[i]! - of[0])) / (of[1] - of[0]) - 1
    return { shape: [n, features], dtype: 'float32', data }
  }

/** What rows become: the shape of a sample, how it is read, and between which numbers all must lie. */
interface Decoding {
  readonly shape: readonly number[]
  readonly decode: Decode
  readonly within: Range
}

const decodingOf = (rows: ArrayRows, layout: ArrayLayout): TE.TaskEither<FileIssue, Decoding> => {
  const { file, type, shape } = rows
  const known = layout.range ?? byteRanges[type]
  if (shape.length <= 2) {
    const features = shape[1] ?? 1
    return TE.right({ shape: [features], decode: pointDecoder(features, known), within: known ?? anyFinite })
  }
  return pipe(
    axesOf(file, rows, { channels: layout.channels, transposed: layout.transposed === true }),
    E.mapLeft((issue) => ({ ...issue, hint: 'Save it as [N, channels, H, W] with 1 or 3 channels' })),
    TE.fromEither,
    TE.bindTo('axes'),
    TE.bind('of', () => (known === undefined ? findRange(rows) : TE.right(known))),
    TE.map(({ axes, of }) => ({
      shape: axes.map(({ extent }) => extent),
      decode: imageDecoder(axes, of),
      within: of
    }))
  )
}

/**
 * Makes a data set of an array by rows: [N] and [N, features] are points, [N, H, W] and four axes are images, scaled to
 * [-1, 1]. Numbers are checked as they are read.
 */
export const arrayDataset = (
  name: string,
  rows: ArrayRows,
  labelled: { readonly labels: Tensor; readonly classes: readonly string[] } | undefined,
  layout: ArrayLayout = {}
): TE.TaskEither<FileIssue, Dataset> => {
  const [count = 0] = rows.shape
  if (count === 0 || rows.shape.includes(0) || rows.shape.length === 0)
    return TE.left({
      _tag: 'BadShape',
      file: rows.file,
      expected: 'an array [N, ...] of one sample or more',
      actual: `${rows.type}[${rows.shape.join(', ')}]`
    })
  return pipe(
    decodingOf(rows, layout),
    TE.map(({ shape, decode, within }) =>
      storedDataset({ name, shape, rows: count, ...(labelled && { classes: labelled.classes }) }, (chosen) =>
        pipe(
          rows.take(chosen),
          TE.flatMapEither((numbers) => {
            const wrong = stranger(rows, chosen, numbers, within)
            return wrong === undefined
              ? E.right({
                  real: decode(numbers, chosen.length),
                  ...(labelled && { labels: takeRows(labelled.labels, chosen) })
                })
              : E.left(wrong)
          })
        )
      )
    )
  )
}
