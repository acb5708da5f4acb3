import { o } from '../primitives/vocabulary.ts'
import { rebuildResult } from '../program/trace.ts'
import type { None } from '../tensor/arguments.ts'
import { refuseMore } from '../tensor/arguments.ts'
import { requireOptions } from '../tensor/options.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { Arguments } from './arguments.ts'
import type { AuxOptions } from './aux.ts'
import { auxRules } from './aux.ts'
import { derivation } from './derivation.ts'
import { requireGiven } from './given.ts'
import { tangentsFor } from './jvp.ts'
import { linearization, refuseReverseOnly, written } from './linearization.ts'

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
  requireGiven('linearize', f)
  const { y, push } = linearized('linearize', f, primals, false)
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
export function linearizeWith(given?: AuxOptions, ...more: None): unknown {
  const { hasAux = false } = requireOptions('linearizeWith', given, auxRules)
  refuseMore('linearizeWith', more)
  return (f: (...args: never[]) => unknown, ...primals: readonly unknown[]): unknown => {
    requireGiven('linearizeWith', f)
    const { y, aux, push } = linearized('linearizeWith', f, primals, hasAux)
    return hasAux ? [y, push, aux] : [y, push]
  }
}

/** Makes the linear map at the primals for whichever function is called `op`. Zeros are written out. */
export const linearized = (
  op: string,
  f: (...args: never[]) => unknown,
  primals: readonly unknown[],
  hasAux: boolean
): { readonly y: unknown; readonly aux: unknown; readonly push: (...tangents: readonly unknown[]) => unknown } => {
  const {
    y,
    aux,
    result,
    primals: args,
    apply
  } = derivation(op, f, primals, hasAux, (graph, { program }, valueOf) => {
    const { tangentInputs, tangents } = linearization(graph, program, op, valueOf)
    refuseReverseOnly(op, program, tangentInputs, tangents)
    return { inputs: tangentInputs, outputs: written(graph, tangents) }
  })
  const read = (tangents: unknown): readonly Tensor[] => tangentsFor(op, args, tangents).map(o.instantiate)
  return { y, aux, push: (...tangents) => apply(tangents, read, (dy) => rebuildResult(result, dy)) }
}
