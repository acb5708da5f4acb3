import { makeInput } from '../program/graph.ts'
import type { None } from '../tensor/arguments.ts'
import { refuseMore } from '../tensor/arguments.ts'
import { requireOptions } from '../tensor/options.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { Arguments } from './arguments.ts'
import type { AuxOptions } from './aux.ts'
import { auxRules } from './aux.ts'
import { derivation } from './derivation.ts'
import { requireGiven } from './given.ts'
import { linearization, pullback, written } from './linearization.ts'
import { tensorsLike } from './staged.ts'

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
  requireGiven('vjp', f)
  const { y, pullback } = pulled('vjp', f, primals, false)
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
export function vjpWith(given?: AuxOptions, ...more: None): unknown {
  const { hasAux = false } = requireOptions('vjpWith', given, auxRules)
  refuseMore('vjpWith', more)
  return (f: (...args: never[]) => unknown, ...primals: readonly unknown[]): unknown => {
    requireGiven('vjpWith', f)
    const { y, aux, pullback } = pulled('vjpWith', f, primals, hasAux)
    return hasAux ? [y, pullback, aux] : [y, pullback]
  }
}

/** Makes the vector-Jacobian product for whichever function is called `op`. */
export const pulled = (
  op: string,
  f: (...args: never[]) => unknown,
  primals: readonly unknown[],
  hasAux: boolean
): { readonly y: unknown; readonly aux: unknown; readonly pullback: (cotangent: unknown) => unknown } => {
  const {
    y,
    aux,
    result,
    primals: args,
    apply
  } = derivation(op, f, primals, hasAux, (graph, { program }, valueOf) => {
    const cotangents = program.outputs.map((x, i) => makeInput(graph, x, `cotangent ${String(i)} of ${op}`))
    const gradients = pullback(linearization(graph, program, op, valueOf), cotangents)
    return { inputs: cotangents, outputs: written(graph, gradients) }
  })
  const like = { leaves: result.program.outputs, structure: result.structure }
  const read = (cotangent: unknown): readonly Tensor[] =>
    tensorsLike(like, cotangent, ['a cotangent', 'the result'], op)
  return { y, aux, pullback: (cotangent) => apply(cotangent, read, args.rebuild) }
}
