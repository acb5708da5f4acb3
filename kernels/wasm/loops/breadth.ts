/**
 * How many registers a vector of points takes. V8 reads all that a block reads first. Arithmetic it orders by distance
 * from the stores, one vector of a round a step behind the other.
 *
 * @category wasm
 */
import type { Loop, Collapsed } from './collapse.ts'
import { inputsOf, reachable } from './graph.ts'

export interface Breadth {
  /** Values of one vector that are alive at once: what it reads, or more where its arithmetic is broad, on average. */
  readonly alive: number
  /** Values that all vectors share: constants, and what does not vary along the lanes. */
  readonly shared: number
}

export const breadthOf = ({ nodes, roots }: Pick<Collapsed, 'nodes' | 'roots'>, lane: Loop): Breadth => {
  const order = reachable({ nodes, roots })
  /** Steps from the stores, and of the last value computed from this one. */
  const distance = new Map(roots.map((root) => [root, 1]))
  const lastUse = new Map(roots.map((root) => [root, 0]))
  for (const id of order.toReversed()) {
    const own = distance.get(id)
    // What only an address is made of has none.
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
