import type { Node } from '../../program/node.ts'
import type { Pattern } from './pattern.ts'
import { isAlias, patternOf } from './pattern.ts'

/** The most maps that are looked through on the way from a comparison to a reduction, and from there to what it reads. */
const mostMaps = 64

/** Returns the value that a node shows in another arrangement: itself if it is no view. */
const viewed = (node: Node): Node => {
  const isView = (pattern: Pattern): boolean => pattern.kind === 'alias' || (pattern.kind === 'map' && pattern.view)
  let at = node
  while (isView(patternOf(at))) at = at.operands[0]!
  return at
}

/** Lists some nodes and what they are maps of, down to values that are no maps, which are the last of their branches. */
const throughMaps = (nodes: readonly Node[]): ReadonlySet<Node> => {
  const found = new Set(nodes)
  // The set grows while it is walked.
  for (const node of found) {
    if (found.size > mostMaps) break
    if (patternOf(node).kind === 'map' || isAlias(node)) for (const operand of node.operands) found.add(operand)
  }
  return found
}

/**
 * Finds what has to be stored so that a comparison of a value with a reduction of itself (is it the maximum?) sees the bits
 * that the reduction saw: a device that contracts products and sums need not come to them again.
 */
export const comparedWithReductions = (order: readonly Node[]): readonly Node[] =>
  order
    .filter(({ primitive }) => primitive.name === 'compare')
    .flatMap(({ operands: [x, y] }) =>
      [
        [x!, y!],
        [y!, x!]
      ].flatMap(([value, other]) => {
        const reductions = [...throughMaps([other!])].filter((node) => patternOf(node).kind === 'reduction')
        if (reductions.length === 0) return []
        const own = viewed(value!)
        return throughMaps(reductions.flatMap(({ operands }) => operands)).has(own) ? [own] : []
      })
    )
