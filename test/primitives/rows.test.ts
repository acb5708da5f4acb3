import { describe, expect, it } from 'vitest'
import { o } from '../../src/primitives/vocabulary.ts'
import type { DType } from '../../src/tensor/dtype.ts'
import { makeTensor } from '../../src/tensor/makeTensor.ts'
import { at, expectFormula, orZero, sample } from '../support/naive.ts'

const ints = (shape: readonly number[], ...values: number[]) => makeTensor(new Int32Array(values), shape)

describe.each<DType>(['float32', 'int32', 'bool'])('gather of %s', (dtype) => {
  it('picks rows, zeros for those out of range', () => {
    const x = sample([4, 2, 3], dtype)
    const indices = ints([5], 3, 0, 3, -1, 4)
    expectFormula(o.gather(x, indices, 0), [5, 2, 3], (i, j, k) => orZero(x, [at(indices, [i]), j, k]))
  })
  it('picks in each batch by itself', () => {
    const x = sample([2, 3, 4], dtype)
    const indices = ints([2, 2], 0, 2, 1, 1)
    expectFormula(o.gather(x, indices, 1), [2, 2, 4], (b, i, j) => at(x, [b, at(indices, [b, i]), j]))
  })
  it('picks elements', () => {
    const x = sample([2, 3], dtype)
    expectFormula(o.gather(x, ints([2, 1], 2, 0), 1), [2, 1], (b) => at(x, [b, [2, 0][b]!]))
  })
})

describe('scatterAdd', () => {
  it.each<DType>(['float32', 'int32'])('of %s gathers repeated updates and drops those out of range', (dtype) => {
    const [x, updates] = [sample([3, 2], dtype, 1), sample([5, 2], dtype, 2)]
    const indices = ints([5], 1, 1, -1, 0, 3)
    const sum = (i: number, j: number): number =>
      [0, 1, 2, 3, 4]
        .filter((u) => indices.data[u] === i)
        .reduce((total, u) => (dtype === 'int32' ? (total + at(updates, [u, j])) | 0 : total + at(updates, [u, j])), at(x, [i, j])) // prettier-ignore
    expectFormula(o.scatterAdd(x, indices, updates, 0), [3, 2], sum)
  })
  it('adds in each batch by itself', () => {
    const [x, updates] = [sample([2, 3], 'float32', 1), sample([2, 1], 'float32', 2)]
    const indices = ints([2, 1], 2, 0)
    expectFormula(o.scatterAdd(x, indices, updates, 1), [2, 3], (b, i) => at(x, [b, i]) + (at(indices, [b, 0]) === i ? at(updates, [b, 0]) : 0)) // prettier-ignore
  })
  it('adds float32 in double', () => {
    const updates = makeTensor(new Float32Array(1000).fill(0.1))
    const x = makeTensor(new Float32Array([0]))
    const y = o.scatterAdd(x, ints([1000], ...new Array<number>(1000).fill(0)), updates, 0)
    expect(y.data[0]).toBe(Math.fround(1000 * Math.fround(0.1)))
  })
})

describe('a misfit', () => {
  const x = sample([2, 3, 4])
  it('says which indices would go with the tensor', () => {
    expect(() => o.gather(x, ints([3], 0, 0, 0), 1)).toThrow('indices [2, I] beside float32[2, 3, 4]; got int32[3]')
    expect(() => o.gather(x, ints([1, 1], 0), 0)).toThrow('indices [I] beside float32[2, 3, 4]; got int32[1, 1]')
    expect(() => o.gather(x, ints([1], 0), 3)).toThrow('a tensor with rows behind its batch axes; got float32[2, 3, 4] with batch 3') // prettier-ignore
    expect(() => o.gather(x, sample([2]), 0)).toThrow('DTypeMisfit in gather (indices): expected int32; got float32[2]')
  })
  it('says which updates would', () => {
    expect(() => o.scatterAdd(x, ints([5], 0, 0, 0, 0, 0), sample([5, 3]), 0)).toThrow('updates of shape [5, 3, 4]')
  })
})
