import type { Data } from '../tensor/dtype.ts'
import type { Aval, Tensor } from '../tensor/tensor.ts'
import type { Structure } from '../tensor/tree.ts'
import { treeMap, unflatten } from '../tensor/tree.ts'
import { refuseWithoutNumbers, tensorsLike, tensorsOf } from './staged.ts'

/** Describes a tree of tensors without its numbers: shape and dtype of each leaf, and how they nest. */
export interface Form {
  readonly leaves: readonly Aval[]
  readonly structure: Structure
}

/** Describes an example. */
export const formOf = (example: unknown, op: string): Form => {
  const { leaves, structure } = tensorsOf(example, op)
  return { leaves: leaves.map(({ shape, dtype }) => ({ shape, dtype })), structure }
}

/** Builds the tree of that form whose leaves hold these arrays. */
export const treeOf = ({ leaves, structure }: Form, arrays: readonly Data[]): unknown =>
  unflatten(
    structure,
    leaves.map(({ shape, dtype }, i): Tensor => ({ shape, dtype, data: arrays[i]! }))
  )

/** Copies a tree of that form. `what` names it, and what it has to be like, in the error of one that is not. */
export const copyLike = (
  form: Form,
  tree: unknown,
  what: readonly [given: string, like: string],
  op: string
): unknown => treeOf(form, copiesOf(op, tensorsLike(form, tree, what, op)))

/** Copies the numbers of tensors, which in plain JavaScript may have been put together from anything. */
export const copiesOf = (op: string, tensors: readonly Tensor[]): readonly Data[] => {
  refuseWithoutNumbers(op, tensors)
  return tensors.map(({ data }) => data.slice())
}

/** Copies a tree of tensors. */
export const copyTree = <T>(tree: T): T => treeMap((x) => ({ ...x, data: x.data.slice() }), tree)
