import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { FileIssue } from '../../io/fileIssue.ts'
import { readHead } from '../../io/files.ts'
import type { Dataset } from '../dataset.ts'
import { numbered } from '../classNames.ts'
import type { ParquetPictures } from '../parquet/readParquet.ts'
import { readParquet } from '../parquet/readParquet.ts'
import { pictureDataset } from '../pictureDataset.ts'
import type { Format, Found, Opening } from './format.ts'
import { missingSplit } from './format.ts'

const isParquet = (path: string): boolean => path.endsWith('.parquet')

const splitOf = (path: string): string | undefined => /(train|test|validation|unlabeled)/.exec(path)?.[0]

/** Chooses the files of a split, of which a set has several where it is large. */
const filesOf = (found: Found, { split }: Opening): E.Either<FileIssue, readonly string[]> => {
  if (found.kind === 'file') return E.right([found.path])
  const files = found.files.filter(isParquet)
  const known = [...new Set(files.flatMap((path) => splitOf(path) ?? []))]
  const wanted = split ?? (known.includes('train') ? 'train' : known[0])
  const chosen = files.filter((path) => splitOf(path) === wanted)
  return chosen.length > 0
    ? E.right(chosen.map((path) => `${found.path}/${path}`))
    : E.left(missingSplit(found.path, split, known))
}

interface Part extends ParquetPictures {
  readonly file: string
}

/** Reads the files one after the other; all together are held in memory. */
const readParts = (files: readonly string[], limit: number): TE.TaskEither<FileIssue, readonly Part[]> => {
  const [file, ...rest] = files
  if (file === undefined) return TE.right([])
  return pipe(
    readHead(file, 0),
    TE.flatMap(({ size }) => readParquet(file, size, limit)),
    TE.flatMap((read) =>
      pipe(
        readParts(rest, Math.max(0, limit - read.pictures.length)),
        TE.map((others) => [{ ...read, file }, ...others])
      )
    )
  )
}

const labelsOf = (parts: readonly Part[]) => {
  const all = parts.map(({ labels }) => labels)
  if (all.includes(undefined)) return undefined
  const data = Int32Array.from(all.flatMap((labels) => [...labels!]))
  const numbers = numbered(data)
  const names = parts[0]?.classes
  return {
    labels: { shape: [data.length], dtype: 'int32' as const, data },
    classes: names !== undefined && names.length >= numbers.length ? names : numbers
  }
}

const open = (name: string, parts: readonly Part[], options: Opening): TE.TaskEither<FileIssue, Dataset> => {
  const places = parts.flatMap((part) => Array.from(part.ends, (_, row) => ({ part, row })))
  return pictureDataset(
    {
      name,
      count: places.length,
      labelled: labelsOf(parts),
      at: (i) => {
        const { part, row } = places[i]!
        const bytes = part.pictures.subarray(part.ends[row - 1] ?? 0, part.ends[row])
        return TE.right({ file: `${part.file} (row ${String(row)})`, bytes })
      }
    },
    options
  )
}

/** Image sets as Hugging Face publishes them: Parquet files with a column of PNG or JPEG pictures. */
export const parquet: Format = {
  name: 'Parquet',
  recognizes: (found) =>
    found.kind === 'file' ? String.fromCharCode(...found.head.subarray(0, 4)) === 'PAR1' : found.files.some(isParquet),
  open: (found, options) =>
    pipe(
      TE.fromEither(filesOf(found, options)),
      TE.flatMap((files) => readParts(files, options.limit)),
      TE.flatMap((parts) => open(found.path, parts, options))
    )
}
