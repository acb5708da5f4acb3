import * as E from '#fp-ts/Either'
import type { Rule } from '../tensor/options.ts'
import { readOptions } from '../tensor/options.ts'
import type { Problem } from '../tensor/problem.ts'
import { showPath } from '../tensor/tree.ts'

/** What can be wrong with a file, or with what a reader of files was told, as data. */
export type FileIssueTag =
  | 'NotSupported'
  | 'Missing'
  | 'Unreadable'
  | 'Unwritable'
  | 'BadMagic'
  | 'BadType'
  | 'BadShape'
  | 'BadCompression'
  | 'TooLarge'
  | 'Truncated'
  | 'TrailingBytes'
  | 'BadValue'
  | 'BadOption'

export interface FileIssue {
  readonly _tag: FileIssueTag
  /** The file as the caller named it; `name (inflated)` where the offset counts bytes after decompression. */
  readonly file: string
  /** The byte at which the misfit was seen, where there is one. */
  readonly offset?: number
  readonly expected: string
  readonly actual: string
  readonly hint?: string
}

/**
 * Shows a file issue as one line of text.
 *
 * @example
 * import { showFileIssue } from 'saddlepoint'
 * showFileIssue({ _tag: 'Truncated', file: 'a.idx', offset: 16, expected: '784 bytes', actual: '12 bytes' })
 * // => 'a.idx, byte 16: expected 784 bytes, got 12 bytes (Truncated)'
 */
export const showFileIssue = ({ _tag, file, offset, expected, actual, hint }: FileIssue): string =>
  `${file}${offset === undefined ? '' : `, byte ${String(offset)}`}: expected ${expected}, got ${actual} (${_tag})` +
  (hint === undefined ? '' : `. ${hint}`)

/** What names a file, or a part of its name. */
export const text: Rule = { expected: 'a text', accepts: (x) => typeof x === 'string' }

/** Makes an issue of a problem with what a reader of `file` was told. */
export const issueOfOption = (file: string, { path, expected, actual, hint }: Problem): FileIssue => ({
  _tag: 'BadOption',
  file,
  expected: path.length === 0 ? expected : `${expected} as ${showPath(path)}`,
  actual,
  hint
})

/** Reads the options of a reader of `file` with their defaults, or says what is wrong with the first of them that is. */
export const readFileOptions = <G extends object>(
  file: string,
  defaults: Partial<G>,
  given: G,
  rules: Readonly<Record<string, Rule>>
): E.Either<FileIssue, Required<G>> => {
  const {
    all,
    problems: [first]
  } = readOptions(defaults, given, rules)
  return first === undefined ? E.right(all) : E.left(issueOfOption(file, first))
}
