import { o } from '../primitives/vocabulary.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { moving } from './axes.ts'

/** Permutes axes, where there is anything to permute. */
export const permuted = (x: Tensor, permutation: readonly number[]): Tensor =>
  permutation.every((axis, i) => axis === i) ? x : o.transpose(x, permutation)

/** Gathers one element for each index along an axis: `takeAlongAxis` of indices that fit. */
export const gatherAlong = (x: Tensor, at: Tensor, place: number): Tensor => {
  const rank = x.shape.length
  const last = moving(rank, place, rank - 1)
  return permuted(o.gather(permuted(x, last), permuted(at, last), rank - 1), moving(rank, rank - 1, place))
}
