import { fail } from '../tensor/error.ts'
import type { None } from '../tensor/arguments.ts'
import { refuseMore, requireTensor } from '../tensor/arguments.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { broadcastLabels, contraction } from './contraction.ts'
import { showAval } from '../tensor/tensor.ts'

/**
 * Multiplies matrices over the last two axes: [..., n, k] times [..., k, m] gives [..., n, m]. Leading axes broadcast.
 * A vector on the left is a row, on the right a column, and its axis is gone from the result; two vectors give their
 * inner product, a scalar.
 *
 * @throws ShapeMisfit where the inner extents differ, the leading axes do not broadcast, or an operand is a scalar
 *
 * @example
 * import { matmul, tensor } from 'saddlepoint'
 * const a = tensor([[1, 2], [3, 4]])
 * matmul(a, a).data // => [7, 10, 15, 22]
 * matmul(a, tensor([1, 10])).data // => [21, 43]
 * matmul(tensor([1, 2]), tensor([3, 4])).shape // => []
 */
export const matmul = (a: Tensor, b: Tensor, ...more: None): Tensor => {
  refuseMore('matmul', more)
  requireTensor('matmul', a)
  requireTensor('matmul', b)
  const [m, n] = [a.shape.length, b.shape.length]
  const inner = a.shape.at(-1)
  if (inner === undefined || inner !== b.shape.at(Math.max(-2, -n)))
    fail('ShapeMisfit', {
      op: 'matmul',
      expected: '[..., n, k] and [..., k, m]',
      actual: `${showAval(a)} and ${showAval(b)}`
    })
  const row = m === 1 ? [] : ['row']
  const column = n === 1 ? [] : ['column']
  return contraction(
    'matmul',
    [
      { tensor: a, labels: [...broadcastLabels(m - 1 - row.length), ...row, 'inner'] },
      { tensor: b, labels: [...broadcastLabels(n - 1 - column.length), 'inner', ...column] }
    ],
    [...broadcastLabels(Math.max(m - 1 - row.length, n - 1 - column.length)), ...row, ...column]
  )
}

const vectors = (op: string, x: Tensor, y: Tensor, more: readonly unknown[]): void => {
  refuseMore(op, more)
  requireTensor(op, x)
  requireTensor(op, y)
  if (x.shape.length !== 1 || y.shape.length !== 1)
    fail('ShapeMisfit', { op, expected: 'two vectors', actual: `${showAval(x)} and ${showAval(y)}` })
}

/**
 * Computes the inner product of two vectors [n], a scalar.
 *
 * @throws ShapeMisfit where they are no vectors of one length
 *
 * @example
 * import { dot, tensor } from 'saddlepoint'
 * dot(tensor([1, 2]), tensor([3, 4])).data // => [11]
 */
export const dot = (x: Tensor, y: Tensor, ...more: None): Tensor => {
  vectors('dot', x, y, more)
  return matmul(x, y)
}

/**
 * Computes all products of the elements of two vectors: [n] and [m] give [n, m].
 *
 * @throws ShapeMisfit where they are no vectors
 *
 * @example
 * import { outer, tensor } from 'saddlepoint'
 * outer(tensor([1, 2]), tensor([3, 4])).data // => [3, 4, 6, 8]
 */
export const outer = (x: Tensor, y: Tensor, ...more: None): Tensor => {
  vectors('outer', x, y, more)
  return contraction(
    'outer',
    [
      { tensor: x, labels: ['row'] },
      { tensor: y, labels: ['column'] }
    ],
    ['row', 'column']
  )
}
