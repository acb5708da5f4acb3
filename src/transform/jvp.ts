import type { Tangent } from '../program/tangent.ts'
import { zero } from '../program/tangent.ts'
import { substitution } from '../program/program.ts'
import type { Traced } from '../program/trace.ts'
import { rebuildResult, traceInto } from '../program/trace.ts'
import type { None } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import { showValue } from '../tensor/problem.ts'
import type { Arguments, Given } from './arguments.ts'
import type { AuxOptions } from './aux.ts'
import { auxRules, splitAux } from './aux.ts'
import { requireGiven } from './given.ts'
import { refuseReverseOnly, written } from './linearization.ts'
import { pushforward } from './pushforward.ts'
import type { Leaves } from './staged.ts'
import { staged, tensorsLike, tensorsOf } from './staged.ts'

/** Checks tangent leaves against their primals: one each, of the same shape; integers and masks do not move. */
export const tangentsFor = (op: string, primals: Leaves, tangents: unknown): readonly Tangent[] => {
  const given = tensorsLike(primals, tangents, ['tangents', 'the primals'], op)
  return primals.leaves.map((x, i) => (x.dtype === 'float32' ? given[i]! : zero(x)))
}

/**
 * Computes the Jacobian-vector product: `[f(...primals), df]`, the directional derivative of `f` at `primals` along
 * `tangents`, in forward mode: one pass, at most about twice the work of f, no transposition. With `hasAux`, f returns
 * `[y, aux]` and the result is `[y, dy, aux]`.
 *
 * @param primals a list of trees of tensors, f's arguments
 * @param tangents trees of the same structure and shapes
 * @throws ShapeMisfit where tangents do not fit; NotForward where f holds a customVjp
 * @see Griewank and Walther, Evaluating Derivatives (2008), chapter 3
 *
 * @example
 * import { jvp, mul, sin, tensor } from 'saddlepoint'
 * const [y, dy] = jvp((x) => mul(x, sin(x)), [tensor([0, 1])], [tensor([1, 1])])
 * y.data // => [0, 0.84147098]
 * dy.data // => [0, 1.38177329]
 */
export function jvp<A extends Arguments, R, X>(
  f: (...args: A) => readonly [R, X],
  primals: A,
  tangents: Given<A>,
  options: AuxOptions & { readonly hasAux: true }
): [R, R, X]
export function jvp<A extends Arguments, R>(
  f: (...args: A) => R,
  primals: A,
  tangents: Given<A>,
  options?: AuxOptions & { readonly hasAux?: false }
): [R, R]
export function jvp(
  f: (...args: never[]) => unknown,
  primals: readonly unknown[],
  tangents: readonly unknown[],
  given?: AuxOptions,
  ...more: None
): unknown {
  const { hasAux = false } = requireGiven('jvp', f, more, given, auxRules)
  for (const [name, list] of Object.entries({ primals, tangents }))
    if (!Array.isArray(list))
      fail('InvalidArgument', {
        op: 'jvp',
        expected: `a list as ${name}, with one entry for each argument of f`,
        actual: showValue(list),
        hint: 'Write jvp(f, [x], [dx])'
      })
  return pushed('jvp', f, primals, tangents, hasAux)
}

/** Computes the Jacobian-vector product for whichever function is called `op`: `[y, dy]`, or `[y, dy, aux]`. */
export const pushed = (
  op: string,
  f: (...args: never[]) => unknown,
  primals: readonly unknown[],
  tangents: readonly unknown[],
  hasAux = false
): readonly unknown[] =>
  staged(op, [primals, tangents] as const, (graph, [values, directions]) => {
    const taken = tensorsOf(values, op)
    const { leaves, rebuild } = taken
    const moved = tangentsFor(op, taken, directions)
    const whole = traceInto(graph, leaves, (inputs) => f(...(rebuild(inputs) as never[])), op)
    const { y, aux } = hasAux ? splitAux(op, whole) : { y: whole, aux: undefined }
    // pushforward.ts has the rule for one node, and the walk through all of them.
    const valueOf = substitution(graph, whole.program.outputs, whole.program.inputs, leaves)
    const dy = pushforward(y.program, moved, valueOf)
    refuseReverseOnly(op, y.program, moved, dy)
    const valuesOf = (of: Traced): unknown => rebuildResult(of, of.program.outputs.map(valueOf))
    return [valuesOf(y), rebuildResult(y, written(graph, dy)), ...(aux === undefined ? [] : [valuesOf(aux)])]
  })
