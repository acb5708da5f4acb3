import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { FileIssue } from '../../io/fileIssue.ts'
import { readText } from '../../io/files.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { arrayDataset } from '../arrayDataset.ts'
import { rowsInMemory } from '../arrayRows.ts'
import { numbered } from '../classNames.ts'
import type { Table } from '../csv.ts'
import { readCsv } from '../csv.ts'
import type { Format } from './format.ts'

/** The columns of a table, of which one that is named label or class has the labels. */
interface Columns {
  readonly points: Tensor
  readonly labels: Tensor | undefined
}

const columnsOf = (file: string, { values, columns = [] }: Table): E.Either<FileIssue, Columns> => {
  const at = columns.findIndex((name) => /^(label|class)$/i.test(name))
  const [rows = 0, width = 0] = values.shape
  if (at < 0 || width < 2) return E.right({ points: values, labels: undefined })
  const labels = new Int32Array(rows)
  const points = new Float32Array(rows * (width - 1))
  for (let row = 0, to = 0; row < rows; row++)
    for (let column = 0; column < width; column++) {
      const x = values.data[row * width + column]!
      if (column !== at) points[to++] = x
      else if (Number.isInteger(x) && x >= 0 && x < 1_000_000) labels[row] = x
      else
        return E.left({
          _tag: 'BadValue',
          file,
          expected: `whole labels from 0 on in column ${columns[at]!}`,
          actual: `${String(x)} in row ${String(row + 1)}`
        })
    }
  return E.right({
    points: { shape: [rows, width - 1], dtype: 'float32', data: points },
    labels: { shape: [rows], dtype: 'int32', data: labels }
  })
}

/** Printable ASCII, tabs, ends of lines, and the marks of UTF-8. */
const isText = (head: Uint8Array): boolean =>
  head.length > 0 && head.every((byte) => byte >= 32 || byte === 9 || byte === 10 || byte === 13)

/** Tables of numbers as text: points of the plane, tabular data. */
export const csv: Format = {
  name: 'CSV',
  recognizes: (found) => found.kind === 'file' && isText(found.head),
  open: ({ path }, { limit }) =>
    pipe(
      readText(path, { limit }),
      TE.flatMapEither((content) => readCsv(content, { file: path })),
      TE.flatMapEither((table) => columnsOf(path, table)),
      TE.flatMap(({ points, labels }) =>
        arrayDataset(
          path,
          rowsInMemory(path, { type: 'float32', shape: points.shape, data: points.data }),
          labels && { labels, classes: numbered(labels.data) }
        )
      )
    )
}
