import { o } from '../primitives/vocabulary.ts'
import { prepare } from '../program/evaluate.ts'
import { lift, openGraph, within } from '../program/graph.ts'
import { constant, literal } from '../program/leaves.ts'
import type { Graph, Node } from '../program/node.ts'
import type { Program } from '../program/program.ts'
import { closeProgram, dependents, nodesOf, rebuild } from '../program/program.ts'
import type { Traced } from '../program/trace.ts'
import { traceInto } from '../program/trace.ts'
import { precisionOf } from '../tensor/dtype.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { refuseTracedLeaves, tensorsOf } from './staged.ts'

/** What is left of a function at its primals: its results' numbers, and a program of later inputs on stored residuals. */
export interface Taken {
  readonly results: readonly Tensor[]
  /** Values of the primals that the program needs. */
  readonly residuals: readonly Tensor[]
  /** Its results for later inputs (one tensor each), in the running trace, given the residuals as nodes of it. */
  readonly apply: (graph: Graph, residuals: readonly Tensor[], later: readonly Tensor[]) => readonly Tensor[]
}

/** Values that nodes which depend on `later` take from those that do not, and results that do not. */
const residualsOf = ({ inputs: later, outputs }: Program): readonly Node[] => {
  const order = nodesOf(outputs)
  const late = dependents(order, later)
  const read = order.filter((node) => late.has(node)).flatMap(({ operands }) => operands)
  const isLeaf = ({ primitive }: Node): boolean => primitive === literal || primitive === constant
  return [...new Set([...read, ...outputs])].filter((node) => !late.has(node) && !isLeaf(node))
}

/**
 * Calls `f` once, outside any trace, and evaluates its results and the residuals of `program`, which gives a program over
 * inputs of its own in f's trace: the linear map at these primals. What becomes of the primals' arrays or of what f
 * captured later changes nothing.
 */
export const takeOnce = (
  op: string,
  f: (...args: never[]) => unknown,
  primals: readonly unknown[],
  program: (graph: Graph, traced: Traced) => Program
): Taken & { readonly traced: Traced } => {
  const { leaves, rebuild: tree } = tensorsOf(primals, op)
  refuseTracedLeaves(op, leaves)
  const graph = openGraph(o)
  const traced = traceInto(graph, leaves, (inputs) => f(...(tree(inputs) as never[])), op)
  const { inputs, outputs } = traced.program
  const later = within(graph, () => program(graph, traced))
  const kept = residualsOf(later)
  closeProgram([...inputs, ...later.inputs], [...outputs, ...later.outputs], op)
  const arrays = leaves.map(({ data }) => data)
  const captured = [...graph.constants.keys()].filter((data) => !graph.written.has(data))
  const evaluate = prepare({ inputs, outputs: [...outputs, ...kept] }, precisionOf([...arrays, ...captured]))
  const computed = evaluate(arrays)
  const tensors = [...outputs, ...kept].map(({ shape, dtype }, i): Tensor => ({ shape, dtype, data: computed[i]! }))
  const from: Program = { inputs: [...kept, ...later.inputs], outputs: later.outputs }
  return {
    traced,
    results: tensors.slice(0, outputs.length),
    residuals: tensors.slice(outputs.length),
    apply: (into, residuals, given) =>
      rebuild(
        into,
        from,
        [...residuals, ...given].map((x) => lift(into, x, op))
      ).outputs
  }
}
