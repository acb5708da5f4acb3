import type { Data } from '../tensor/dtype.ts'
import { fail } from '../tensor/error.ts'
import { sizeOf } from '../tensor/shape.ts'
import type { Aval, Tensor } from '../tensor/tensor.ts'
import { showAval } from '../tensor/tensor.ts'
import type { Structure } from '../tensor/tree.ts'
import { treeMap, unflatten } from '../tensor/tree.ts'
import { tensorsLike, tensorsOf } from './staged.ts'

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
): unknown =>
  treeOf(
    form,
    tensorsLike(form, tree, what, op).map((x) => copyData(x, op))
  )

/** Copies the numbers of a tensor: who writes plain JavaScript may have put it together from anything. */
export const copyData = ({ data, ...aval }: Tensor, op: string): Data =>
  ArrayBuffer.isView(data) && data.length === sizeOf(aval.shape)
    ? data.slice()
    : fail('InvalidTree', {
        op,
        expected: `a typed array of numbers in ${showAval(aval)}`,
        actual: showNumbers(data)
      })

/** Copies a tree of tensors. */
export const copyTree = <T>(tree: T): T => treeMap((x) => ({ ...x, data: x.data.slice() }), tree)

const showNumbers = (data: unknown): string =>
  ArrayBuffer.isView(data) ? `one of ${String((data as Data).length)}` : typeof data
