import { o } from '../primitives/vocabulary.ts'
import { refuseMore, requireFunction } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import { sizeOf } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { showAval } from '../tensor/tensor.ts'
import { tensorsLike, tensorsOf } from '../transform/staged.ts'

/** A linear map on vectors that are trees of tensors: v -> A v, parameters as a network has them, say. */
export type Matvec<V> = (v: V) => V

/** The same map on flat vectors [N], and the way between the two. */
export interface Flat<V> {
  readonly size: number
  readonly start: Tensor
  readonly apply: (v: Tensor) => Tensor
  readonly restore: (v: Tensor) => V
}

/** Lays the leaves of trees like `like` one behind the other, for a map between such trees. */
export const flat = <V>(op: string, matvec: Matvec<V>, like: V, more: readonly unknown[]): Flat<V> => {
  refuseMore(op, more)
  requireFunction(op, matvec, 'a function v -> A v')
  const { leaves, structure, rebuild } = tensorsOf(like, op)
  const other = leaves.find(({ dtype }) => dtype !== 'float32')
  if (other !== undefined || leaves.length === 0)
    fail('DTypeMisfit', {
      op,
      expected: 'a vector of float32 tensors',
      actual: other === undefined ? 'no tensor' : showAval(other)
    })
  const join = (xs: readonly Tensor[]): Tensor =>
    o.concat(
      xs.map((x) => o.reshape(x, [sizeOf(x.shape)])),
      0
    )
  const restore = (v: Tensor): V => {
    let next = 0
    return rebuild(
      leaves.map(({ shape }) => {
        const start = next
        next += sizeOf(shape)
        return o.reshape(o.slice(v, [start], [next]), shape)
      })
    ) as V
  }
  return {
    size: leaves.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    start: join(leaves),
    restore,
    apply: (v) =>
      join(tensorsLike({ leaves, structure }, matvec(restore(v)), ['a result of the map', 'the vector'], op))
  }
}

/** Computes the inner product of two flat vectors, a scalar. */
export const inner = (x: Tensor, y: Tensor): Tensor => o.reduceSum(o.mul(x, y), [0])

/** Computes c x, for a scalar c. */
export const scaled = (c: Tensor, x: Tensor): Tensor => o.mul(o.broadcastInDim(c, x.shape, []), x)
