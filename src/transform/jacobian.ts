import { o } from '../primitives/vocabulary.ts'
import type { None } from '../tensor/arguments.ts'
import type { Rules } from '../tensor/options.ts'
import { range, sizeOf } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { flatten } from '../tensor/tree.ts'
import type { Argnums, ChosenBy } from './argnums.ts'
import { argnumsRule, chosenArguments } from './argnums.ts'
import type { Arguments } from './arguments.ts'
import { auxRules } from './aux.ts'
import { requireGiven } from './given.ts'
import { linearized } from './linearize.ts'
import type { Leaves } from './staged.ts'
import { staged, tensorsOf } from './staged.ts'
import { pulled } from './vjp.ts'
import { vmap } from './vmap.ts'

/** Says which arguments to differentiate (default 0; a list gives a list), and whether f returns `[y, aux]`. */
export interface JacobianOptions<N extends Argnums = number> {
  readonly argnums?: N
  readonly hasAux?: boolean
}

const rules: Rules = { argnums: argnumsRule, ...auxRules }

/** Types a Jacobian: the tree of results, and at each of its leaves the tree of the argument. */
export type JacobianOf<R, X> = R extends Tensor ? X : { readonly [K in keyof R]: JacobianOf<R[K], X> }

/** Stacks the unit vectors of a space of tensors shaped like `like` along a new leading axis: [n, ...shape]. */
const unitVectors = (like: Tensor): Tensor => {
  const n = sizeOf(like.shape)
  const eye = o.convert(o.compare(o.iota([n, n], 0), o.iota([n, n], 1), 'eq'), like.dtype)
  return o.reshape(eye, [n, ...like.shape])
}

const zerosOf = (like: Tensor): Tensor => o.full(like.shape, 0, like.dtype)

/** Replaces one leaf and makes the others zero. */
const only = ({ leaves, rebuild }: Leaves, k: number, value: Tensor): unknown =>
  rebuild(leaves.map((leaf, j) => (j === k ? value : zerosOf(leaf))))

/**
 * Moves the leading axis of [n, ...rest] behind the others and splits it: [...rest, ...shape], n being the size of
 * `shape`.
 */
const basisLast = (x: Tensor, shape: readonly number[]): Tensor => {
  const rest = x.shape.slice(1)
  const moved = o.transpose(x, [...range(rest.length).map((axis) => axis + 1), 0])
  return o.reshape(moved, [...rest, ...shape])
}

/** Computes a Jacobian with respect to the first of two trees, given f of it alone: a tree for each leaf of the result. */
type Mode = (
  op: string,
  f: (x: unknown) => unknown,
  x: unknown,
  hasAux: boolean
) => readonly [jacobian: unknown, aux: unknown]

const forwards: Mode = (op, f, x, hasAux) => {
  const { y, push, aux } = linearized(op, f, [x], hasAux)
  const input = tensorsOf(x, op)
  const columns = input.leaves.map((leaf, k) => {
    const along = vmap((unit: Tensor) => push(only(input, k, unit)))
    return flatten(along(unitVectors(leaf)), op).leaves.map((column) => basisLast(column as Tensor, leaf.shape))
  })
  const result = tensorsOf(y, op)
  return [result.rebuild(result.leaves.map((_, i) => input.rebuild(columns.map((column) => column[i])))), aux]
}

const backwards: Mode = (op, f, x, hasAux) => {
  const { y, pullback, aux } = pulled(op, f, [x], hasAux)
  const result = tensorsOf(y, op)
  const input = tensorsOf(x, op)
  const rows = result.leaves.map((leaf, i) => {
    const along = vmap((unit: Tensor) => (pullback(only(result, i, unit)) as readonly unknown[])[0])
    const cotangents = flatten(along(unitVectors(leaf)), op).leaves as readonly Tensor[]
    return input.rebuild(cotangents.map((row, k) => o.reshape(row, [...leaf.shape, ...input.leaves[k]!.shape])))
  })
  return [result.rebuild(rows), aux]
}

