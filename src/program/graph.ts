import { fail } from '../tensor/error.ts'
import type { DType } from '../tensor/dtype.ts'
import type { Aval, Tensor } from '../tensor/tensor.ts'
import { requireNumbers } from '../tensor/arguments.ts'
import { constant, input, literal } from './leaves.ts'
import type { Graph, Node } from './node.ts'
import { isNode, makeNode } from './node.ts'
import type { AnyPrimitive, Params } from './primitive.ts'
import type { Vocabulary } from './vocabulary.ts'

let active: Graph | undefined

/** Returns the graph of the trace that is running, if one is. */
export const activeGraph = (): Graph | undefined => active

export const openGraph = (vocabulary: Vocabulary): Graph => ({
  vocabulary,
  nodes: new Map(),
  plain: new Map(),
  constants: new Map(),
  written: new Set(),
  count: 0
})

/** Runs `body` with `graph` (or none: then ops are eager) as the running trace. */
export const within = <A>(graph: Graph | undefined, body: () => A): A => {
  const outer = active
  active = graph
  try {
    return body()
  } finally {
    active = outer
  }
}

const add = (graph: Graph, primitive: AnyPrimitive, params: Params, operands: readonly Node[], aval: Aval): Node =>
  makeNode(graph, graph.count++, primitive, params, operands, aval)

export const makeInput = (graph: Graph, aval: Aval, label: string): Node =>
  add(graph, input, { label, aval }, [], { shape: aval.shape, dtype: aval.dtype })

const numberKey = (value: number): string => (Object.is(value, -0) ? '-0' : String(value))

export const makeLiteral = (graph: Graph, value: number, dtype: DType): Node => {
  const key = `literal ${dtype} ${numberKey(value)}`
  const known = graph.nodes.get(key)
  if (known !== undefined) return known
  const node = add(graph, literal, { value, dtype }, [], { shape: [], dtype })
  graph.nodes.set(key, node)
  return node
}

const makeConstant = (graph: Graph, tensor: Tensor): Node => {
  if (tensor.shape.length === 0 && tensor.data.length === 1) return makeLiteral(graph, tensor.data[0]!, tensor.dtype)
  const known = graph.constants.get(tensor.data) ?? new Map<string, Node>()
  graph.constants.set(tensor.data, known)
  const key = `${tensor.dtype} ${tensor.shape.join()}`
  const node =
    known.get(key) ??
    add(graph, constant, { tensor: { ...tensor, data: tensor.data.slice() } }, [], {
      shape: tensor.shape,
      dtype: tensor.dtype
    })
  known.set(key, node)
  return node
}

const escaped = (op: string, node: Node): never =>
  fail('EscapedValue', {
    op,
    expected: 'values of the trace that is running',
    actual: `${node.primitive.name} #${String(node.id)} of a trace that has ended`,
    hint: 'A traced value was kept (in a variable outside, say) after its function returned: return it from the function instead'
  })

/** Makes a tensor or number a node of the running trace. */
export const lift = (graph: Graph, x: Tensor | number, op: string): Node => {
  if (typeof x === 'number') return makeLiteral(graph, x, 'float32')
  if (!isNode(x)) {
    requireNumbers(op, x)
    return makeConstant(graph, x)
  }
  return x.graph === graph ? x : escaped(op, x)
}

/** Refuses a node where no trace runs, and a tensor without its numbers. */
export const refuseUnusable = (x: Tensor, op: string): void => {
  if (isNode(x)) escaped(op, x)
  else requireNumbers(op, x)
}

/** Tells whether a primitive has no parameters. */
export const isEmpty = (params: Params): boolean => {
  for (const _ in params) return false
  return true
}

/** Numbers of nodes below which a pair of them is one number. */
const pairs = 2 ** 26

/** Returns the table in which nodes of a primitive without parameters are found by the numbers of their one or two operands. */
const tableOf = (graph: Graph, primitive: AnyPrimitive): Map<number, Node> => {
  const known = graph.plain.get(primitive)
  if (known !== undefined) return known
  const made = new Map<number, Node>()
  graph.plain.set(primitive, made)
  return made
}

const internPlain = (
  graph: Graph,
  primitive: AnyPrimitive,
  params: Params,
  operands: readonly Node[],
  aval: Aval | undefined
): Node => {
  const [x, y] = operands as readonly [Node, Node?]
  const key = y === undefined ? x.id : (x.id + 1) * pairs + y.id
  const table = tableOf(graph, primitive)
  const known = table.get(key)
  if (known !== undefined) return known
  const node = add(graph, primitive, params, operands, aval ?? primitive.shape(operands, params))
  table.set(key, node)
  return node
}

/**
 * Returns the node of a primitive on operands: the known one, if there is one. `aval` is what its shape rule gives, where that is known
 * already.
 */
export const intern = (
  graph: Graph,
  primitive: AnyPrimitive,
  params: Params,
  operands: readonly Node[],
  aval?: Aval
): Node => {
  const { length } = operands
  if ((length === 1 || length === 2) && graph.count < pairs && isEmpty(params))
    return internPlain(graph, primitive, params, operands, aval)
  let key = primitive.name
  for (const operand of operands) key += ` ${String(operand.id)}`
  for (const name in params) key += `|${name}:${JSON.stringify(params[name])}`
  const known = graph.nodes.get(key)
  if (known !== undefined) return known
  const node = add(graph, primitive, params, operands, aval ?? primitive.shape(operands, params))
  graph.nodes.set(key, node)
  return node
}
