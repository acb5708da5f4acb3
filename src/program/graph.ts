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
  constants: new Map(),
  written: new Set(),
  users: [],
  next: [],
  walks: [],
  count: 0,
  inputs: 0
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

const add = (graph: Graph, primitive: AnyPrimitive, params: Params, operands: readonly Node[], aval: Aval): Node => {
  graph.users.push(undefined)
  graph.next.push(undefined)
  graph.walks.push(0)
  return makeNode(graph, graph.count++, primitive, params, operands, aval)
}

export const makeInput = (graph: Graph, aval: Aval, label: string): Node => {
  graph.inputs++
  return add(graph, input, { label, aval }, [], { shape: aval.shape, dtype: aval.dtype })
}

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

/** Writes the parameters by which two nodes of one primitive on the same operands are told apart. */
const textOf = (params: Params): string => {
  let text = ''
  for (const name in params) text += `|${name}:${JSON.stringify(params[name])}`
  return text
}

/** Tests whether a node is this primitive with these parameters on these operands. */
const isApplication = (node: Node, primitive: AnyPrimitive, params: Params, operands: readonly Node[]): boolean => {
  if (node.primitive !== primitive || node.operands.length !== operands.length) return false
  for (let i = 0; i < operands.length; i++) if (node.operands[i] !== operands[i]) return false
  return node.params === params || textOf(node.params) === textOf(params)
}

/** How many nodes hang in one chain at most. */
const longest = 8

const internByText = (
  graph: Graph,
  primitive: AnyPrimitive,
  params: Params,
  operands: readonly Node[],
  aval: Aval | undefined
): Node => {
  const key = `${primitive.name} ${operands.map(({ id }) => id).join(' ')}${textOf(params)}`
  const known = graph.nodes.get(key)
  if (known !== undefined) return known
  const node = add(graph, primitive, params, operands, aval ?? primitive.shape(operands, params))
  graph.nodes.set(key, node)
  return node
}

/**
 * Returns the node of a primitive on operands: the known one, if there is one. `aval` is what its shape rule gives, where that is known
 * already. Nodes hang in a chain from the first of their operands whose chain has room, and are found by text where none has: most
 * have few users, and a table of a whole trace would cost more than all else in it.
 */
export const intern = (
  graph: Graph,
  primitive: AnyPrimitive,
  params: Params,
  operands: readonly Node[],
  aval?: Aval
): Node => {
  const { users, next } = graph
  for (const { id } of operands) {
    let length = 0
    for (let node = users[id]; node !== undefined; node = next[node.id]) {
      if (isApplication(node, primitive, params, operands)) return node
      length++
    }
    if (length === longest) continue
    const node = add(graph, primitive, params, operands, aval ?? primitive.shape(operands, params))
    next[node.id] = users[id]
    users[id] = node
    return node
  }
  return internByText(graph, primitive, params, operands, aval)
}
