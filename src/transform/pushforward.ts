import { o } from '../primitives/vocabulary.ts'
import { callTangent } from '../program/call.ts'
import type { Node } from '../program/node.ts'
import type { Tangent } from '../program/tangent.ts'
import { isSeparatelyLinear, linearOperands } from '../program/primitive.ts'
import { isZero, zero } from '../program/tangent.ts'
import type { Program } from '../program/program.ts'
import { nodesOf, operandsSince } from '../program/program.ts'

/** Lists the operands through which tangents come. */
const movingOperands = ({ primitive, operands, params }: Node): readonly Node[] =>
  primitive.tangentsThrough?.(operands.length, params).map((i) => operands[i]!) ?? operands

/** Lists the tangents of a node's operands, those through which none come being zero. */
const operandTangents = (
  { primitive, operands, params }: Node,
  tangentOf: ReadonlyMap<Node, Tangent>
): readonly Tangent[] => {
  const through = primitive.tangentsThrough?.(operands.length, params)
  return operands.map((x, i) => (through?.includes(i) === false ? undefined : tangentOf.get(x)) ?? zero(x))
}

/**
 * Computes the tangent of a node from those of its operands, by its primitive's jvp or, where it is linear, by
 * linearity.
 */
const tangentOfNode = (node: Node, tangents: readonly Tangent[]): Tangent => {
  if (tangents.every(isZero)) return zero(node)
  const { primitive, params, operands } = node
  if (primitive.jvp !== undefined) return primitive.jvp(o, operands, tangents, node, params)
  const linear = linearOperands(primitive, operands.length, params)
  const moved = linear.filter((i) => !isZero(tangents[i]!))
  if (moved.length === 0) return zero(node)
  if (!isSeparatelyLinear(primitive)) {
    const mixed: Tangent[] = [...operands]
    for (const i of linear) mixed[i] = tangents[i]!
    return callTangent(primitive, params, mixed, o.instantiate)
  }
  return moved
    .map((i) => callTangent(primitive, params, operands.with(i, tangents[i] as Node), o.instantiate))
    .reduce((sum, term) => o.add(sum, term))
}

/**
 * Pushes tangents forward: those of a program's outputs, given those of its inputs; values of surrounding traces have
 * none. Forward mode: every node is visited once, and nothing is transposed.
 */
export const pushforward = (program: Program, tangents: readonly Tangent[]): readonly Tangent[] => {
  const tangentOf = new Map<Node, Tangent>(program.inputs.map((node, i) => [node, tangents[i]!]))
  const since = operandsSince(program.inputs)
  const order = nodesOf(program.outputs, (node) =>
    tangentOf.has(node) || since(node).length === 0 ? [] : movingOperands(node)
  )
  for (const node of order) {
    if (tangentOf.has(node)) continue
    tangentOf.set(node, tangentOfNode(node, operandTangents(node, tangentOf)))
  }
  return program.outputs.map((node) => tangentOf.get(node)!)
}
