import type { Aval, Tensor } from '../tensor/tensor.ts'
import { fail } from '../tensor/error.ts'
import type { Data } from '../tensor/dtype.ts'
import { showShape } from '../tensor/shape.ts'
import type { AnyPrimitive, Params } from './primitive.ts'
import type { Vocabulary } from './vocabulary.ts'
import { showAval } from '../tensor/tensor.ts'

/**
 * A value of a Program: one primitive applied to other values. Nodes are immutable and hash-consed, so equal nodes of
 * a graph are one node. To the function that is traced a node is a Tensor, whose numbers are not there yet.
 */
export interface Node extends Tensor {
  readonly id: number
  readonly primitive: AnyPrimitive
  readonly params: Params
  readonly operands: readonly Node[]
  readonly graph: Graph
}

/** The intern table of one outermost trace. Mutable, and private to that trace. */
export interface Graph {
  readonly vocabulary: Vocabulary
  /** Nodes that hang in no chain, by their text. */
  readonly nodes: Map<string, Node>
  readonly constants: Map<Data, Map<string, Node>>
  /** Arrays that were written as plain numbers inside this trace: doubles, whatever the precision of the evaluation. */
  readonly written: Set<Data>
  /** For each node, by number, the chain of nodes that are found by this operand of theirs, ... */
  readonly users: (Node | undefined)[]
  /** ... the next one in the chain that it hangs in itself, ... */
  readonly next: (Node | undefined)[]
  /** ... and the last walk that came by. */
  readonly walks: number[]
  count: number
  /** How many of the nodes are inputs. */
  inputs: number
}

const drawTraced = ({ dtype, shape }: Aval): string => `traced ${dtype}${showShape(shape)}`

const traced = {
  /** In text a node is its shape and dtype; with operators of the language nothing can be computed from it. */
  [Symbol.toPrimitive](wanted: 'string' | 'number' | 'default'): string {
    const node = this as unknown as Node
    if (wanted === 'string') return drawTraced(node)
    return fail('TracedRead', {
      op: node.primitive.name,
      expected: 'a number',
      actual: `a ${drawTraced(node)}`,
      hint: 'Operators of the language do not see traced values: write mul(x, 2) for x * 2, where(greater(x, 0), a, b) for a choice'
    })
  },
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return drawTraced(this as unknown as Node)
  },
  get data(): Data {
    const node = this as unknown as Node
    return fail('TracedRead', {
      op: node.primitive.name,
      expected: 'a tensor with numbers',
      actual: `a traced value ${showAval(node)}`,
      hint: 'Inside grad, vmap, compile and the like a tensor stands for a value to come: return it, and read its data outside'
    })
  }
}

export const makeNode = (
  graph: Graph,
  id: number,
  primitive: AnyPrimitive,
  params: Params,
  operands: readonly Node[],
  aval: Aval
): Node =>
  // The getter sits on a prototype, so that a node weighs no closure and spreading one never reads it.
  ({
    __proto__: traced,
    id,
    primitive,
    params,
    operands,
    graph,
    shape: aval.shape,
    dtype: aval.dtype
  }) as unknown as Node

let walks = 0

/** Begins a walk through nodes: it ends before the next one begins. */
export const nextWalk = (): number => ++walks

/** Whether a walk comes to the node for the first time. A mark costs a tenth of what a set of visited nodes does. */
export const enters = (walk: number, node: Node): boolean => {
  const { graph, id } = node
  if (graph.walks[id] === walk) return false
  graph.walks[id] = walk
  return true
}

export const isNode = (x: unknown): x is Node => typeof x === 'object' && x !== null && 'graph' in x
