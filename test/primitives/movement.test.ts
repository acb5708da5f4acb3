import { describe, expect, it } from 'vitest'
import { o } from '../../src/primitives/vocabulary.ts'
import type { DType } from '../../src/tensor/dtype.ts'
import { makeTensor } from '../../src/tensor/makeTensor.ts'
import { at, expectFormula, sample } from '../support/naive.ts'

const dtypes: readonly DType[] = ['float32', 'int32', 'bool']

describe.each(dtypes)('of %s', (dtype) => {
  const x = sample([2, 3, 5], dtype)

  it('reshape keeps the row-major order', () => {
    expectFormula(o.reshape(x, [3, 10]), [3, 10], (i, j) => x.data[i * 10 + j]!)
    expect(o.reshape(x, [30]).dtype).toBe(dtype)
  })
  it('transpose moves axes', () => {
    expectFormula(o.transpose(x, [2, 0, 1]), [5, 2, 3], (i, j, k) => at(x, [j, k, i]))
  })
  it('broadcastInDim repeats along new and grown axes', () => {
    const y = sample([3, 1], dtype)
    expectFormula(o.broadcastInDim(y, [2, 3, 4, 5], [1, 3]), [2, 3, 4, 5], (_, j) => at(y, [j, 0]))
    expectFormula(o.broadcastInDim(y, [3, 4, 1], [0, 2]), [3, 4, 1], (i) => at(y, [i, 0]))
    expectFormula(o.broadcastInDim(sample([], dtype), [40], []), [40], () => sample([], dtype).data[0]!)
  })
  it('slice takes every stride-th element', () => {
    expectFormula(o.slice(x, [0, 1, 1], [2, 3, 5], [1, 1, 2]), [2, 2, 2], (i, j, k) => at(x, [i, 1 + j, 1 + 2 * k]))
    expectFormula(o.slice(x, [0, 1, 0], [2, 2, 5]), [2, 1, 5], (i, _, k) => at(x, [i, 1, k]))
    expectFormula(o.slice(x, [0, 2, 0], [2, 2, 5]), [2, 0, 5], () => NaN)
  })
  it('pad surrounds, crops and pulls apart', () => {
    const padded = o.pad(x, 1, [1, -1, 0], [0, 2, -3], [2, 0, 1])
    // Axis 0 holds 0 . . 1 behind one of padding; axis 1 lost its first, axis 2 its end.
    expectFormula(padded, [5, 4, 6], (i, j, k) =>
      (i - 1) % 3 === 0 && j < 2 && k % 2 === 0 ? at(x, [(i - 1) / 3, j + 1, k / 2]) : 1
    )
    expect(padded.dtype).toBe(dtype)
  })
  it('pad may crop everything, and pad nothing', () => {
    const line = sample([4], dtype)
    expectFormula(o.pad(line, 0, [-4], [0]), [0], () => NaN)
    expectFormula(o.pad(line, 0, [-6], [4]), [2], () => 0)
    expectFormula(o.pad(sample([0], dtype), 1, [1], [2], [3]), [3], () => 1)
    expectFormula(o.pad(line, 0, [-1], [-1], [1]), [5], (i) => (i % 2 === 1 ? line.data[(i + 1) / 2]! : 0))
  })
  it('concat puts one after the other', () => {
    const parts = [1, 0, 3].map((n, seed) => sample([2, n, 2], dtype, seed))
    expectFormula(o.concat(parts, 1), [2, 4, 2], (i, j, k) => (j < 1 ? at(parts[0]!, [i, j, k]) : at(parts[2]!, [i, j - 1, k]))) // prettier-ignore
    expectFormula(o.concat([x], 2), [2, 3, 5], (...index) => at(x, index))
  })
  it('reverse turns axes round', () => {
    expectFormula(o.reverse(x, [2, 0]), [2, 3, 5], (i, j, k) => at(x, [1 - i, j, 4 - k]))
  })
})

it('moves what is large, in long runs and short', () => {
  const x = sample([70, 33, 40])
  expectFormula(o.transpose(x, [1, 0, 2]), [33, 70, 40], (i, j, k) => x.data[(j * 33 + i) * 40 + k]!)
  expectFormula(o.slice(x, [3, 0, 0], [70, 33, 40], [2, 1, 1]), [34, 33, 40], (i, j, k) => x.data[((3 + 2 * i) * 33 + j) * 40 + k]!) // prettier-ignore
})

describe('a misfit', () => {
  const x = makeTensor([[1, 2, 3], [4, 5, 6]]) // prettier-ignore
  const messages: Readonly<Record<string, readonly [() => unknown, string]>> = {
    reshape: [() => o.reshape(x, [4]), 'a shape of 6 elements; got float32[2, 3] with shape [4]'],
    'reshape to no shape': [() => o.reshape(x, [-2, -3]), 'got float32[2, 3] with shape [-2, -3]'],
    transpose: [() => o.transpose(x, [0, 0]), 'a permutation of the axes [0, 1]; got [0, 0]'],
    broadcastInDim: [() => o.broadcastInDim(x, [2, 4], [0, 1]), 'extents that are kept, or 1; got float32[2, 3] with shape [2, 4] and axes [0, 1]'], // prettier-ignore
    'broadcastInDim out of order': [() => o.broadcastInDim(x, [3, 2], [1, 0]), 'an ascending axis of the result for each axis'], // prettier-ignore
    slice: [() => o.slice(x, [0, 2], [2, 4]), '0 <= start <= limit <= extent and stride >= 1 for each axis; got float32[2, 3] with start [0, 2], limit [2, 4], stride [1, 1]'], // prettier-ignore
    'slice of too few axes': [() => o.slice(x, [0], [1]), 'one integer an axis in start'],
    pad: [() => o.pad(x, 0, [-3, 0], [0, 0]), 'no more cropped than there is'],
    'pad with a vector': [() => o.pad(x, makeTensor([1]), [0, 0], [0, 0]), 'a scalar to pad with; got float32[2, 3] and float32[1]'], // prettier-ignore
    concat: [() => o.concat([x, makeTensor([[1, 2]])], 0), 'tensors that differ along axis 0 alone; got float32[2, 3] and float32[1, 2]'], // prettier-ignore
    'concat along no axis': [() => o.concat([x], 2), 'an axis of the tensors; got float32[2, 3] with axis 2'],
    'concat of nothing': [() => o.concat([], 0), 'at least one tensor; got none'],
    reverse: [() => o.reverse(x, [0, 0]), 'ascending axes of a tensor of rank 2; got float32[2, 3] with axes [0, 0]']
  }
  it.each(Object.entries(messages))('in %s says what came and what would fit', (_, [run, message]) => {
    expect(run).toThrow(message)
  })
  it('of dtypes is told', () => {
    expect(() => o.concat([x, o.convert(x, 'int32')], 0)).toThrow('DTypeMisfit in concat')
    expect(() => o.pad(o.convert(x, 'int32'), 0.5, [0, 0], [0, 0])).toThrow('an integer to go with int32; got 0.5')
  })
})
