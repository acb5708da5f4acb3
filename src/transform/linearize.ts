import { substitute } from '../program/program.ts'
import { o } from '../primitives/vocabulary.ts'
import { activeGraph, lift } from '../program/graph.ts'
import type { Graph, Node } from '../program/node.ts'
import type { Traced } from '../program/trace.ts'
import { rebuildResult, traceInto } from '../program/trace.ts'
import type { Arguments } from './arguments.ts'
import type { AuxOptions } from './aux.ts'
import { splitAux } from './aux.ts'
import { tangentsFor } from './jvp.ts'
import { at, linearization, refuseReverseOnly } from './linearization.ts'
import type { Linearization } from './linearization.ts'
import { evaluateOnce } from './residuals.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { staged, tensorsOf } from './staged.ts'

/**
 * Linearizes f: `[f(...primals), push]`, where `push(...tangents)` is the linear map df at `primals`. f is called once,
 * and its primal values are shared by every push, which may be mapped, compiled and differentiated.
 *
 * @throws NotForward where f holds a customVjp; ShapeMisfit where tangents do not fit
 *
 * @example
 * import { linearize, mul, tensor } from 'saddlepoint'
 * const [y, push] = linearize((x) => mul(x, x), tensor([3]))
 * y.data // => [9]
 * push(tensor([2])).data // => [12]
 */
export const linearize = <A extends Arguments, R>(f: (...args: A) => R, ...primals: A): [R, (...tangents: A) => R] => {
  const { y, push } = linearized('linearize', f, primals, (traced) => ({ y: traced }))
  return [y as R, push as (...tangents: A) => R]
}

/**
 * Linearizes a function with options: with `hasAux`, f returns `[y, aux]` and the result is `[y, push, aux]`.
 *
 * @throws as `linearize`; InvalidTree where f returns no pair
 *
 * @example
 * import { linearizeWith, mul, tensor } from 'saddlepoint'
 * const [y, push, aux] = linearizeWith({ hasAux: true })((x) => [mul(x, x), { twice: mul(x, 2) }], tensor([3]))
 * push(tensor([1])).data // => [6]
 * aux.twice.data // => [6]
 */
export function linearizeWith(options: {
  readonly hasAux: true
}): <A extends Arguments, R, X>(f: (...args: A) => readonly [R, X], ...primals: A) => [R, (...tangents: A) => R, X]
export function linearizeWith(options?: { readonly hasAux?: false }): typeof linearize
export function linearizeWith({ hasAux = false }: AuxOptions = {}): unknown {
  return (f: (...args: never[]) => unknown, ...primals: readonly unknown[]): unknown => {
    const { y, aux, push } = linearized('linearizeWith', f, primals, (traced) =>
      hasAux ? splitAux('linearizeWith', traced) : { y: traced }
    )
    return hasAux ? [y, push, aux] : [y, push]
  }
}

interface Split {
  readonly y: Traced
  readonly aux?: Traced
}

/** The tangent program of y over its tangent inputs, with zeros written out; refuses a rule that exists in reverse mode alone. */
const tangentProgram = (
  graph: Graph,
  { program }: Traced,
  op: string
): Pick<Linearization, 'tangentInputs'> & { readonly dy: readonly Node[] } => {
  const linear = linearization(graph, program, op)
  refuseReverseOnly(program, linear.tangentInputs, linear.tangents)
  return { tangentInputs: linear.tangentInputs, dy: linear.tangents.map((x) => lift(graph, o.instantiate(x), op)) }
}

const linearized = (
  op: string,
  f: (...args: never[]) => unknown,
  primals: readonly unknown[],
  split: (traced: Traced) => Split
): { readonly y: unknown; readonly aux: unknown; readonly push: (...tangents: readonly unknown[]) => unknown } => {
  const graph = activeGraph()
  const args = tensorsOf(primals, op)
  const directionsOf = (tangents: readonly unknown[]): readonly Tensor[] =>
    tangentsFor(op, args, tangents).map(o.instantiate)
  if (graph === undefined) {
    const evaluated = evaluateOnce(op, f, primals, (own, traced) => {
      const { tangentInputs, dy } = tangentProgram(own, split(traced).y, op)
      return { inputs: tangentInputs, outputs: dy }
    })
    const { y, aux } = split(evaluated.traced)
    const count = y.program.outputs.length
    return {
      y: rebuildResult(y, evaluated.results.slice(0, count)),
      aux: aux && rebuildResult(aux, evaluated.results.slice(count)),
      push: (...tangents) =>
        staged(op, [evaluated.residuals, tangents] as const, (into, [residuals, given]) =>
          rebuildResult(y, evaluated.apply(into, residuals, directionsOf(given)))
        )
    }
  }
  const whole = traceInto(graph, args.leaves, (inputs) => f(...(args.rebuild(inputs) as never[])), op)
  const { y, aux } = split(whole)
  const { tangentInputs, dy } = tangentProgram(graph, y, op)
  const from = [...whole.program.inputs, ...tangentInputs]
  const valueOf = (of: Traced): unknown => rebuildResult(of, at(graph, whole.program, args.leaves, of.program.outputs))
  return {
    y: valueOf(y),
    aux: aux && valueOf(aux),
    push: (...tangents) => rebuildResult(y, substitute(graph, dy, from, [...args.leaves, ...directionsOf(tangents)]))
  }
}
