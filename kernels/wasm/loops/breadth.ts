/**
 * How many registers a vector of points takes. V8 moves all loads of a block to its front. It orders arithmetic by its
 * distance from the stores, so that the vectors of a round go through the same steps, each one step behind the one before.
 *
 * @category wasm
 */
import type { Loop, Collapsed } from './collapse.ts'
import { inputsOf, reachable } from './graph.ts'

export interface Breadth {
  /** Values of one vector that registers hold at once: as many as it loads, or the average over its steps if that is more. */
  readonly alive: number
  /** Values that all vectors share: constants, and those that do not vary along the lanes. */
  readonly shared: number
}

/** Counts the values in registers of a body whose lanes lie along `lane`. */
export const breadthOf = ({ nodes, roots }: Pick<Collapsed, 'nodes' | 'roots'>, lane: Loop): Breadth => {
  const order = reachable({ nodes, roots })
  /** How many steps before the stores a value is computed, and how many before them it is last used. */
  const distance = new Map(roots.map((root) => [root, 1]))
  const lastUse = new Map(roots.map((root) => [root, 0]))
  for (const id of order.toReversed()) {
    const own = distance.get(id)
    // A value that serves an address only is in no vector register.
    if (own === undefined || nodes[id]!.kind === 'load') continue
    for (const input of inputsOf(nodes[id]!)) {
      distance.set(input, Math.max(distance.get(input) ?? 0, own + 1))
      lastUse.set(input, Math.min(lastUse.get(input) ?? Infinity, own))
    }
  }
  const steps = Math.max(...distance.values())
  const values = order.filter((id) => distance.has(id))
  const moving = values.filter((id) => (nodes[id]!.axes & lane.bit) !== 0)
  const reads = moving.filter((id) => nodes[id]!.kind === 'load')
  const spans = moving.map((id) => (nodes[id]!.kind === 'load' ? steps : distance.get(id)!) - lastUse.get(id)!)
  return {
    alive: Math.max(1, reads.length, spans.reduce((sum, span) => sum + span, 0) / steps),
    shared: values.length - moving.length
  }
}
