import type { DType } from '../../tensor/dtype.ts'
import { fail } from '../../tensor/error.ts'
import { showShape } from '../../tensor/shape.ts'
import type { Aval } from '../../tensor/tensor.ts'
import { showAval } from '../../tensor/tensor.ts'

/** What shape rules demand, each with the message that says so. */

export const showAvals = (operands: readonly Aval[]): string => operands.map(showAval).join(' and ')

/** Fails with ShapeMisfit, naming the operands, unless `holds`. */
export const requireShape = (
  holds: boolean,
  op: string,
  operands: readonly Aval[],
  expected: string,
  given = ''
): void => {
  if (!holds)
    fail('ShapeMisfit', { op, expected, actual: showAvals(operands) + (given === '' ? '' : ` with ${given}`) })
}

/** Fails with DTypeMisfit unless every operand is of one of `dtypes`, the same one. */
export const requireDType = (op: string, operands: readonly Aval[], dtypes: readonly DType[]): void => {
  const first = operands[0]!.dtype
  if (!operands.every(({ dtype }) => dtype === first && dtypes.includes(dtype)))
    fail('DTypeMisfit', {
      op,
      expected: operands.length === 1 ? dtypes.join(' or ') : `operands of one dtype, ${dtypes.join(' or ')}`,
      actual: showAvals(operands)
    })
}

/** Fails unless `axes` are axes of x, ascending, each once. */
export const requireAxes = (op: string, x: Aval, axes: readonly number[]): void => {
  const rank = x.shape.length
  const fit = axes.every((axis, i) => Number.isInteger(axis) && axis < rank && axis > (axes[i - 1] ?? -1))
  requireShape(fit, op, [x], `ascending axes of a tensor of rank ${rank}`, `axes ${showShape(axes)}`)
}

/** Returns the axes of x that are not among `axes`. */
export const otherAxes = (x: Aval, axes: readonly number[]): readonly number[] =>
  x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis))

/** Fails unless each list has one entry an axis of x. */
export const requirePerAxis = (op: string, x: Aval, lists: Readonly<Record<string, readonly number[]>>): void => {
  for (const [name, list] of Object.entries(lists))
    requireShape(
      list.length === x.shape.length && list.every(Number.isInteger),
      op,
      [x],
      `one integer an axis in ${name}`,
      `${name} ${showShape(list)}`
    )
}
