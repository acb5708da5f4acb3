import { activeGraph, makeInput } from '../program/graph.ts'
import type { Graph, Node } from '../program/node.ts'
import type { Traced } from '../program/trace.ts'
import { rebuildResult, traceInto } from '../program/trace.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { Arguments } from './arguments.ts'
import type { AuxOptions } from './aux.ts'
import { splitAux } from './aux.ts'
import { at, linearization, pullbackAt } from './linearization.ts'
import { evaluateOnce } from './residuals.ts'
import { staged, tensorsLike, tensorsOf } from './staged.ts'

/**
 * Computes the vector-Jacobian product: `[f(...primals), pullback]`, where `pullback(cotangent)` gives one cotangent
 * per primal, in reverse mode. The cotangent has the structure and shapes of f's result. f is called once; a pullback may be called again
 * and again, mapped, compiled and differentiated (`vmap(pullback)(eye(n))` are the rows of the Jacobian).
 *
 * @throws ShapeMisfit where the cotangent does not fit the result
 *
 * @example
 * import { vjp, mul, tensor } from 'saddlepoint'
 * const [y, pullback] = vjp((a, b) => mul(a, b), tensor([2, 3]), tensor([5, 7]))
 * y.data // => [10, 21]
 * const [da, db] = pullback(tensor([1, 1]))
 * da.data // => [5, 7]
 * db.data // => [2, 3]
 */
export const vjp = <A extends Arguments, R>(f: (...args: A) => R, ...primals: A): [R, (cotangent: R) => A] => {
  const { y, pullback } = pull('vjp', f, primals, (traced) => ({ y: traced }))
  return [y as R, pullback as (cotangent: R) => A]
}

/**
 * Computes the vector-Jacobian product of a function with options: with `hasAux`, f returns `[y, aux]` and the result is
 * `[y, pullback, aux]`.
 *
 * @throws ShapeMisfit where the cotangent does not fit y; InvalidTree where f returns no pair
 *
 * @example
 * import { vjpWith, mul, tensor } from 'saddlepoint'
 * const [y, pullback, aux] = vjpWith({ hasAux: true })((x) => [mul(x, x), { twice: mul(x, 2) }], tensor([3]))
 * pullback(tensor([1]))[0].data // => [6]
 * aux.twice.data // => [6]
 */
export function vjpWith(options: {
  readonly hasAux: true
}): <A extends Arguments, R, X>(f: (...args: A) => readonly [R, X], ...primals: A) => [R, (cotangent: R) => A, X]
export function vjpWith(options?: { readonly hasAux?: false }): typeof vjp
export function vjpWith({ hasAux = false }: AuxOptions = {}): unknown {
  return (f: (...args: never[]) => unknown, ...primals: readonly unknown[]): unknown => {
    const { y, aux, pullback } = pull('vjpWith', f, primals, (traced) =>
      hasAux ? splitAux('vjpWith', traced) : { y: traced }
    )
    return hasAux ? [y, pullback, aux] : [y, pullback]
  }
}

interface Split {
  readonly y: Traced
  readonly aux?: Traced
}

const pull = (
  op: string,
  f: (...args: never[]) => unknown,
  primals: readonly unknown[],
  split: (traced: Traced) => Split
): { readonly y: unknown; readonly aux: unknown; readonly pullback: (cotangent: unknown) => unknown } => {
  const graph = activeGraph()
  return graph === undefined ? pullLater(op, f, primals, split) : pullHere(graph, op, f, primals, split)
}

const cotangentsOf = (op: string, { program, structure }: Traced, cotangent: unknown): readonly Tensor[] =>
  tensorsLike({ leaves: program.outputs, structure }, cotangent, ['a cotangent', 'the result'], op)

/** Inside a trace, f becomes part of it, and each pullback too. */
const pullHere = (
  graph: Graph,
  op: string,
  f: (...args: never[]) => unknown,
  primals: readonly unknown[],
  split: (traced: Traced) => Split
): ReturnType<typeof pull> => {
  const { leaves, rebuild } = tensorsOf(primals, op)
  const whole = traceInto(graph, leaves, (inputs) => f(...(rebuild(inputs) as never[])), op)
  const { y, aux } = split(whole)
  const linear = linearization(graph, y.program, op)
  const valueOf = (of: Traced): unknown => rebuildResult(of, at(graph, whole.program, leaves, of.program.outputs))
  return {
    y: valueOf(y),
    aux: aux && valueOf(aux),
    pullback: (cotangent) => rebuild(pullbackAt(graph, linear, leaves, cotangentsOf(op, y, cotangent)))
  }
}

/** Outside a trace, f is called once; each pullback is a function of the residuals that were stored then. */
const pullLater = (
  op: string,
  f: (...args: never[]) => unknown,
  primals: readonly unknown[],
  split: (traced: Traced) => Split
): ReturnType<typeof pull> => {
  const evaluated = evaluateOnce(op, f, primals, (graph, traced) => {
    const { y } = split(traced)
    const cotangents = y.program.outputs.map((x, i) => makeInput(graph, x, `cotangent ${String(i)} of ${op}`))
    const linear = linearization(graph, y.program, op)
    const gradients = pullbackAt(graph, linear, y.program.inputs, cotangents)
    return { inputs: cotangents, outputs: gradients as readonly Node[] }
  })
  const { y, aux } = split(evaluated.traced)
  const { rebuild } = tensorsOf(primals, op)
  const count = y.program.outputs.length
  return {
    y: rebuildResult(y, evaluated.results.slice(0, count)),
    aux: aux && rebuildResult(aux, evaluated.results.slice(count)),
    pullback: (cotangent) =>
      staged(op, [evaluated.residuals, cotangent] as const, (graph, [residuals, given]) =>
        rebuild(evaluated.apply(graph, residuals, cotangentsOf(op, y, given)))
      )
  }
}
