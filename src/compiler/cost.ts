import type { Scalar } from '../nest/expression.ts'
import { expressionsIn } from '../nest/substitute.ts'
import type { Node } from '../program/node.ts'
import { sizeOf } from '../tensor/shape.ts'
import { workOf } from './fuse/work.ts'

/** Costs of arithmetic in units of one element's way between memory and a register. */
const unaryCosts: Readonly<Record<string, number>> = {
  neg: 0.2,
  abs: 0.2,
  sign: 0.5,
  floor: 0.5,
  sqrt: 2
}
const transcendental = 8
const binaryCosts: Readonly<Record<string, number>> = { div: 1.5, pow: 20, floorDivide: 1.5, modulo: 1.5 }
const plain = 0.25

/** Of one operation, its operands aside. */
export const costOf = (e: Scalar): number => {
  switch (e.kind) {
    case 'unary':
      return unaryCosts[e.name] ?? transcendental
    case 'binary':
      return binaryCosts[e.name] ?? plain
    case 'compare':
    case 'select':
    case 'convert':
      return plain
    default:
      return 0
  }
}

/** What one element of a node costs besides its operands, and how many operations that is. */
export interface Cost {
  readonly time: number
  readonly operations: number
}

const costs = new Map<string, Cost>()

/** Of the nodes that are one expression an element. Those of one primitive, rank and parameters cost the same. */
export const mapCost = (node: Node): Cost => {
  const work = workOf(node)
  if (work.kind !== 'map' || work.view) return { time: 0, operations: 1 }
  const key = `${node.primitive.name} ${String(node.operands.length)} ${node.dtype} ${String(node.shape.length)}`
  const known = costs.get(key)
  if (known !== undefined) return known
  const expressions = expressionsIn([work.nest.body])
  const cost = {
    time: expressions.reduce((sum, e) => sum + costOf(e), 0),
    operations: expressions.filter(({ kind }) => kind !== 'axis' && kind !== 'literal').length
  }
  costs.set(key, cost)
  return cost
}

/** How many times the body of a stored node is computed. */
export const pointsOf = (node: Node): number => {
  const work = workOf(node)
  const extents = work.kind === 'reduction' ? (work.nest.reduction?.extents ?? []) : []
  return sizeOf(node.shape) * sizeOf(extents)
}
