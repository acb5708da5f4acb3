import type { Scalar } from '../../nest/expression.ts'
import { expressionsIn, isLoad, partsOf } from '../../nest/substitute.ts'
import type { Node } from '../../program/node.ts'
import { sizeOf } from '../../tensor/shape.ts'
import { elementCost } from '../cost.ts'
import { patternOf } from './pattern.ts'

/** What one element of a node takes besides its operands: nanoseconds, and how many operations that is. */
export interface MapCost {
  readonly time: number
  readonly operations: number
  /** How many of the operations lie one within another at most. */
  readonly depth: number
}

/** Counts the operations on the longest way from the last of some expressions, listed parts first, to a load or a number. */
const depthOf = (expressions: readonly Scalar[]): number => {
  const depths = new Map<Scalar, number>()
  for (const e of expressions)
    depths.set(e, isLoad(e) ? 0 : partsOf(e).reduce((most, part) => Math.max(most, depths.get(part)! + 1), 0))
  return depths.get(expressions.at(-1)!)!
}

const known = new Map<string, MapCost>()

/** Counts what one element of a map takes. Maps of one primitive, rank and number of operands take the same. */
export const mapCost = (node: Node): MapCost => {
  const pattern = patternOf(node)
  if (pattern.kind !== 'map' || pattern.view) return { time: 0, operations: 1, depth: 1 }
  const key = `${node.primitive.name} ${String(node.operands.length)} ${node.dtype} ${String(node.shape.length)}`
  const cost = known.get(key)
  if (cost !== undefined) return cost
  const expressions = expressionsIn([pattern.nest.body])
  const made = {
    time: expressions.reduce((sum, e) => sum + elementCost(e), 0),
    operations: expressions.filter(({ kind }) => kind !== 'axis' && kind !== 'literal').length,
    depth: depthOf(expressions)
  }
  known.set(key, made)
  return made
}

/** Counts how many times the body of a stored node is computed: once an element, times the terms of its reduction. */
export const pointsOf = (node: Node): number => {
  const pattern = patternOf(node)
  const extents = pattern.kind === 'reduction' ? (pattern.nest.reduction?.extents ?? []) : []
  return sizeOf(node.shape) * sizeOf(extents)
}
