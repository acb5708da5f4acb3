import { matricesOf } from '../primitives/rules/matrices.ts'
import { refuseMore, requireTensor } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { showAval } from '../tensor/tensor.ts'

/** Returns x if it holds matrices of floats over its last two axes, and fails in the name of the function otherwise, and for further arguments. */
export const matrixIn = (op: string, x: Tensor, more: readonly unknown[] = []): Tensor => {
  refuseMore(op, more)
  requireTensor(op, x)
  if (x.dtype !== 'float32' || x.shape.length < 2)
    fail(x.dtype === 'float32' ? 'ShapeMisfit' : 'DTypeMisfit', {
      op,
      expected: 'float32 matrices [..., m, n]',
      actual: showAval(x)
    })
  return x
}

/** Returns x if its matrices are square. */
export const squareIn = (op: string, x: Tensor, more: readonly unknown[] = []): Tensor => {
  const { rows, columns } = matricesOf(matrixIn(op, x, more))
  return rows === columns
    ? x
    : fail('ShapeMisfit', { op, expected: 'square matrices [..., n, n]', actual: showAval(x) })
}

/** Returns the extent of the last axis. */
export const lastExtent = ({ shape }: Tensor): number => shape.at(-1) ?? 1
