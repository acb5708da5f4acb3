import * as E from '#fp-ts/Either'
import type { FileIssue } from '../io/fileIssue.ts'
import { showShape } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { Idx } from './idx.ts'
import { offsetOf } from './idx.ts'

/** QMNIST has eight numbers for each picture, the class first: then the writer, and where NIST has it. */
const qmnistColumns = 8

/**
 * Makes labels int32 [count] of an array [count], [count, 1], or QMNIST's int32 [count, 8]; the label `first` becomes 0.
 */
export const labelTensor = (file: string, idx: Idx, count: number, first: number): E.Either<FileIssue, Tensor> => {
  const { type, shape, data } = idx
  const [rows, columns = 1] = shape
  const isLabels =
    (shape.length === 1 || shape.length === 2) && (columns === 1 || (columns === qmnistColumns && type === 'int32'))
  if (!isLabels)
    return E.left({
      _tag: 'BadShape',
      file,
      offset: 2,
      expected: "labels of shape [N], or QMNIST's int32 [N, 8]",
      actual: `${type} of shape ${showShape(shape)}`
    })
  if (rows !== count)
    return E.left({
      _tag: 'BadShape',
      file,
      offset: 4,
      expected: `${String(count)} labels, one for each image`,
      actual: String(rows)
    })
  const labels = new Int32Array(count)
  for (let i = 0; i < count; i++) {
    const label = data[i * columns]! - first
    if (!Number.isInteger(label) || label < 0 || label > 2 ** 31 - 1)
      return E.left({
        _tag: 'BadValue',
        file,
        offset: offsetOf(idx, i * columns),
        expected: `whole labels from ${String(first)} on`,
        actual: String(data[i * columns]),
        hint: 'firstLabel says which label is to become 0'
      })
    labels[i] = label
  }
  return E.right({ shape: [count], dtype: 'int32', data: labels })
}
