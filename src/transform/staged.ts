import { o } from '../primitives/vocabulary.ts'
import { prepare } from '../program/evaluate.ts'
import type { Graph } from '../program/graph.ts'
import { activeGraph, openGraph } from '../program/graph.ts'
import { isNode } from '../program/node.ts'
import { constant } from '../program/leaves.ts'
import { closeProgram, nodesOf } from '../program/program.ts'
import { rebuildResult, traceInto } from '../program/trace.ts'
import type { Precision } from '../tensor/dtype.ts'
import { precisionOf } from '../tensor/dtype.ts'
import { fail } from '../tensor/error.ts'
import type { Aval, Tensor } from '../tensor/tensor.ts'
import type { Leaf } from '../tensor/tree.ts'
import { flatten, flattenTensors, unflatten } from '../tensor/tree.ts'

/**
 * Runs `body`, which needs a trace, on `args`: inside a trace as part of it, outside in a trace of its own whose
 * program is evaluated at once by the reference evaluator. The tensors of `args` become the program's inputs.
 */
export const staged = <Args extends readonly unknown[], R>(
  op: string,
  args: Args,
  body: (graph: Graph, args: Args) => R,
  precision?: Precision
): R => {
  const graph = activeGraph()
  return graph === undefined ? evaluateNow(op, args, body, precision) : body(graph, args)
}

/** The same, always in a trace of its own. */
export const evaluateNow = <Args extends readonly unknown[], R>(
  op: string,
  args: Args,
  body: (graph: Graph, args: Args) => R,
  precision?: Precision
): R => {
  const { leaves, structure } = flattenTensors(args)
  const escaped = leaves.find(isNode)
  if (escaped !== undefined)
    fail('EscapedValue', {
      op,
      expected: 'tensors with numbers',
      actual: `a value of another trace (${escaped.primitive.name})`,
      hint: 'A traced value was kept after its function returned, or evaluate was called inside a trace'
    })
  const graph = openGraph(o)
  const traced = traceInto(graph, leaves, (inputs) => body(graph, unflatten(structure, inputs) as Args), op)
  const { inputs, outputs } = closeProgram(traced.program.inputs, traced.program.outputs, op)
  const arrays = leaves.map((leaf) => leaf.data)
  const captured = nodesOf(outputs).flatMap((node) =>
    node.primitive === constant ? [node.params['tensor'] as Tensor] : []
  )
  const found = precisionOf([...arrays, ...captured.map(({ data }) => data)])
  const results = prepare({ inputs, outputs }, precision ?? found)(arrays)
  const tensors = outputs.map(({ shape, dtype }, i): Tensor => ({ shape, dtype, data: results[i]! }))
  return rebuildResult(traced, tensors) as R
}

/** A leaf as a tensor: a number is a float32 scalar, which inside a trace is a literal and stays a double. */
export const asTensor = (leaf: Leaf): Tensor => (typeof leaf === 'number' ? o.full([], leaf) : leaf)

/** Leaves of a tree of tensors and numbers, as tensors. */
export const tensorsOf = (
  tree: unknown,
  op: string
): { leaves: readonly Tensor[]; rebuild: (leaves: readonly unknown[]) => unknown } => {
  const { leaves, structure } = flatten(tree, op)
  return { leaves: leaves.map(asTensor), rebuild: (values) => unflatten(structure, values) }
}

export const drawAvals = (avals: readonly Aval[]): string =>
  avals.map(({ dtype, shape }) => `${dtype}[${shape.join(', ')}]`).join(', ') || 'nothing'
