import { o } from '../primitives/vocabulary.ts'
import { fail } from '../tensor/error.ts'
import { range, sizeOf } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { flatten } from '../tensor/tree.ts'
import type { Arguments } from './arguments.ts'
import { linearize } from './linearize.ts'
import { staged, tensorsOf } from './staged.ts'
import { vjp } from './vjp.ts'
import { vmap } from './vmap.ts'

export interface JacobianOptions<N extends number = number> {
  /** Which argument to differentiate (default 0). */
  readonly argnum?: N
}

/** Types a Jacobian: the tree of results, and at each of its leaves the tree of the argument. */
export type JacobianOf<R, X> = R extends Tensor ? X : { readonly [K in keyof R]: JacobianOf<R[K], X> }

/** Stacks the unit vectors of a space of tensors shaped like `like` along a new leading axis: [n, ...shape]. */
const unitVectors = (like: Tensor): Tensor => {
  const n = sizeOf(like.shape)
  const eye = o.convert(o.compare(o.iota([n, n], 0), o.iota([n, n], 1), 'eq'), like.dtype)
  return o.reshape(eye, [n, ...like.shape])
}

const checkArgnum = (op: string, argnum: number, count: number): void => {
  if (!Number.isInteger(argnum) || argnum < 0 || argnum >= count)
    fail('InvalidArgument', {
      op,
      expected: `an argnum among the ${String(count)} arguments, counted from 0`,
      actual: String(argnum)
    })
}

const zerosOf = (like: Tensor): Tensor => o.full(like.shape, 0, like.dtype)

/**
 * Moves the leading axis of [n, ...rest] behind the others and splits it: [...rest, ...shape], n being the size of
 * `shape`.
 */
const basisLast = (x: Tensor, shape: readonly number[]): Tensor => {
  const rest = x.shape.slice(1)
  const moved = o.transpose(x, [...range(rest.length).map((axis) => axis + 1), 0])
  return o.reshape(moved, [...rest, ...shape])
}

/** Makes one argument of f the variable and holds the others. */
const inArgument =
  <A extends Arguments, R>(f: (...args: A) => R, args: A, argnum: number) =>
  (x: unknown): R =>
    f(...(args.map((arg: unknown, i) => (i === argnum ? x : arg)) as unknown as A))

/**
 * Computes the Jacobian by forward mode: one jvp per input element, batched into one program. A result leaf of shape
 * [...m] and an input leaf of shape [...n] give [...m, ...n]; trees nest result outside, input inside. Right for few
 * inputs.
 *
 * @example
 * import { jacfwd, mul, tensor } from 'saddlepoint'
 * jacfwd((x) => mul(x, x))(tensor([1, 2])).data // => [2, 0, 0, 4]
 */
export const jacfwd =
  <A extends Arguments, R, const N extends number = 0>(
    f: (...args: A) => R,
    options: JacobianOptions<N> = {}
  ): ((...args: A) => JacobianOf<R, A[N]>) =>
  (...args) =>
    staged('jacfwd', args, (_, values) => {
      const argnum: number = options.argnum ?? 0
      checkArgnum('jacfwd', argnum, values.length)
      const { leaves, rebuild } = tensorsOf(values[argnum], 'jacfwd')
      const [y, push] = linearize(inArgument(f, values, argnum), values[argnum])
      const columns = leaves.map((leaf, k) => {
        const along = vmap((unit: Tensor) => push(rebuild(leaves.map((other, j) => (j === k ? unit : zerosOf(other))))))
        return flatten(along(unitVectors(leaf)), 'jacfwd').leaves.map((column) =>
          basisLast(column as Tensor, leaf.shape)
        )
      })
      const result = tensorsOf(y, 'jacfwd')
      return result.rebuild(result.leaves.map((_leaf, i) => rebuild(columns.map((column) => column[i]))))
    }) as JacobianOf<R, A[N]>

/**
 * Computes the Jacobian by reverse mode: one vjp per result element, batched into one program. Shapes as for `jacfwd`.
 * Right for few results.
 *
 * @example
 * import { jacrev, mul, tensor } from 'saddlepoint'
 * jacrev((x) => mul(x, x))(tensor([1, 2])).data // => [2, 0, 0, 4]
 */
export const jacrev =
  <A extends Arguments, R, const N extends number = 0>(
    f: (...args: A) => R,
    options: JacobianOptions<N> = {}
  ): ((...args: A) => JacobianOf<R, A[N]>) =>
  (...args) =>
    staged('jacrev', args, (_, values) => {
      const argnum: number = options.argnum ?? 0
      checkArgnum('jacrev', argnum, values.length)
      const [y, pullback] = vjp(inArgument(f, values, argnum), values[argnum])
      const result = tensorsOf(y, 'jacrev')
      const input = tensorsOf(values[argnum], 'jacrev')
      const rows = result.leaves.map((leaf, i) => {
        const along = vmap(
          (unit: Tensor): unknown =>
            pullback(result.rebuild(result.leaves.map((other, j) => (j === i ? unit : zerosOf(other)))) as R)[0]
        )
        const cotangents = flatten(along(unitVectors(leaf)), 'jacrev').leaves as readonly Tensor[]
        return input.rebuild(cotangents.map((row, k) => o.reshape(row, [...leaf.shape, ...input.leaves[k]!.shape])))
      })
      return result.rebuild(rows)
    }) as JacobianOf<R, A[N]>

/**
 * Computes the matrix of second derivatives of a scalar function, forward over reverse: for x of shape [...n], [...n,
 * ...n].
 *
 * @example
 * import { hessian, sum, mul, tensor } from 'saddlepoint'
 * hessian((x) => sum(mul(x, mul(x, x))))(tensor([1, 2])).data // => [6, 0, 0, 12]
 */
export const hessian = <A extends Arguments, const N extends number = 0>(
  f: (...args: A) => Tensor,
  options: JacobianOptions<N> = {}
): ((...args: A) => JacobianOf<A[N], A[N]>) => jacfwd(jacrev(f, options), options)
