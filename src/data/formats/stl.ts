import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { FileIssue } from '../../io/fileIssue.ts'
import { readBytes, readHead } from '../../io/files.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { arrayDataset } from '../arrayDataset.ts'
import { openArray } from '../arrayRows.ts'
import { namesIn, numberedTo } from '../classNames.ts'
import type { Format, Found, Opening } from './format.ts'
import { folderOf, missingSplit, nameOf } from './format.ts'

const side = 96
const pixels = 3 * side * side
const classCount = 10

const imageFile = /(^|\/)(train|test|unlabeled)_X\.bin$/

const chooseFile = (found: Found, { split }: Opening): E.Either<FileIssue, string> => {
  if (found.kind === 'file') return E.right(found.path)
  const files = (split === undefined ? ['train', 'test', 'unlabeled'] : [split]).flatMap((part) =>
    found.files.filter((path) => nameOf(path) === `${part}_X.bin`)
  )
  return files[0] === undefined
    ? E.left(missingSplit(found.path, split, ['train', 'test', 'unlabeled']))
    : E.right(`${found.path}/${files[0]}`)
}

const labelsOf = (file: string, bytes: Uint8Array, count: number): E.Either<FileIssue, Tensor> => {
  const issue = (_tag: FileIssue['_tag'], offset: number, expected: string, actual: string) =>
    E.left<FileIssue>({ _tag, file, offset, expected, actual })
  if (bytes.length !== count)
    return issue('BadShape', bytes.length, `${String(count)} labels, one for each image`, String(bytes.length))
  const stranger = bytes.findIndex((label) => label < 1 || label > classCount)
  return stranger < 0
    ? E.right({ shape: [count], dtype: 'int32', data: new Int32Array(bytes).map((label) => label - 1) })
    : issue('BadValue', stranger, `labels from 1 to ${String(classCount)}`, String(bytes[stranger]))
}

/** Reads the labels that lie beside images; undefined where there are none, as of the unlabeled ones. */
const readLabels = (images: string, count: number): TE.TaskEither<FileIssue, Tensor | undefined> => {
  const file = images.replace(/_X\.bin$/, '_y.bin')
  if (file === images) return TE.right(undefined)
  return pipe(
    readBytes(file, { limit: Math.max(count, 1) }),
    TE.flatMapEither((bytes) => labelsOf(file, bytes, count)),
    TE.orElse((issue) => (issue._tag === 'Missing' ? TE.right(undefined) : TE.left(issue)))
  )
}

/**
 * STL-10 in its binary version: 96 x 96 pixels in colour, column by column, labels from 1 in a file of their own.
 *
 * Source: A. Coates, H. Lee, A. Ng, "An analysis of single-layer networks in unsupervised feature learning" (2011).
 */
export const stl: Format = {
  name: 'STL-10',
  recognizes: (found) =>
    found.kind === 'file'
      ? imageFile.test(found.path) && found.size > 0 && found.size % pixels === 0
      : found.files.some((path) => imageFile.test(path)),
  open: (found, options) =>
    pipe(
      TE.fromEither(chooseFile(found, options)),
      TE.bindTo('file'),
      TE.bind('size', ({ file }) =>
        pipe(
          readHead(file, 0),
          TE.map(({ size }) => size)
        )
      ),
      TE.bind('rows', ({ file, size }) =>
        openArray(
          file,
          size,
          { type: 'U8', isBigEndian: false, shape: [Math.max(1, Math.round(size / pixels)), 3, side, side], start: 0 },
          options.limit
        )
      ),
      TE.bind('labels', ({ file, rows }) => readLabels(file, rows.shape[0] ?? 0)),
      TE.bind('names', ({ file }) => namesIn(`${folderOf(file)}/class_names.txt`, classCount)),
      TE.flatMap(({ rows, labels, names }) =>
        arrayDataset(found.path, rows, labels && { labels, classes: names ?? numberedTo(classCount) }, {
          channels: 'first',
          transposed: true,
          range: options.range
        })
      )
    )
}
