import { partsOf } from '../../primitives/rules/dotAxes.ts'
import { o } from '../../primitives/vocabulary.ts'
import type { DotAxes } from '../../program/vocabulary.ts'
import { range } from '../../tensor/shape.ts'
import { isOneProduct } from '../fuse/factors.ts'
import type { Rewrite } from './rewrite.ts'

/**
 * Reorders the axes of a contraction's operands to [batch, free, contracted] where they lie so that it is no single batched
 * product of matrices: then it is one.
 */
export const canonicalizeProducts: Rewrite = ({ primitive, params }, operands) => {
  if (primitive.name !== 'dotGeneral' || isOneProduct({ params, operands })) return undefined
  const axes = params as unknown as DotAxes
  const parts = partsOf(operands, axes)
  const [a, b] = operands.map((x, side) => {
    const { batch, free, contract } = parts[side]!
    return o.transpose(x, [...batch, ...free, ...contract])
  })
  const batch = range(parts[0].batch.length)
  const contracted = (side: 0 | 1): readonly number[] =>
    range(parts[side].contract.length).map((n) => parts[side].batch.length + parts[side].free.length + n)
  return o.dotGeneral(a!, b!, { contract: [contracted(0), contracted(1)], batch: [batch, batch] })
}
