import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import type { FileIssue } from '../io/fileIssue.ts'
import { readFileOptions } from '../io/fileIssue.ts'
import type { None } from '../tensor/arguments.ts'
import { flag, oneOf, optional, text } from '../tensor/options.ts'
import { showValue } from '../tensor/problem.ts'
import type { Tensor } from '../tensor/tensor.ts'

export interface CsvOptions {
  /** How messages name the file. */
  readonly file?: string
  /** What stands between the fields of a line: by default the first of tab, semicolon, comma that its first line has. */
  readonly separator?: ',' | ';' | '\t'
  /** Whether the first line names the columns: by default where one of its fields is no number. */
  readonly header?: boolean
}

/** A table of numbers. */
export interface Table {
  /** float32 [rows, columns]. */
  readonly values: Tensor
  /** The names of the columns, where the first line has them. */
  readonly columns?: readonly string[]
}

/** Numbers as programs write them; what they name must be one in single precision. */
const form = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const isNumber = (field: string): boolean => form.test(field) && Number.isFinite(Math.fround(Number(field)))

/** Removes the quotes around a field, of which a doubled one is one. */
const unquoted = (field: string): string =>
  field.length > 1 && field.startsWith('"') && field.endsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field

const separatorIn = (line: string): string => ['\t', ';', ','].find((mark) => line.includes(mark)) ?? ','

/** Iterates over the lines that are not empty, with the place of each. */
function* linesOf(content: string): Generator<{ readonly line: string; readonly at: number; readonly row: number }> {
  let at = content.startsWith('\uFEFF') ? 1 : 0
  for (let row = 1; at < content.length; row++) {
    const found = content.indexOf('\n', at)
    const end = found < 0 ? content.length : found
    const line = content.slice(at, end).trim()
    if (line !== '') yield { line, at, row }
    at = end + 1
  }
}

/**
 * Reads a table of numbers from text, one row a line, fields between commas, semicolons or tabs: points of the plane,
 * tabular data. Fields may be quoted, but hold no separators; empty lines are passed over. Left is the first place that is
 * no number, or a line of another length; the offset counts letters.
 *
 * @example
 * import { readCsv, E } from 'saddlepoint'
 * const read = readCsv('x, y\n0.5, 1\n-2, 3e2\n')
 * E.isRight(read) && read.right // => { values: [[0.5, 1], [-2, 300]], columns: ['x', 'y'] }
 * const bad = readCsv('1,2\n3,four\n', { file: 'points.csv' })
 * E.isLeft(bad) && bad.left.expected // => 'a number in line 2, field 2'
 */
export const readCsv = (content: string, options: CsvOptions = {}, ...more: None): E.Either<FileIssue, Table> =>
  pipe(
    readFileOptions<CsvOptions>(
      'readCsv',
      { file: 'csv' },
      options,
      { file: text, separator: optional(oneOf(',', ';', '\t')), header: optional(flag) },
      more
    ),
    E.flatMap((read) => tableOf(content, read))
  )

const tableOf = (content: string, { file = 'csv', separator, header }: CsvOptions): E.Either<FileIssue, Table> => {
  if (typeof content !== 'string')
    return E.left({
      _tag: 'BadOption',
      file,
      expected: 'the text of a file',
      actual: showValue(content),
      hint: 'new TextDecoder().decode(bytes) makes text of bytes'
    })
  let columns: readonly string[] | undefined
  let width: number | undefined
  const values: number[] = []
  let mark = separator
  for (const { line, at, row } of linesOf(content)) {
    mark ??= separatorIn(line) as ','
    const fields = line.split(mark).map((field) => unquoted(field.trim()))
    const isFirst = width === undefined
    width ??= fields.length
    if (fields.length !== width)
      return E.left({
        _tag: 'BadShape',
        file,
        offset: at,
        expected: `${String(width)} fields, as in the first line`,
        actual: `${String(fields.length)} in line ${String(row)}`
      })
    const wrong = fields.findIndex((field) => !isNumber(field))
    if (isFirst && (header ?? wrong !== -1)) columns = fields
    else if (wrong !== -1)
      return E.left({
        _tag: 'BadValue',
        file,
        offset: at,
        expected: `a number in line ${String(row)}, field ${String(wrong + 1)}`,
        actual: showValue(fields[wrong])
      })
    else for (const field of fields) values.push(Number(field))
  }
  if (width === undefined || values.length === 0)
    return E.left({ _tag: 'Truncated', file, offset: content.length, expected: 'a row of numbers', actual: 'none' })
  const shape = [values.length / width, width]
  return E.right({
    values: { shape, dtype: 'float32', data: Float32Array.from(values) },
    ...(columns === undefined ? {} : { columns })
  })
}
