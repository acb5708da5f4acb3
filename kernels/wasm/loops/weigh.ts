/**
 * What a point costs, roughly in nanoseconds a vector: enough to choose the axis of the lanes, to unroll, and to cut work.
 *
 * @category wasm
 */
import { simpleVectorCost, vectorCostOf } from '../../../src/compiler/cost.ts'
import type { Loop, Collapsed } from './collapse.ts'
import { reachable } from './graph.ts'
import type { Node } from './graph.ts'
import { repeatedIn } from './repeats.ts'

/** Of a load whose lanes lie along `lane`. */
const loadCost = (node: Node & { kind: 'load' }, nodes: readonly Node[], lane: Loop): number => {
  if ((node.axes & lane.bit) === 0) return 0.02
  if (node.dtype !== 'bool' && repeatedIn(node.offset, nodes, lane) !== undefined) return simpleVectorCost
  const others = [...node.offset.terms.keys()].some((id) => id !== lane.id && (nodes[id]!.axes & lane.bit) !== 0)
  if (others) return 1
  const stride = node.offset.terms.get(lane.id)
  return stride === 1 ? 0.13 : stride === -1 ? 0.2 : 0.7
}

/** Of a vector of points whose lanes lie along `lane`. */
export const vectorCost = ({ nodes, roots }: Pick<Collapsed, 'nodes' | 'roots'>, lane: Loop): number =>
  reachable({ nodes, roots }).reduce((sum, id) => {
    const node = nodes[id]!
    if (node.kind === 'load') return sum + loadCost(node, nodes, lane)
    if ((node.axes & lane.bit) === 0) return sum
    if (node.kind === 'unary' || node.kind === 'binary') return sum + vectorCostOf(node.name)
    return sum + simpleVectorCost
  }, 0.15 * roots.length)

/** Whether nothing but loads one behind the other and single instructions is computed along `lane`. */
export const isCheap = ({ nodes, roots }: Pick<Collapsed, 'nodes' | 'roots'>, lane: Loop): boolean =>
  reachable({ nodes, roots }).every((id) => {
    const node = nodes[id]!
    if ((node.axes & lane.bit) === 0) return true
    if (node.kind === 'load') return loadCost(node, nodes, lane) <= simpleVectorCost
    return (node.kind !== 'unary' && node.kind !== 'binary') || vectorCostOf(node.name) <= simpleVectorCost
  })

/** Of a point, when vectors of four along `lane` cover it. */
export const pointCost = (work: Pick<Collapsed, 'nodes' | 'roots'>, lane: Loop): number =>
  (vectorCost(work, lane) * Math.ceil(lane.extent / 4)) / Math.max(lane.extent, 1)
