import type { Node } from '../../program/node.ts'
import type { Program } from '../../program/program.ts'
import { nodesOf } from '../../program/program.ts'

/** For each node the one in whose buffer its value lies: itself, unless it is an alias. */
export type Roots = ReadonlyMap<Node, Node>

/** The operand whose buffer an alias shares; undefined for what has its own. */
const aliasOf = (node: Node): Node | undefined => {
  const lowering = node.primitive.lower(node.operands, node, node.params)
  return lowering.kind === 'alias' ? node.operands[lowering.operand] : undefined
}

/** What has to be computed, operands before users, and where the value of each node lies: an alias needs one operand alone. */
export const rootsOf = (program: Program): { readonly order: readonly Node[]; readonly roots: Roots } => {
  const aliases = new Map<Node, Node | undefined>()
  const order = nodesOf(program.outputs, (node) => {
    const alias = aliasOf(node)
    aliases.set(node, alias)
    return alias === undefined ? node.operands : [alias]
  })
  const roots = new Map<Node, Node>()
  for (const node of order) {
    const alias = aliases.get(node)
    roots.set(node, alias === undefined ? node : roots.get(alias)!)
  }
  return { order, roots }
}
