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
import { refuseWithoutNumbers, tensorsOf } from './staged.ts'

/**
 * A function evaluated once at its primals: its results, the residuals stored there, and a way to apply a program derived
 * from it (its linear map, say) to later inputs.
 */
export interface Evaluated {
  readonly results: readonly Tensor[]
  /** Values computed from the primals that the derived program needs. */
  readonly residuals: readonly Tensor[]
  /** Computes the derived program's results for later inputs (one tensor each) as nodes of `graph`, given the residuals. */
  readonly apply: (graph: Graph, residuals: readonly Tensor[], later: readonly Tensor[]) => readonly Tensor[]
}

/**
 * Finds the values that do not depend on the program's inputs, `later`, but that its nodes or results need. Literals and
 * constants are not among them: the program holds them itself.
 */
const residualsOf = ({ inputs: later, outputs }: Program): readonly Node[] => {
  const order = nodesOf(outputs)
  const late = dependents(order, later)
  const read = order.filter((node) => late.has(node)).flatMap(({ operands }) => operands)
  const isLeaf = ({ primitive }: Node): boolean => primitive === literal || primitive === constant
  return [...new Set([...read, ...outputs])].filter((node) => !late.has(node) && !isLeaf(node))
}

/**
 * Calls `f` once, outside any trace, and evaluates its results and the residuals of the program that `derive` builds in
 * f's trace, over inputs of its own: the linear map at these primals, say. Later writes into the primals' arrays, or into
 * what f captured, change nothing.
 *
 * @param op the name of the caller, for messages
 * @throws EscapedValue where a value of another trace is among the primals or is needed for results; AsyncTrace where f
 *   returns a promise
 */
export const evaluateOnce = (
  op: string,
  f: (...args: never[]) => unknown,
  primals: readonly unknown[],
  derive: (graph: Graph, traced: Traced) => Program
): Evaluated & { readonly traced: Traced } => {
  const { leaves, rebuild: tree } = tensorsOf(primals, op)
  refuseWithoutNumbers(op, leaves)
  const graph = openGraph(o)
  const traced = traceInto(graph, leaves, (inputs) => f(...(tree(inputs) as never[])), op)
  const { inputs, outputs } = traced.program
  const later = within(graph, () => derive(graph, traced))
  const kept = residualsOf(later)
  // Called for its check alone: neither program needs an input of another trace.
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
