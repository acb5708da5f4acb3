import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { FileIssue } from '../../io/fileIssue.ts'
import { readBytes } from '../../io/files.ts'
import { pictureDataset } from '../pictureDataset.ts'
import type { Format, Found, Opening } from './format.ts'
import { missingSplit } from './format.ts'

const isPicture = (path: string): boolean => /\.(png|jpe?g)$/i.test(path) && !/(^|\/)\./.test(path)

/** How folders of splits are called. */
const splits: Readonly<Record<string, string>> = { train: 'train', training: 'train', test: 'test', testing: 'test', val: 'validation', valid: 'validation', validation: 'validation', unlabeled: 'unlabeled' } // prettier-ignore

const [head, tail] = [
  (path: string): string => path.slice(0, Math.max(0, path.indexOf('/'))),
  (path: string): string => path.slice(path.indexOf('/') + 1)
]
const splitOf = (path: string): string | undefined => splits[head(path).toLowerCase()]

/** Paths of pictures, and the part of each that names its class, if one does. */
interface Listed {
  readonly paths: readonly string[]
  readonly classOf: (path: string) => string
}

/** Keeps the pictures of a split; where folders are named for splits, of one of them. */
const listed = (folder: string, files: readonly string[], { split }: Opening): E.Either<FileIssue, Listed> => {
  const pictures = files.filter(isPicture)
  const known = [...new Set(pictures.flatMap((path) => splitOf(path) ?? []))]
  if (known.length === 0 && split === undefined) return E.right({ paths: pictures, classOf: head })
  const wanted = split ?? (known.includes('train') ? 'train' : known[0])
  const paths = pictures.filter((path) => splitOf(path) === wanted)
  return paths.length > 0
    ? E.right({ paths, classOf: (path) => head(tail(path)) })
    : E.left(missingSplit(folder, split, known))
}

/** Labels pictures by the names of their folders, in order; undefined where they do not lie in two or more. */
const labelsOf = ({ paths, classOf }: Listed) => {
  const classes = [...new Set(paths.map(classOf))].sort()
  if (classes.length < 2 || classes.includes('')) return undefined
  const numbers = new Map(classes.map((name, label) => [name, label]))
  const labels = Int32Array.from(paths.map((path) => numbers.get(classOf(path))!))
  return { classes, labels: { shape: [paths.length], dtype: 'int32' as const, data: labels } }
}

const filesOf = (found: Found): readonly string[] => (found.kind === 'folder' ? found.files : [])

/** A folder of PNG and JPEG files; folders in it name their classes, or the splits. */
export const pictures: Format = {
  name: 'a folder of PNG and JPEG',
  recognizes: (found) => filesOf(found).some(isPicture),
  open: (found, options) =>
    pipe(
      TE.fromEither(listed(found.path, filesOf(found), options)),
      TE.flatMap((list) =>
        pictureDataset(
          {
            name: found.path,
            count: list.paths.length,
            labelled: labelsOf(list),
            at: (i) => {
              const file = `${found.path}/${list.paths[i] ?? ''}`
              return pipe(
                readBytes(file, { limit: options.limit }),
                TE.map((bytes) => ({ file, bytes }))
              )
            }
          },
          options
        )
      )
    )
}
