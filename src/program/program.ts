import { fail } from '../tensor/error.ts'
import { equalShapes } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { call } from './call.ts'
import type { Graph } from './node.ts'
import { intern, lift, makeLiteral } from './graph.ts'
import { constant, input, literal } from './leaves.ts'
import type { Node } from './node.ts'
import { enters, nextWalk } from './node.ts'
import { showAval } from '../tensor/tensor.ts'

/** A closed function of its inputs: immutable data, which can be printed, hashed, evaluated and transformed. */
export interface Program {
  readonly inputs: readonly Node[]
  readonly outputs: readonly Node[]
}

/** Lists the nodes that `outputs` need, operands before users. `through` narrows which operands are followed, and lists nothing itself. */
export const nodesOf = (
  outputs: readonly Node[],
  through: (node: Node) => readonly Node[] = (node) => node.operands
): readonly Node[] => {
  const walk = nextWalk()
  const order: Node[] = []
  // The way from an output to the node that is entered, and how many operands of each were seen.
  const way: Node[] = []
  const ahead: (readonly Node[])[] = []
  const seen: number[] = []
  const enter = (node: Node): void => {
    if (!enters(walk, node)) return
    way.push(node)
    ahead.push(through(node))
    seen.push(0)
  }
  for (const output of outputs) {
    enter(output)
    while (way.length > 0) {
      const top = way.length - 1
      const operand = ahead[top]![seen[top]!++]
      if (operand !== undefined) enter(operand)
      else {
        order.push(way.pop()!)
        ahead.pop()
        seen.pop()
      }
    }
  }
  return order
}

/** Makes the program of these inputs and outputs; an input of another, closed trace among its nodes is the error EscapedValue. */
export const closeProgram = (inputs: readonly Node[], outputs: readonly Node[], op: string): Program => {
  const own = new Set(inputs)
  // Where there are no others, none is among its nodes.
  if (outputs.every(({ graph }) => graph.inputs === own.size)) return { inputs, outputs }
  for (const node of nodesOf(outputs))
    if (node.primitive === input && !own.has(node))
      fail('EscapedValue', {
        op,
        expected: 'a result that depends on its own inputs alone',
        actual: `a result that needs ${String(node.params['label'])} ${showAval(node)}, whose trace has ended`,
        hint: 'A traced value was kept after its function returned: return it instead. A rule of customJvp or customVjp keeps what it closes over: pass that as an argument'
      })
  return { inputs, outputs }
}

/** Finds the nodes among `order` that depend on one of `sources`. */
export const dependents = (order: readonly Node[], sources: readonly Node[]): ReadonlySet<Node> => {
  const found = new Set(sources)
  for (const node of order)
    for (const x of node.operands)
      if (found.has(x)) {
        found.add(node)
        break
      }
  return found
}

/**
 * Operands that may depend on one of `sources`: a node is younger than whatever it depends on, so walks that follow
 * dependence stop at nodes older than all sources, instead of going through the whole history of a trace.
 */
export const operandsSince = (sources: readonly Node[]): ((node: Node) => readonly Node[]) => {
  const eldest = sources.reduce((least, { id }) => Math.min(least, id), Infinity)
  return (node) => (node.id > eldest ? node.operands : [])
}

const equalAvals = (a: Node, b: Node): boolean => a.dtype === b.dtype && equalShapes(a.shape, b.shape)

/**
 * Computes `outputs`, and all that they need, with each node of `from` replaced by the tensor of `to` beside it, in the running
 * trace; returns what stands for a node.
 */
export const substitution = (
  graph: Graph,
  outputs: readonly Node[],
  from: readonly Node[],
  to: readonly Tensor[]
): ((node: Node) => Node) => {
  const replaced = new Map<Node, Node>(from.map((node, i) => [node, lift(graph, to[i]!, 'substitute')]))
  const since = operandsSince(from)
  // Of inputs in place of inputs nothing is simpler than it was.
  const isRenaming = [...replaced].every(([node, x]) => x.primitive === input && equalAvals(node, x))
  for (const node of nodesOf(outputs, (n) => (replaced.has(n) ? [] : since(n)))) {
    if (replaced.has(node)) continue
    const operands = node.operands.map((x) => replaced.get(x) ?? x)
    let same = true
    for (let i = 0; i < operands.length; i++) same &&= operands[i] === node.operands[i]
    if (same) replaced.set(node, node)
    else if (isRenaming) replaced.set(node, intern(graph, node.primitive, node.params, operands, node))
    else replaced.set(node, call(node.primitive, node.params, operands) as Node)
  }
  return (node) => replaced.get(node) ?? node
}

/** Computes `outputs` with each node of `from` replaced by the tensor of `to` beside it, in the running trace. */
export const substitute = (
  graph: Graph,
  outputs: readonly Node[],
  from: readonly Node[],
  to: readonly Tensor[]
): readonly Node[] => outputs.map(substitution(graph, outputs, from, to))

/**
 * Makes every node of a program anew in another graph, through `rewrite`, which may return another value for it. The
 * inputs may be any of its nodes: what only they need stays behind. `operandsOf` may name other values than its operands that a
 * node is made of.
 */
export const rebuild = (
  graph: Graph,
  program: Program,
  inputs: readonly Node[],
  rewrite: (node: Node, operands: readonly Node[]) => Tensor = (node, operands) =>
    call(node.primitive, node.params, operands),
  operandsOf: (node: Node) => readonly Node[] = (node) => node.operands
): Program => {
  const made = new Map<Node, Node>(program.inputs.map((node, i) => [node, inputs[i]!]))
  for (const node of nodesOf(program.outputs, (n) => (made.has(n) ? [] : operandsOf(n)))) {
    if (made.has(node)) continue
    made.set(
      node,
      node.primitive === literal
        ? makeLiteral(graph, node.params['value'] as number, node.dtype)
        : node.primitive === constant
          ? lift(graph, node.params['tensor'] as Tensor, 'constant')
          : lift(
              graph,
              rewrite(
                node,
                operandsOf(node).map((x) => made.get(x)!)
              ),
              node.primitive.name
            )
    )
  }
  return { inputs, outputs: program.outputs.map((node) => made.get(node)!) }
}

/** Makes a program anew over inputs like its own: as nothing is simpler than it was, no shape or simplification is asked for. */
export const renamed = (graph: Graph, program: Program, inputs: readonly Node[]): Program =>
  rebuild(graph, program, inputs, (node, operands) => intern(graph, node.primitive, node.params, operands, node))

/** Counts the nodes of each primitive that a program needs, inputs aside. */
export const countNodes = (program: Program): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {}
  for (const { primitive } of nodesOf(program.outputs))
    if (primitive !== input) counts[primitive.name] = (counts[primitive.name] ?? 0) + 1
  return counts
}
