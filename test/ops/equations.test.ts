/** Ops on few numbers, by hand, and what they refuse in their own names. */
import { describe, expect, it } from 'vitest'
import {
  clamp,
  groupNorm,
  layerNorm,
  logSoftmax,
  logicalAnd,
  logicalNot,
  matmul,
  ones,
  pad,
  reshape,
  softmax,
  sub,
  tensor,
  topK,
  variance,
  zeros
} from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'

const close = (x: Tensor, expected: readonly number[]): void => {
  expect(x.data.length).toBe(expected.length)
  expected.forEach((value, i) => {
    expect(x.data[i]).toBeCloseTo(value, 5)
  })
}
const [e1, e2, e3] = [1, 2, 3].map(Math.exp) as [number, number, number]

describe('values', () => {
  it.each<readonly [string, () => Tensor, readonly number[]]>([
    ['clamp above', () => clamp(tensor([-3, 0, 3]), { max: 1 }), [-3, 0, 1]],
    ['clamp below', () => clamp(tensor([-3, 0, 3]), { min: -1 }), [-1, 0, 3]],
    ['clamp to both', () => clamp(tensor([-3, 0, 3]), { min: -1, max: 1 }), [-1, 0, 1]],
    ['clamp to one number', () => clamp(tensor([-3, 0, 3]), { min: 1, max: 1 }), [1, 1, 1]],
    ['pad nothing away', () => pad(tensor([1, 2]), { low: [-1], high: [-1] }), []],
    ['pad', () => pad(tensor([1, 2]), { low: [1], high: [2], value: 7 }), [7, 1, 2, 7, 7]],
    ['reshape with an open axis', () => reshape(tensor([[1, 2], [3, 4], [5, 6]]), [2, -1]), [1, 2, 3, 4, 5, 6]], // prettier-ignore
    ['matmul of vectors', () => matmul(tensor([1, 2]), tensor([3, 4])), [11]],
    ['matmul by a vector', () => matmul(tensor([[1, 2], [3, 4]]), tensor([1, 1])), [3, 7]], // prettier-ignore
    ['softmax', () => softmax(tensor([1, 2, 3])), [e1, e2, e3].map((x) => x / (e1 + e2 + e3))],
    ['logSoftmax', () => logSoftmax(tensor([[1, 2, 3], [3, 2, 1]])), [[1, 2, 3], [3, 2, 1]].flat().map((x) => x - Math.log(e1 + e2 + e3))], // prettier-ignore
    ['layerNorm', () => layerNorm(tensor([[1, 3], [2, 6]]), ones([2]), zeros([2]), { epsilon: 1 }), [-1 / Math.sqrt(2), 1 / Math.sqrt(2), -2 / Math.sqrt(5), 2 / Math.sqrt(5)]], // prettier-ignore
    ['groupNorm', () => groupNorm(reshape(tensor([1, 3, 2, 6]), [1, 4, 1, 1]), ones([4]), zeros([4]), { groups: 2, epsilon: 1 }), [-1 / Math.sqrt(2), 1 / Math.sqrt(2), -2 / Math.sqrt(5), 2 / Math.sqrt(5)]] // prettier-ignore
  ])('of %s', (_, f, expected) => {
    close(f(), expected)
  })

  it('of a reshape with an open axis has the extent that is left', () =>
    expect(reshape(zeros([3, 2]), [2, -1]).shape).toEqual([2, 3]))
})

describe('refusals', () => {
  const bool = tensor([1, 0], [2], 'bool')
  it.each<readonly [string, () => unknown]>([
    ['sub', () => sub(tensor([1, 2]), tensor([1, 2, 3]))],
    ['clamp', () => clamp(tensor([1]), { min: 2, max: 1 })],
    ['pad', () => pad(tensor([1, 2]), { low: [-2], high: [-1] })],
    ['pad', () => pad(zeros([2, 2]), { low: [-3, 0], high: [0, 0] })],
    ['pad', () => pad(tensor([1, 2]), { low: [1, 1], high: [1] })],
    ['pad', () => pad(tensor([1, 2]), { low: [1], high: [1, 1] })],
    ['reshape', () => reshape(zeros([6]), [-1, -1])],
    ['reshape', () => reshape(zeros([6]), [4, -1])],
    ['reshape', () => reshape(zeros([6]), [5])],
    ['reshape', () => reshape(zeros([6]), [-2, -3])],
    ['matmul', () => matmul(zeros([2, 3]), zeros([2, 3]))],
    ['matmul', () => matmul(zeros([2, 3]), zeros([]))],
    ['groupNorm', () => groupNorm(zeros([1, 4, 1, 1]), ones([4]), zeros([4]), { groups: 0.5 })],
    ['groupNorm', () => groupNorm(zeros([1, 4, 1, 1]), ones([4]), zeros([4]), { groups: 3 })],
    ['groupNorm', () => groupNorm(zeros([1, 4, 1, 1]), ones([4]), zeros([4]), { groups: -2 })],
    ['topK', () => topK(tensor([1, 2]), 0.5)],
    ['topK', () => topK(tensor([1, 2]), -1)],
    ['topK', () => topK(tensor([1, 2]), 3)],
    ['softmax', () => softmax(bool)],
    ['logSoftmax', () => logSoftmax(bool)],
    ['variance', () => variance(bool)],
    ['logicalNot', () => logicalNot(tensor([1, 0]))],
    ['logicalAnd', () => logicalAnd(bool, tensor([1, 0]))]
  ])('of %s: %#', (name, f) => {
    expect(f).toThrow(new RegExp(`^\\w+ in ${name}: expected`))
  })
})
