import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { FileIssue } from '../../io/fileIssue.ts'
import { openPieces, readHead } from '../../io/files.ts'
import { range } from '../../tensor/shape.ts'
import { arrayDataset } from '../arrayDataset.ts'
import type { ArrayRows } from '../arrayRows.ts'
import { joinedRows, rowsInPieces } from '../arrayRows.ts'
import type { Dataset } from '../dataset.ts'
import { namesIn, numberedTo } from '../classNames.ts'
import { isWholeIdx } from '../idx.ts'
import type { Format, Found, Opening } from './format.ts'
import { folderOf, missingSplit, nameOf } from './format.ts'

const pixels = 3 * 32 * 32

/** CIFAR-10 has one label before each picture; CIFAR-100 the one of 20 coarse classes, then the one of 100. */
interface Kind {
  readonly stride: number
  /** How many classes each label byte tells apart; the last is taken. */
  readonly classes: readonly number[]
  /** The file that names the classes. */
  readonly names: string
}

const ten: Kind = { stride: 1 + pixels, classes: [10], names: 'batches.meta.txt' }
const hundred: Kind = { stride: 2 + pixels, classes: [20, 100], names: 'fine_label_names.txt' }

/** Tests the labels that lie in the first bytes. */
const isOf = ({ stride, classes }: Kind, head: Uint8Array, size: number): boolean =>
  size > 0 &&
  size % stride === 0 &&
  classes.every((count, byte) =>
    range(Math.ceil(head.length / stride)).every((i) => (head[i * stride + byte] ?? 0) < count)
  )

/** An array in IDX format may begin and be as long as a picture. */
const kindOf = (head: Uint8Array, size: number): Kind | undefined =>
  isWholeIdx(head, size) ? undefined : [ten, hundred].find((kind) => isOf(kind, head, size))

const trainFile = /(^|\/)(data_batch_\d+|train)\.bin$/
const testFile = /(^|\/)(test_batch|test)\.bin$/

interface Part {
  readonly rows: ArrayRows
  readonly labels: Int32Array
  readonly kind: Kind
}

const headSize = 65_536

/** Opens one file: its pictures by rows, and all its labels. */
const openPart = (file: string, limit: number): TE.TaskEither<FileIssue, Part> =>
  pipe(
    readHead(file, headSize),
    TE.flatMap(({ head, size }) => {
      const kind = kindOf(head, size)
      if (kind === undefined)
        return TE.left<FileIssue, Part>({
          _tag: 'BadShape',
          file,
          offset: size,
          expected: `pictures of ${String(ten.stride)} bytes each with labels below 10, or of ${String(hundred.stride)} with labels below 20 and 100`,
          actual: `${String(size)} bytes that are not`
        })
      const { stride, classes } = kind
      const count = size / stride
      const labelled = classes.length
      return pipe(
        openPieces(file, size, limit),
        TE.bindTo('pieces'),
        TE.bind('labels', ({ pieces }) =>
          pieces(
            range(count).map((i) => i * stride + labelled - 1),
            1
          )
        ),
        TE.flatMapEither(({ pieces, labels }) => {
          const stranger = labels.findIndex((label) => label >= classes.at(-1)!)
          return stranger < 0
            ? E.right({
                rows: rowsInPieces(file, pieces, {
                  type: 'U8',
                  isBigEndian: false,
                  shape: [count, 3, 32, 32],
                  start: labelled,
                  stride
                }),
                labels: Int32Array.from(labels),
                kind
              })
            : E.left<FileIssue>({
                _tag: 'BadValue',
                file,
                offset: stranger * stride + labelled - 1,
                expected: `a label below ${String(classes.at(-1))}`,
                actual: String(labels[stranger])
              })
        })
      )
    })
  )

const filesOf = (found: Found, { split }: Opening): E.Either<FileIssue, readonly string[]> => {
  if (found.kind === 'file') return E.right([found.path])
  const [train, test] = [trainFile, testFile].map((pattern) => found.files.filter((path) => pattern.test(path)))
  const chosen = split === 'test' ? test! : split === undefined && train!.length === 0 ? test! : train!
  return chosen.length > 0 && (split === undefined || split === 'train' || split === 'test')
    ? E.right(chosen.map((path) => `${found.path}/${path}`))
    : E.left(missingSplit(found.path, split, ['train', 'test']))
}

/** Joins the files of a set, which are of one kind. */
const joined = (name: string, parts: readonly Part[], { range: given }: Opening): TE.TaskEither<FileIssue, Dataset> => {
  const [{ kind, rows }] = parts as readonly [Part, ...Part[]]
  const other = parts.find((part) => part.kind !== kind)
  if (other !== undefined)
    return TE.left({
      _tag: 'BadShape',
      file: other.rows.file,
      expected: `pictures of ${String(kind.stride)} bytes each, as in ${nameOf(rows.file)}`,
      actual: String(other.kind.stride)
    })
  const labels = Int32Array.from(parts.flatMap((part) => [...part.labels]))
  const count = kind.classes.at(-1)!
  return pipe(
    namesIn(`${folderOf(rows.file)}/${kind.names}`, count),
    TE.flatMap((names) =>
      arrayDataset(
        name,
        joinedRows(parts.map((part) => part.rows)),
        { labels: { shape: [labels.length], dtype: 'int32', data: labels }, classes: names ?? numberedTo(count) },
        { channels: 'first', range: given }
      )
    )
  )
}

/** CIFAR-10 and CIFAR-100 in their binary version. */
export const cifar: Format = {
  name: 'CIFAR',
  recognizes: (found) =>
    found.kind === 'file'
      ? kindOf(found.head, found.size) !== undefined
      : found.files.some((path) => trainFile.test(path) || testFile.test(path)),
  open: (found, options) =>
    pipe(
      TE.fromEither(filesOf(found, options)),
      TE.flatMap(TE.traverseArray((file) => openPart(file, options.limit))),
      TE.flatMap((parts) => joined(found.path, parts, options))
    )
}
