import { expressionsIn } from '../../nest/substitute.ts'
import type { Node } from '../../program/node.ts'
import { sizeOf } from '../../tensor/shape.ts'
import { elementCost } from '../cost.ts'
import { patternOf } from './pattern.ts'

/** What one element of a node takes besides its operands: nanoseconds, and how many operations that is. */
export interface MapCost {
  readonly time: number
  readonly operations: number
}

const known = new Map<string, MapCost>()

/** Counts what one element of a map takes. Maps of one primitive, rank and number of operands take the same. */
export const mapCost = (node: Node): MapCost => {
  const pattern = patternOf(node)
  if (pattern.kind !== 'map' || pattern.view) return { time: 0, operations: 1 }
  const key = `${node.primitive.name} ${String(node.operands.length)} ${node.dtype} ${String(node.shape.length)}`
  const cost = known.get(key)
  if (cost !== undefined) return cost
  const expressions = expressionsIn([pattern.nest.body])
  const made = {
    time: expressions.reduce((sum, e) => sum + elementCost(e), 0),
    operations: expressions.filter(({ kind }) => kind !== 'axis' && kind !== 'literal').length
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
