import * as E from '#fp-ts/Either'
import type { None } from '../tensor/arguments.ts'
import { refuseMore } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import type { Rules } from '../tensor/options.ts'
import { readOptions } from '../tensor/options.ts'
import type { Problem } from '../tensor/problem.ts'
import { showValue } from '../tensor/problem.ts'
import { isRecord, showPath } from '../tensor/tree.ts'

/** Says, as data, what is wrong with a file, or with what a reader of files was told. */
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
  | 'Busy'

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
export const showFileIssue = (issue: FileIssue, ...more: None): string => {
  refuseMore('showFileIssue', more)
  const found: unknown = issue
  if (!isRecord(found) || !['_tag', 'file', 'expected', 'actual'].every((name) => typeof found[name] === 'string'))
    fail('InvalidArgument', {
      op: 'showFileIssue',
      expected: 'an issue of a reader of files',
      actual: showValue(issue),
      hint: 'It is what is left of an Either: E.isLeft(read) && showFileIssue(read.left)'
    })
  const { _tag, file, offset, expected, actual, hint } = issue
  return (
    `${file}${offset === undefined ? '' : `, byte ${showValue(offset)}`}: expected ${expected}, got ${actual} (${_tag})` +
    (hint === undefined ? '' : `. ${hint}`)
  )
}

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
  rules: Rules,
  more: readonly unknown[] = []
): E.Either<FileIssue, Required<G>> => {
  const {
    all,
    problems: [first]
  } = readOptions(defaults, given, rules, {}, more)
  return first === undefined ? E.right(all) : E.left(issueOfOption(file, first))
}