const jacobian =
  (op: string, mode: Mode, f: (...args: never[]) => unknown, options: JacobianOptions<Argnums>) =>
  (...args: readonly unknown[]): unknown =>
    staged(op, args, (_, values) => {
      const { hasAux = false } = options
      const { chosen, within } = chosenArguments(op, options.argnums, values)
      const [j, aux] = mode(op, (x) => within(f, x), chosen, hasAux)
      return hasAux ? [j, aux] : j
    })

/**
 * Computes the Jacobian by forward mode: one jvp per input element, batched into one program. A result leaf of shape
 * [...m] and an input leaf of shape [...n] give [...m, ...n]; trees nest result outside, input inside (for a list of
 * `argnums` a list). Right for few inputs. With `hasAux`, f returns `[y, aux]` and the result is `[jacobian, aux]`.
 *
 * @example
 * import { jacfwd, mul, tensor } from 'saddlepoint'
 * jacfwd((x) => mul(x, x))(tensor([1, 2])).data // => [2, 0, 0, 4]
 */
export function jacfwd<A extends Arguments, R, X, const N extends Argnums = 0>(
  f: (...args: A) => readonly [R, X],
  options: JacobianOptions<N> & { readonly hasAux: true }
): (...args: A) => [JacobianOf<R, ChosenBy<A, N>>, X]
export function jacfwd<A extends Arguments, R, const N extends Argnums = 0>(
  f: (...args: A) => R,
  options?: JacobianOptions<N> & { readonly hasAux?: false }
): (...args: A) => JacobianOf<R, ChosenBy<A, N>>
export function jacfwd(f: (...args: never[]) => unknown, given?: JacobianOptions<Argnums>, ...more: None): unknown {
  const options = requireGiven('jacfwd', f, more, given, rules)
  return jacobian('jacfwd', forwards, f, options)
}

/**
 * Computes the Jacobian by reverse mode: one vjp per result element, batched into one program. Shapes and options as
 * for `jacfwd`. Right for few results.
 *
 * @example
 * import { jacrev, mul, tensor } from 'saddlepoint'
 * jacrev((x) => mul(x, x))(tensor([1, 2])).data // => [2, 0, 0, 4]
 */
export function jacrev<A extends Arguments, R, X, const N extends Argnums = 0>(
  f: (...args: A) => readonly [R, X],
  options: JacobianOptions<N> & { readonly hasAux: true }
): (...args: A) => [JacobianOf<R, ChosenBy<A, N>>, X]
export function jacrev<A extends Arguments, R, const N extends Argnums = 0>(
  f: (...args: A) => R,
  options?: JacobianOptions<N> & { readonly hasAux?: false }
): (...args: A) => JacobianOf<R, ChosenBy<A, N>>
export function jacrev(f: (...args: never[]) => unknown, given?: JacobianOptions<Argnums>, ...more: None): unknown {
  const options = requireGiven('jacrev', f, more, given, rules)
  return jacobian('jacrev', backwards, f, options)
}

/**
 * Computes the matrix of second derivatives of a scalar function, forward over reverse: for x of shape [...n], [...n,
 * ...n]; for a list of `argnums` a block for each pair of them. Options as for `jacfwd`.
 *
 * @example
 * import { hessian, sum, mul, tensor } from 'saddlepoint'
 * hessian((x) => sum(mul(x, mul(x, x))))(tensor([1, 2])).data // => [6, 0, 0, 12]
 */
export function hessian<A extends Arguments, X, const N extends Argnums = 0>(
  f: (...args: A) => readonly [Tensor, X],
  options: JacobianOptions<N> & { readonly hasAux: true }
): (...args: A) => [JacobianOf<ChosenBy<A, N>, ChosenBy<A, N>>, X]
export function hessian<A extends Arguments, const N extends Argnums = 0>(
  f: (...args: A) => Tensor,
  options?: JacobianOptions<N> & { readonly hasAux?: false }
): (...args: A) => JacobianOf<ChosenBy<A, N>, ChosenBy<A, N>>
export function hessian(f: (...args: never[]) => unknown, given?: JacobianOptions<Argnums>, ...more: None): unknown {
  const options = requireGiven('hessian', f, more, given, rules)
  return jacobian('hessian', forwards, jacobian('hessian', backwards, f, options), options)
}
