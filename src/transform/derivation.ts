import { activeGraph } from '../program/graph.ts'
import type { Graph } from '../program/node.ts'
import type { Program } from '../program/program.ts'
import { substitute, substitution } from '../program/program.ts'
import type { Traced } from '../program/trace.ts'
import { rebuildResult, traceInto } from '../program/trace.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { splitAux } from './aux.ts'
import type { ValueOf } from './pushforward.ts'
import { evaluateOnce } from './residuals.ts'
import type { Leaves } from './staged.ts'
import { staged, tensorsOf } from './staged.ts'

/** A function at its primals, called once, and a program derived from it there: its linear map, say. */
export interface Derivation {
  readonly primals: Leaves
  /** What f gives, without and with its numbers. */
  readonly result: Traced
  readonly y: unknown
  readonly aux: unknown
  /** Applies the derived program to what is given later, which `read` turns into its inputs and `rebuild` makes the result of. */
  readonly apply: (
    given: unknown,
    read: (given: unknown) => readonly Tensor[],
    rebuild: (outputs: readonly Tensor[]) => unknown
  ) => unknown
}

/**
 * Calls f at its primals, of whose result y alone counts where it is `[y, aux]`, and derives a program from it there, over inputs
 * of its own. Inside a trace both become part of it; outside, f's values are stored, and what is given later is applied to
 * them.
 */
export const derivation = (
  op: string,
  f: (...args: never[]) => unknown,
  primals: readonly unknown[],
  hasAux: boolean,
  derive: (graph: Graph, y: Traced, valueOf?: ValueOf) => Program
): Derivation => {
  const graph = activeGraph()
  const args = tensorsOf(primals, op)
  const { leaves } = args
  const split = (whole: Traced): { readonly y: Traced; readonly aux?: Traced } =>
    hasAux ? splitAux(op, whole) : { y: whole }

  if (graph === undefined) {
    const evaluated = evaluateOnce(op, f, primals, (own, whole) => derive(own, split(whole).y))
    const { y, aux } = split(evaluated.traced)
    const count = y.program.outputs.length
    return {
      primals: args,
      result: y,
      y: rebuildResult(y, evaluated.results.slice(0, count)),
      aux: aux && rebuildResult(aux, evaluated.results.slice(count)),
      apply: (given, read, rebuild) =>
        staged(op, [evaluated.residuals, given] as const, (into, [residuals, later]) =>
          rebuild(evaluated.apply(into, residuals, read(later)))
        )
    }
  }

  const whole = traceInto(graph, leaves, (inputs) => f(...(args.rebuild(inputs) as never[])), op)
  const { y, aux } = split(whole)
  const valueOf = substitution(graph, whole.program.outputs, whole.program.inputs, leaves)
  const derived = derive(graph, y, valueOf)
  const valuesOf = (of: Traced): unknown => rebuildResult(of, of.program.outputs.map(valueOf))
  return {
    primals: args,
    result: y,
    y: valuesOf(y),
    aux: aux && valuesOf(aux),
    apply: (given, read, rebuild) => rebuild(substitute(graph, derived.outputs, derived.inputs, read(given)))
  }
}
