import { elementCost } from '../../compiler/cost.ts'
import { expressionsIn } from '../../nest/substitute.ts'
import type { Node } from '../../program/node.ts'
import { nodesOf } from '../../program/program.ts'
import { sizeOf } from '../../tensor/shape.ts'

/** Nanoseconds that computing an element anew may take: about what writing and reading it takes. */
const cheap = 1

/** Bytes that an array of its own counts for, however small it is. */
const arrayBytes = 64

const bytesOf = ({ shape, dtype }: Node): number => arrayBytes + sizeOf(shape) * (dtype === 'int32' ? 16 : 4)

/** Whether a value is computed sooner from its operands than it is written and read. */
const isCheap = (node: Node): boolean => {
  const lowering = node.primitive.lower(node.operands, node, node.params)
  if (lowering.kind !== 'nest') return lowering.kind === 'alias'
  if (lowering.reduction !== undefined) return false
  return expressionsIn([lowering.body]).reduce((sum, e) => sum + elementCost(e), 0) <= cheap
}

interface Edge {
  readonly to: number
  capacity: number
  /** The number of the edge that goes back. */
  readonly back: number
}

/** Holds a network of pipes; edges 2k and 2k + 1 are one pipe, there and back. */
const createNetwork = (points: number) => {
  const edges: Edge[] = []
  const from = Array.from({ length: points }, (): number[] => [])
  const connect = (a: number, b: number, capacity: number): void => {
    from[a]!.push(edges.length)
    from[b]!.push(edges.length + 1)
    edges.push({ to: b, capacity, back: edges.length + 1 }, { to: a, capacity: 0, back: edges.length })
  }

  /** Finds a shortest way that is not full, as edges in reverse; undefined where there is none. */
  const way = (source: number, sink: number): readonly number[] | undefined => {
    const by = new Int32Array(points).fill(-1)
    const queue = [source]
    for (const at of queue)
      for (const e of from[at]!) {
        const { to, capacity } = edges[e]!
        if (capacity <= 0 || by[to] !== -1 || to === source) continue
        by[to] = e
        if (to !== sink) {
          queue.push(to)
          continue
        }
        const path: number[] = []
        for (let x = sink; x !== source; x = edges[edges[by[x]!]!.back]!.to) path.push(by[x]!)
        return path
      }
    return undefined
  }

  /** Fills the pipes, and returns the points from which the sink can still be reached: those behind the last narrow places. */
  const behindCut = (source: number, sink: number): ReadonlySet<number> => {
    for (let path = way(source, sink); path !== undefined; path = way(source, sink)) {
      const flow = Math.min(...path.map((e) => edges[e]!.capacity))
      for (const e of path) {
        edges[e]!.capacity -= flow
        edges[edges[e]!.back]!.capacity += flow
      }
    }
    const reached = new Set([sink])
    for (const at of reached)
      for (const e of from[at]!) if (edges[edges[e]!.back]!.capacity > 0) reached.add(edges[e]!.to)
    return reached
  }
  return { connect, behindCut }
}

/**
 * Chooses the values of fewest bytes from which all that is needed can be computed by cheap work: a least cut between what only the
 * forward pass computes and what the backward pass reads. What depends on a mark of `checkpoint` is computed anew whatever
 * it takes. Values that `varies` denies are there in both passes.
 *
 * @see Ford and Fulkerson, Maximal flow through a network (1956)
 */
export const leastKept = (needed: readonly Node[], varies: (node: Node) => boolean): readonly Node[] => {
  const order = nodesOf(needed, (node) => node.operands.filter(varies)).filter(varies)
  const numbers = new Map(order.map((node, i) => [node, i]))
  const again = new Set<Node>()
  const { connect, behindCut } = createNetwork(2 * order.length + 2)
  const [source, sink] = [2 * order.length, 2 * order.length + 1]
  order.forEach((node, i) => {
    const operands = node.operands.filter((x) => numbers.has(x))
    if (node.primitive.identity === 'kept' || operands.some((x) => again.has(x))) again.add(node)
    connect(2 * i, 2 * i + 1, bytesOf(node))
    if (!again.has(node) && !isCheap(node)) connect(source, 2 * i, Infinity)
    else for (const x of operands) connect(2 * numbers.get(x)! + 1, 2 * i, Infinity)
  })
  for (const node of needed) if (varies(node)) connect(2 * numbers.get(node)! + 1, sink, Infinity)
  const behind = behindCut(source, sink)
  return order.filter((_, i) => !behind.has(2 * i) && behind.has(2 * i + 1))
}
