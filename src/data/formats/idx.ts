import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { FileIssue } from '../../io/fileIssue.ts'
import { listFiles, readHead } from '../../io/files.ts'
import { arrayDataset } from '../arrayDataset.ts'
import type { ArrayRows } from '../arrayRows.ts'
import { openArray, rowsInMemory } from '../arrayRows.ts'
import { numbered } from '../classNames.ts'
import type { Dataset } from '../dataset.ts'
import { isGzip } from '../gunzip.ts'
import { offsetOf, readIdxHeader } from '../idx.ts'
import { readIdxFile } from '../idxFile.ts'
import type { ChosenFiles, DataFile, Split, Wanted } from '../imageFiles.ts'
import { chooseFiles, dataFile, usualLayout } from '../imageFiles.ts'
import { labelTensor } from '../labelTensor.ts'
import type { Format, Found, Opening } from './format.ts'
import { folderOf, nameOf } from './format.ts'

const isHeader = (head: Uint8Array): boolean =>
  head[0] === 0 && head[1] === 0 && [8, 9, 11, 12, 13, 14].includes(head[2] ?? 0) && (head[3] ?? 0) > 0

/** Chooses the files that belong together: those of a folder, or a file with the labels that lie beside it. */
const chosen = (found: Found, { split, set }: Opening): TE.TaskEither<FileIssue, readonly [string, ChosenFiles]> => {
  const among = (folder: string, files: readonly string[], wanted: Omit<Wanted, 'labels'>) =>
    pipe(
      chooseFiles(folder, files, { ...wanted, labels: undefined }),
      TE.fromEither,
      TE.map((of) => [folder, of] as const)
    )
  if (found.kind === 'folder') return among(found.path, found.files, { split: split as Split | undefined, set })
  const images = dataFile(nameOf(found.path)) ?? {
    path: nameOf(found.path),
    set: '',
    split: undefined,
    holds: 'images' as const
  }
  const folder = folderOf(found.path)
  return pipe(
    listFiles(folder, () => false),
    TE.flatMap((files) =>
      files.map(dataFile).some((one) => one?.holds === 'labels')
        ? among(folder, files, { split: images.split, set: images.set })
        : TE.right([folder, { images, labels: undefined }] as const)
    ),
    // Of the file that was named, whatever else lies there.
    TE.map(([at, of]) => [at, { ...of, images }] as const)
  )
}

const storedTypes = { uint8: 'U8', int8: 'I8', int16: 'I16', int32: 'I32', float32: 'F32', float64: 'F64' } as const

/** Holds any header. */
const headSize = 65_536

/** Opens an array by rows; a compressed one is held in memory. */
const openRows = (path: string, limit: number): TE.TaskEither<FileIssue, ArrayRows> =>
  pipe(
    readHead(path, headSize),
    TE.flatMap(({ head, size }) =>
      isGzip(head)
        ? pipe(
            readIdxFile(path, limit),
            TE.map((read) => rowsInMemory(path, read, offsetOf(read, 0)))
          )
        : pipe(
            TE.fromEither(readIdxHeader(path, head, Number.MAX_SAFE_INTEGER)),
            TE.flatMap(({ type, shape, start }) =>
              openArray(path, size, { type: storedTypes[type.name], isBigEndian: true, shape, start }, limit)
            )
          )
    )
  )

const openChosen = (
  name: string,
  folder: string,
  { images, labels }: ChosenFiles,
  { range, limit }: Opening
): TE.TaskEither<FileIssue, Dataset> => {
  const pathOf = ({ path }: DataFile): string => `${folder}/${path}`
  const { transposed, firstLabel } = usualLayout(images.set)
  return pipe(
    openRows(pathOf(images), limit),
    TE.flatMap((rows) => {
      const layout = { transposed, range }
      if (labels === undefined) return arrayDataset(name, rows, undefined, layout)
      return pipe(
        readIdxFile(pathOf(labels), limit),
        TE.flatMapEither((read) => labelTensor(pathOf(labels), read, rows.shape[0] ?? 0, firstLabel)),
        TE.flatMap((of) => arrayDataset(name, rows, { labels: of, classes: numbered(of.data) }, layout))
      )
    })
  )
}

/** MNIST and its kin: arrays in IDX format, plain or gzipped, images and labels apart. */
export const idx: Format = {
  name: 'IDX',
  recognizes: (found) =>
    found.kind === 'file'
      ? isHeader(found.head) || isGzip(found.head)
      : found.files.some((path) => dataFile(path)?.holds === 'images'),
  open: (found, options) =>
    pipe(
      chosen(found, options),
      TE.flatMap(([folder, files]) => openChosen(found.path, folder, files, options))
    )
}
