/**
 * What a point costs, roughly in nanoseconds a vector: enough to choose the axis of the lanes, to unroll, and to cut work.
 *
 * @category wasm
 */
import type { Loop, Collapsed } from './collapse.ts'
import { reachable } from './graph.ts'
import type { Node } from './graph.ts'

const unaryCost: Readonly<Record<string, number>> = {
  exp: 3.4,
  expm1: 4,
  log: 5.5,
  log1p: 7,
  sin: 6,
  cos: 6,
  tanh: 4.6,
  logistic: 4.6,
  softplus: 7,
  erf: 9,
  sqrt: 1.2
}
const binaryCost: Readonly<Record<string, number>> = {
  pow: 22,
  div: 1,
  floorDivide: 0.6,
  modulo: 0.7,
  max: 0.4,
  min: 0.4
}

const cheap = 0.13

/** Of a load whose lanes lie along `lane`. */
const loadCost = (node: Node & { kind: 'load' }, nodes: readonly Node[], lane: Loop): number => {
  if ((node.axes & lane.bit) === 0) return 0.02
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
    if (node.kind === 'unary') return sum + (unaryCost[node.name] ?? cheap)
    if (node.kind === 'binary') return sum + (binaryCost[node.name] ?? cheap)
    return sum + cheap
  }, 0.15 * roots.length)

/** Whether nothing but loads one behind the other and single instructions is computed along `lane`. */
export const isCheap = ({ nodes, roots }: Pick<Collapsed, 'nodes' | 'roots'>, lane: Loop): boolean =>
  reachable({ nodes, roots }).every((id) => {
    const node = nodes[id]!
    if ((node.axes & lane.bit) === 0) return true
    if (node.kind === 'load') return loadCost(node, nodes, lane) <= cheap
    if (node.kind === 'unary') return unaryCost[node.name] === undefined
    return node.kind !== 'binary' || binaryCost[node.name] === undefined
  })

/** Of a point, when vectors of four along `lane` cover it. */
export const pointCost = (work: Pick<Collapsed, 'nodes' | 'roots'>, lane: Loop): number =>
  (vectorCost(work, lane) * Math.ceil(lane.extent / 4)) / Math.max(lane.extent, 1)
