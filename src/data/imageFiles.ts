/** Names of the files in which sets of labelled pictures are published, and which of a directory's files belong together. */
import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import type { FileIssue } from '../io/fileIssue.ts'
import { nearestWord } from '../tensor/nearestWord.ts'

export type Split = 'train' | 'test'

/** Holds what the name of a data file says. */
export interface DataFile {
  /** The path below the directory: `train-images-idx3-ubyte/train-images-idx3-ubyte` where Kaggle's archive lies. */
  readonly path: string
  /** What comes before the split: `emnist-letters`, `qmnist`, or nothing. */
  readonly set: string
  readonly split: Split | undefined
  readonly holds: 'images' | 'labels'
}

/** `set-split-images-idx3-ubyte.gz`, where all but `images` may be missing and dots may stand for dashes. */
const pattern =
  /^(?:(?<set>.+?)[-_.])??(?:(?<split>train|t10k|test)[-_.])?(?<holds>images|labels)(?:[-.]idx\d?)?(?:[-.](?:ubyte|byte|short|int|float|double))?(?:\.gz)?$/

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** Finds the split that a name mentions, whatever else it says. */
const splitIn = (path: string): Split | undefined =>
  /train/i.test(nameOf(path)) ? 'train' : /t10k|test/i.test(nameOf(path)) ? 'test' : undefined

/** Reads what the name of a file says; undefined for one that is not named as data files are. */
export const dataFile = (path: string): DataFile | undefined => {
  const { set = '', split, holds } = pattern.exec(nameOf(path))?.groups ?? {}
  return holds === undefined
    ? undefined
    : {
        path,
        set,
        split: split === undefined ? undefined : split === 'train' ? 'train' : 'test',
        holds: holds === 'images' ? 'images' : 'labels'
      }
}

/** Says how a set lies by its name: EMNIST has rows and columns exchanged, and its letters begin at 1. */
export const usualLayout = (set: string): { readonly transposed: boolean; readonly firstLabel: number } => {
  const transposed = /^emnist\b/i.test(set)
  return { transposed, firstLabel: transposed && set.endsWith('letters') ? 1 : 0 }
}

/** Orders files by how near they lie: those of the directory itself, plain before compressed, then by name. */
const nearestFirst = (a: DataFile, b: DataFile): number => {
  const rank = ({ path }: DataFile): number => (path.includes('/') ? 2 : 0) + (path.endsWith('.gz') ? 1 : 0)
  return rank(a) - rank(b) || (a.path < b.path ? -1 : 1)
}

/** Names the files of a directory that are to be read. */
export interface Wanted {
  readonly split: Split | undefined
  readonly set: string | undefined
  readonly labels: boolean | undefined
}

/** The files of one set and split. */
export interface ChosenFiles {
  readonly images: DataFile
  readonly labels: DataFile | undefined
}

const issue = (
  _tag: FileIssue['_tag'],
  file: string,
  expected: string,
  actual: string,
  hint: string
): E.Either<FileIssue, never> => E.left({ _tag, file, expected, actual, hint })

const lastWord = (set: string): string => set.slice(set.lastIndexOf('-') + 1)
const quoted = (sets: readonly string[]): string => sets.map((name) => `'${name}'`).join(', ')
const setsOf = (files: readonly DataFile[]): readonly string[] => [...new Set(files.map(({ set }) => set))].sort()

const listed = (paths: readonly string[]): string =>
  paths.length === 0 ? 'an empty directory' : paths.slice(0, 8).join(', ')

/** Keeps the files of a set, which is called by its whole name or the last word of it. */
const ofSet = (
  directory: string,
  files: readonly DataFile[],
  wanted: string | undefined
): E.Either<FileIssue, readonly DataFile[]> => {
  if (wanted === undefined || files.length === 0) return E.right(files)
  const exact = files.filter(({ set }) => set === wanted)
  const found = exact.length > 0 ? exact : files.filter(({ set }) => lastWord(set) === wanted)
  if (found.length > 0) return E.right(found)
  const sets = setsOf(files)
  const meant = nearestWord(wanted, [...sets, ...sets.map(lastWord)])
  const hint =
    meant === undefined ? 'A set is called by what the names of its files begin with' : `Did you mean '${meant}'?`
  return issue('BadOption', directory, `one of the sets ${quoted(sets)} as set`, `'${wanted}'`, hint)
}

