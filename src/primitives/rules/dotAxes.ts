import { showShape } from '../../tensor/shape.ts'
import type { Aval } from '../../tensor/tensor.ts'
import type { DotAxes } from '../../program/vocabulary.ts'
import { otherAxes, requireShape } from './requirements.ts'

/** The axes of one operand of a contraction by their part in it: `batch` and `contract` in the order of their pairs. */
export interface Parts {
  readonly batch: readonly number[]
  readonly free: readonly number[]
  readonly contract: readonly number[]
}

/** Tells the batch, free and contracted axes of both operands apart. */
export const partsOf = ([a, b]: readonly Aval[], { contract, batch }: DotAxes): readonly [Parts, Parts] => [
  { batch: batch[0], free: otherAxes(a!, [...batch[0], ...contract[0]]), contract: contract[0] },
  { batch: batch[1], free: otherAxes(b!, [...batch[1], ...contract[1]]), contract: contract[1] }
]

/** Returns the extents of some axes of x, in their order. */
export const extentsOf = (x: Aval, axes: readonly number[]): readonly number[] => axes.map((a) => x.shape[a]!)

/** Fails unless the axes of a contraction are axes of its operands, each named once, in pairs of one extent. */
export const requireDotAxes = (operands: readonly Aval[], { contract, batch }: DotAxes): void => {
  const draw = (pair: DotAxes['batch']): string => pair.map(showShape).join(' with ')
  const given = `contract ${draw(contract)} and batch ${draw(batch)}`
  const require = (holds: boolean, expected: string): void =>
    requireShape(holds, 'dotGeneral', operands, expected, given)
  operands.forEach((x, side) => {
    const axes = [...contract[side]!, ...batch[side]!]
    const known = axes.every((a) => Number.isInteger(a) && a >= 0 && a < x.shape.length)
    require(known && new Set(axes).size === axes.length, 'axes of the operands, each named once')
  })
  const [a, b] = operands
  for (const [left, right] of [contract, batch]) {
    require(left.length === right.length, 'as many axes of one operand as of the other')
    require(left.every((n, i) => a!.shape[n] === b!.shape[right[i]!]), 'paired axes of one extent')
  }
}
