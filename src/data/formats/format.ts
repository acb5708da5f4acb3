import type * as TE from '#fp-ts/TaskEither'
import type { FileIssue } from '../../io/fileIssue.ts'
import type { Dataset } from '../dataset.ts'

export interface OpenOptions {
  /** Which part of a set that has several; by default the training set where there is one, else whatever there is. */
  readonly split?: 'train' | 'test' | 'validation' | 'unlabeled'
  /** Which of several IDX sets in one folder, by what their files' names begin with: 'letters' of EMNIST, say. */
  readonly set?: string
  /** Pixels along each side: shapes are drawn so (28 by default), pictures in files are scaled and cut to a square. */
  readonly size?: number
  /** 1 makes pictures gray, 3 makes them colour; by default they are as they lie. */
  readonly channels?: 1 | 3
  /** The numbers of an array of images that become -1 and 1; by default those of its type, or the first of [0, 1], [-1, 1], [0, 255] that holds all. */
  readonly range?: readonly [least: number, greatest: number]
  /** The most bytes that may be held in memory for it, 2^31 - 1 by default; what is larger is read from its file as needed. */
  readonly limit?: number
}

/** Holds the options with the limit filled in. */
export type Opening = OpenOptions & { readonly limit: number }

/** A path as it was found: a file by its first bytes and its size, a folder by the paths of the files in it. */
export type Found =
  | { readonly kind: 'file'; readonly path: string; readonly head: Uint8Array; readonly size: number }
  | { readonly kind: 'folder'; readonly path: string; readonly files: readonly string[] }

/** A kind of data that can be opened: how it is recognised, and how it is opened. */
export interface Format {
  readonly name: string
  /** Tests by content: names count in folders only, where they tell what belongs together. */
  readonly recognizes: (found: Found) => boolean
  readonly open: (found: Found, options: Opening) => TE.TaskEither<FileIssue, Dataset>
}

/** Returns the last part of a path. */
export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** Returns the folder that a path lies in. */
export const folderOf = (path: string): string =>
  path.includes('/') ? path.slice(0, path.lastIndexOf('/')) || '/' : '.'

/** Says that a folder has no files of the split that is wanted. */
export const missingSplit = (folder: string, split: string | undefined, known: readonly string[]): FileIssue => ({
  _tag: 'Missing',
  file: folder,
  expected: split === undefined ? `files of ${known.join(', ')}` : `files of the split '${split}'`,
  actual: 'none of them',
  ...(split !== undefined && !known.includes(split) ? { hint: `There may be ${known.join(', ')}` } : {})
})
