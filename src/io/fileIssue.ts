/** What can be wrong with a file, as data. */
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
