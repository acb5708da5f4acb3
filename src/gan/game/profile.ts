import { add, mul, square } from '../../ops/arithmetic.ts'
import { sum } from '../../ops/reduction.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { treeLeaves, treeMap } from '../../tensor/tree.ts'

/** Holds one tree of tensors for each of some players: their joint parameters, or the gradients of all of them. */
export type Profile = Readonly<Record<string, unknown>>

/** The sum of no values. */
const zero: Tensor = { shape: [], dtype: 'float32', data: Float32Array.of(0) }

/** Adds up scalars. */
export const total = (values: readonly Tensor[]): Tensor => {
  const [first = zero, ...rest] = values
  return rest.reduce((a, b) => add(a, b), first)
}

/** Computes a + c b of trees of one structure. */
export const plus = <P>(a: P, b: P, c: Tensor | number = 1): P =>
  treeMap((x, y) => add(x, c === 1 ? y : mul(c, y)), a, b)

/** Computes the inner product of two trees of one structure, float32 []. */
export const dot = <P>(a: P, b: P): Tensor =>
  total(treeLeaves(treeMap((x, y) => mul(x, y), a, b)).map((products) => sum(products)))

/** Computes the squared 2-norm of all numbers of a tree, float32 []. */
export const squaredNorm = (tree: unknown): Tensor => total(treeLeaves(tree).map((x) => sum(square(x))))
