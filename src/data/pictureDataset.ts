import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { FileIssue } from '../io/fileIssue.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { takeRows } from './batches.ts'
import type { Dataset } from './dataset.ts'
import { storedDataset } from './dataset.ts'
import { decodePicture, pictureSize } from './pictures/decode.ts'
import { fitted, withChannels } from './pictures/fit.ts'
import type { Picture } from './pictures/picture.ts'

/** A picture as it lies in a file: its bytes, and how messages name it. */
export interface Encoded {
  readonly file: string
  readonly bytes: Uint8Array
}

/** Pictures by number, PNG or JPEG each, with a label each where there are classes. */
export interface EncodedPictures {
  readonly name: string
  readonly count: number
  readonly at: (i: number) => TE.TaskEither<FileIssue, Encoded>
  readonly labelled: { readonly labels: Tensor; readonly classes: readonly string[] } | undefined
}

/** How pictures become samples. */
export interface PictureOptions {
  readonly size?: number
  readonly channels?: 1 | 3
  readonly limit: number
}

/** Decoded pictures are kept where all together take no more than this. */
const keptBytes = 2 ** 26

interface Form {
  readonly channels: 1 | 3
  readonly width: number
  readonly height: number
}

/** Reads what the first picture is like, which the others are to be, too. */
const formOf = ({ at }: EncodedPictures, { size, channels }: PictureOptions): TE.TaskEither<FileIssue, Form> =>
  pipe(
    at(0),
    TE.flatMapEither(({ file, bytes }) => pictureSize(file, bytes)),
    TE.map((first) => ({
      channels: channels ?? first.channels,
      width: size ?? first.width,
      height: size ?? first.height
    }))
  )

/** Brings a picture into form: scaled where a size is asked for, gray or colour where channels are. */
const inForm = (
  file: string,
  picture: Picture,
  { width, height, channels }: Form,
  options: PictureOptions
): E.Either<FileIssue, Picture> => {
  const refused = (expected: string, actual: string, hint: string): E.Either<FileIssue, never> =>
    E.left({ _tag: 'BadShape', file, expected, actual, hint })
  if (picture.channels > channels && options.channels === undefined)
    return refused('a gray picture, as the first one', 'a picture in colour', 'Say { channels: 1 } or { channels: 3 }')
  const scaled = options.size === undefined ? picture : fitted(picture, options.size)
  return scaled.width === width && scaled.height === height
    ? E.right(withChannels(scaled, channels))
    : refused(
        `${String(width)} x ${String(height)} pixels, as the first picture`,
        `${String(scaled.width)} x ${String(scaled.height)}`,
        'Say { size: 64 } to scale and cut all to squares'
      )
}

/** Writes a picture, whose channels lie together, channel by channel into row i, from -1 to 1. */
const write = (to: Float32Array, i: number, pixels: Uint8Array, channels: number): void => {
  const plane = pixels.length / channels
  for (let c = 0; c < channels; c++)
    for (let p = 0; p < plane; p++) to[(i * channels + c) * plane + p] = pixels[p * channels + c]! / 127.5 - 1
}

/** Makes a data set of pictures that are decoded when they are asked for; small sets keep what was decoded. */
export const pictureDataset = (
  pictures: EncodedPictures,
  options: PictureOptions
): TE.TaskEither<FileIssue, Dataset> => {
  const { name, count, labelled } = pictures
  return pipe(
    formOf(pictures, options),
    TE.map((form) => {
      const { channels, width, height } = form
      const shape = [channels, height, width]
      const size = channels * height * width
      const kept = count * size <= keptBytes ? new Map<number, Uint8Array>() : undefined
      const pixelsAt = (i: number): TE.TaskEither<FileIssue, Uint8Array> => {
        const known = kept?.get(i)
        if (known !== undefined) return TE.right(known)
        return pipe(
          pictures.at(i),
          TE.flatMap(({ file, bytes }) =>
            pipe(
              decodePicture(file, bytes, options.limit),
              TE.flatMapEither((picture) => inForm(file, picture, form, options))
            )
          ),
          TE.map(({ pixels }) => {
            kept?.set(i, pixels)
            return pixels
          })
        )
      }
      return storedDataset({ name, shape, rows: count, ...(labelled && { classes: labelled.classes }) }, (chosen) =>
        pipe(
          Array.from(chosen),
          TE.traverseArray(pixelsAt),
          TE.map((read) => {
            const data = new Float32Array(read.length * size)
            read.forEach((pixels, i) => {
              write(data, i, pixels, channels)
            })
            return {
              real: { shape: [read.length, ...shape], dtype: 'float32' as const, data },
              ...(labelled && { labels: takeRows(labelled.labels, chosen) })
            }
          })
        )
      )
    })
  )
}