/** Keeps the files of a split; where none is wanted, of the first that is there: training, test, no name. */
const ofSplit = (files: readonly DataFile[], wanted: Split | undefined): readonly DataFile[] =>
  (wanted === undefined ? (['train', 'test', undefined] as const) : [wanted])
    .map((split) => files.filter((one) => one.split === split))
    .find(({ length }) => length > 0) ?? []

/** Chooses the image file: the nearest one of the set and split. */
const chooseImages = (
  directory: string,
  paths: readonly string[],
  files: readonly DataFile[],
  { split, set }: Wanted
): E.Either<FileIssue, DataFile> =>
  pipe(
    ofSet(
      directory,
      files.filter(({ holds }) => holds === 'images'),
      set
    ),
    E.flatMap((images) => {
      const found = ofSplit(images, split)
      const [first] = found
      const sets = setsOf(found)
      if (first === undefined)
        return issue(
          'Missing',
          directory,
          `a file such as ${split === 'test' ? 't10k' : 'train'}-images-idx3-ubyte.gz`,
          listed(paths),
          'Name the directory that holds the files themselves'
        )
      return sets.length === 1
        ? E.right(first)
        : issue(
            'BadOption',
            directory,
            `a choice among the sets ${quoted(sets)}`,
            'none',
            `{ set: '${lastWord(sets[0]!)}' }`
          )
    })
  )

/** Chooses the label file of the images' set and split. A file that seems to hold their labels is not passed over in silence. */
const chooseLabels = (
  directory: string,
  paths: readonly string[],
  files: readonly DataFile[],
  images: DataFile,
  wanted: boolean | undefined
): E.Either<FileIssue, DataFile | undefined> => {
  if (wanted === false) return E.right(undefined)
  const found = files.find(
    ({ holds, set, split }) => holds === 'labels' && set === images.set && split === images.split
  )
  if (found !== undefined) return E.right(found)
  const usual = nameOf(images.path).replace('images', 'labels').replace('idx3', 'idx1')
  const isOfOthers = (path: string): boolean => {
    const { split, set } = dataFile(path) ?? { split: undefined, set: undefined }
    return (
      (split ?? splitIn(path) ?? images.split) !== images.split ||
      files.some((one) => one.holds === 'images' && one.set === set)
    )
  }
  const stray = paths.find((path) => /label/i.test(nameOf(path)) && !isOfOthers(path))
  if (stray !== undefined)
    return issue(
      'BadOption',
      `${directory}/${stray}`,
      `labels in a file such as ${usual}`,
      stray,
      'Rename or convert it, or read the images alone: { labels: false }'
    )
  return wanted === true
    ? issue('Missing', directory, `a file such as ${usual}`, listed(paths), 'Put the labels there')
    : E.right(undefined)
}

/**
 * Chooses the image file among the paths of a directory, and the label file of the same set and split, whatever dashes,
 * dots and folders their names have. Without a split the training files are taken where there are any, else those of the
 * test, else what there is. Issues: Missing where a file is not there; BadOption where it is not said which of several
 * sets is meant, and where a file of labels is not one of those that can be read.
 */
export const chooseFiles = (
  directory: string,
  paths: readonly string[],
  wanted: Wanted
): E.Either<FileIssue, ChosenFiles> => {
  const files = paths.flatMap((path) => dataFile(path) ?? []).sort(nearestFirst)
  return pipe(
    chooseImages(directory, paths, files, wanted),
    E.flatMap((images) =>
      pipe(
        chooseLabels(directory, paths, files, images, wanted.labels),
        E.map((labels) => ({ images, labels }))
      )
    )
  )
}
