/**
 * Joins neighbouring axes that every load and store goes along as if they were one: loops become fewer and longer.
 *
 * @category wasm
 */
import type { Shape } from '../../../src/tensor/shape.ts'
import { reachable } from './graph.ts'
import type { Graph, Node } from './graph.ts'
import type { Linear } from './linear.ts'

/** A loop over one axis, or over several that were joined. */
export interface Loop {
  /** Number of the axis's node in the graph. */
  readonly id: number
  readonly extent: number
  /** Its bit in Node.axes. */
  readonly bit: number
  /** Elements of an output from one point of the axis to the next; 0 for a reduced axis. */
  readonly stride: number
}

export interface Collapsed {
  readonly nodes: readonly Node[]
  readonly roots: readonly number[]
  readonly domain: readonly Loop[]
  readonly reduction: readonly Loop[]
}

/** Joins the axes of a graph: those of the outputs, `domain`, with strides `own` there, and reduced ones, `extents`. */
export const collapse = (graph: Graph, domain: Shape, extents: Shape, own: readonly number[]): Collapsed => {
  const order = reachable(graph)
  const { nodes } = graph
  const strides = [...own, ...extents.map(() => 0)]
  const raw = new Set<number>()
  const offsets: Linear[] = []
  for (const id of order) {
    const node = nodes[id]!
    if (node.kind === 'load') offsets.push(node.offset)
    else if (node.kind !== 'axis' && node.kind !== 'literal')
      for (const key of ['when', 'x', 'y'] as const) {
        const input = (node as unknown as Record<string, number | undefined>)[key]
        if (input !== undefined && nodes[input]!.kind === 'axis') raw.add(input)
      }
  }
  for (const root of graph.roots) raw.add(root)

  const merge = (from: number, to: number): { axes: Loop[]; gone: number[] } => {
    const axes: Loop[] = []
    const gone: number[] = []
    for (let n = from; n < to; n++) {
      const id = graph.axes[n]!
      if (id < 0) continue
      const { range } = nodes[id]!
      const axis = { id, extent: range.high + 1, bit: 1 << n, stride: strides[n]! }
      const outer = axes.at(-1)
      const joins =
        outer !== undefined &&
        !raw.has(outer.id) &&
        !raw.has(id) &&
        outer.stride === axis.stride * axis.extent &&
        offsets.every(({ terms }) => (terms.get(outer.id) ?? 0) === (terms.get(id) ?? 0) * axis.extent)
      if (joins) {
        axes.pop()
        gone.push(outer.id)
        axes.push({ ...axis, extent: outer.extent * axis.extent })
      } else axes.push(axis)
    }
    return { axes, gone }
  }
  const rank = domain.length
  const kept = merge(0, rank)
  const reduced = merge(rank, rank + extents.length)
  const gone = new Set([...kept.gone, ...reduced.gone])
  const extentOf = new Map([...kept.axes, ...reduced.axes].map(({ id, extent }) => [id, extent]))
  const rewrite = (node: Node, id: number): Node => {
    const extent = extentOf.get(id)
    if (extent !== undefined) return { ...node, range: { low: 0, high: extent - 1 } }
    if (node.kind !== 'load') return node
    const terms = new Map([...node.offset.terms].filter(([term]) => !gone.has(term)))
    return { ...node, offset: { ...node.offset, terms } }
  }
  const rewritten = nodes.map(rewrite)
  // Offsets name fewer axes now, so what depends on them depends on fewer.
  for (const id of order) {
    const node = rewritten[id]!
    if (node.kind === 'load')
      rewritten[id] = { ...node, axes: [...node.offset.terms.keys()].reduce((bits, t) => bits | rewritten[t]!.axes, 0) }
    else if (node.kind !== 'axis') {
      const inputs = (['when', 'x', 'y'] as const).map((key) => (node as unknown as Record<string, number>)[key])
      rewritten[id] = {
        ...node,
        axes: inputs.reduce<number>((bits, t) => bits | (t === undefined ? 0 : rewritten[t]!.axes), 0)
      }
    }
  }
  return { nodes: rewritten, roots: graph.roots, domain: kept.axes, reduction: reduced.axes }
}
