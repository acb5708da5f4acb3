import { o } from '../primitives/vocabulary.ts'
import { callTangent } from '../program/call.ts'
import type { Node } from '../program/node.ts'
import type { Tangent } from '../program/tangent.ts'
import { isSeparatelyLinear, linearOperands } from '../program/primitive.ts'
import { isZero, zero } from '../program/tangent.ts'
import type { Program } from '../program/program.ts'
import { nodesOf, operandsSince } from '../program/program.ts'

/** Gives what stands for a node of a program where the program is applied. */
export type ValueOf = (node: Node) => Node

const itself: ValueOf = (node) => node

/** Lists the operands through which tangents come. */
const movingOperands = ({ primitive, operands, params }: Node): readonly Node[] =>
  primitive.tangentsThrough?.(operands.length, params).map((i) => operands[i]!) ?? operands

/** Lists the tangents of a node's operands, those through which none come being zero. */
const operandTangents = (
  { primitive, operands, params }: Node,
  tangentOf: ReadonlyMap<Node, Tangent>
): readonly Tangent[] => {
  const through = primitive.tangentsThrough?.(operands.length, params)
  return through === undefined
    ? operands.map((x) => tangentOf.get(x) ?? zero(x))
    : operands.map((x, i) => (through.includes(i) ? tangentOf.get(x) : undefined) ?? zero(x))
}

/**
 * Computes the tangent of a node from those of its operands, by its primitive's jvp or, where it is linear, by
 * linearity.
 */
const tangentOfNode = (node: Node, tangents: readonly Tangent[], valueOf: ValueOf): Tangent => {
  if (tangents.every(isZero)) return zero(node)
  const { primitive, params } = node
  const operands = node.operands.map(valueOf)
  if (primitive.jvp !== undefined) return primitive.jvp(o, operands, tangents, valueOf(node), params)
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
 * none. Forward mode: every node is visited once, and nothing is transposed. The rules read `valueOf` of the nodes: where the
 * program is applied to values in place of its inputs, which values move is seen in the program, and derivatives are made of the
 * values.
 */
export const pushforward = (
  program: Program,
  tangents: readonly Tangent[],
  valueOf: ValueOf = itself
): readonly Tangent[] => {
  const tangentOf = new Map<Node, Tangent>(program.inputs.map((node, i) => [node, tangents[i]!]))
  const since = operandsSince(program.inputs)
  const order = nodesOf(program.outputs, (node) =>
    tangentOf.has(node) || since(node).length === 0 ? [] : movingOperands(node)
  )
  for (const node of order) {
    if (tangentOf.has(node)) continue
    tangentOf.set(node, tangentOfNode(node, operandTangents(node, tangentOf), valueOf))
  }
  return program.outputs.map((node) => tangentOf.get(node)!)
}
