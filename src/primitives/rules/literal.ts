import type { Node } from '../../program/node.ts'
import { isNode } from '../../program/node.ts'
import { literal } from '../../program/leaves.ts'
import type { Tensor } from '../../tensor/tensor.ts'

/** Returns the number that a traced tensor is everywhere: a literal, or a literal broadcast or reshaped; undefined for others. */
export const literalValue = (x: Tensor): number | undefined => {
  let node: Node | undefined = isNode(x) ? x : undefined
  while (node !== undefined && (node.primitive.name === 'broadcastInDim' || node.primitive.name === 'reshape'))
    node = node.operands[0]
  return node?.primitive === literal ? (node.params['value'] as number) : undefined
}

export const isLiteral = (x: Tensor, value: number): boolean => literalValue(x) === value
