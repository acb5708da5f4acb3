import type { None } from '../tensor/arguments.ts'
import { refuseMore, requireNumbers } from '../tensor/arguments.ts'
import { allocate, precisionOf } from '../tensor/dtype.ts'
import { fail } from '../tensor/error.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { showPath, flattenWithPaths, treeMap } from '../tensor/tree.ts'
import type { BatchOptions, Epochs } from './epochs.ts'
import { epochsOf } from './epochs.ts'

/** Gives the minibatches of data that lie in memory. */
export interface Batches<T> extends Omit<Epochs, 'at'> {
  /** The batch of a step, counted from 0: the same for equal data, size, seed and step, whatever was asked before. */
  readonly at: (step: number) => T
  /** The batches from a step on, without end; each epoch in another order. */
  readonly from: (step?: number) => Generator<T, never>
}

/** Copies rows of a tensor [N, ...]. */
export const takeRows = (x: Tensor, rows: ArrayLike<number>): Tensor => {
  const width = x.shape.slice(1).reduce((product, extent) => product * extent, 1)
  const taken = allocate(x.dtype, rows.length * width, precisionOf([x.data]))
  for (let i = 0; i < rows.length; i++) taken.set(x.data.subarray(rows[i]! * width, (rows[i]! + 1) * width), i * width)
  return { shape: [rows.length, ...x.shape.slice(1)], dtype: x.dtype, data: taken }
}

/** Counts the rows of a tree of tensors, which are equally many in all; 0 where there is no tensor. */
const rowsOf = (data: unknown): number => {
  const { leaves, paths } = flattenWithPaths(data, 'batches')
  const first = typeof leaves[0] === 'object' ? leaves[0].shape[0] : undefined
  leaves.forEach((leaf, i) => {
    const extent = typeof leaf === 'object' ? leaf.shape[0] : undefined
    if (typeof leaf === 'object') requireNumbers('batches', leaf, `a tensor at ${showPath(paths[i]!) || 'the root'}`)
    if (extent === undefined || extent !== first)
      fail('ShapeMisfit', {
        op: 'batches',
        expected: `tensors of ${String(first ?? 'equally many')} rows`,
        actual: `${String(extent ?? 'none')} at ${showPath(paths[i]!) || 'the root'}`
      })
  })
  return first ?? 0
}

/**
 * Cuts a tree of tensors [N, ...] into minibatches: every epoch goes through the rows once, in an order of its own.
 * Which rows a batch holds is a function of seed and step alone, so that a run that is resumed at step n sees what it
 * would have seen.
 *
 * @throws ShapeMisfit where leading extents differ; InvalidArgument where a batch has no row, or more than there are
 *
 * @example
 * import { batches, tensor } from 'saddlepoint'
 * const set = batches({ x: tensor([[0], [1], [2], [3]]), label: tensor([0, 1, 2, 3]) }, { batchSize: 2, seed: 7 })
 * set.perEpoch // => 2
 * const [first, second] = [set.at(0), set.at(1)]
 * first.x.shape // => [2, 1]
 * const seen = [...first.label.data, ...second.label.data].sort()
 * seen // => [0, 1, 2, 3]
 * const byTurns = batches(tensor([[0], [1], [2], [3], [4]]), { batchSize: [2, 1] })
 * const shapes = [0, 1, 2].map((step) => byTurns.at(step).shape)
 * shapes // => [[2, 1], [1, 1], [2, 1]]
 */
export const batches = <T>(data: T, options: BatchOptions, ...more: None): Batches<T> => {
  refuseMore('batches', more)
  const { rows, perEpoch, at: rowsAt } = epochsOf('batches', rowsOf(data), options)
  const at = (step: number): T => {
    const chosen = rowsAt(step)
    return treeMap((x) => takeRows(x, chosen), data)
  }
  const from = function* (step = 0): Generator<T, never> {
    for (let next = step; ; next++) yield at(next)
  }
  return { rows, perEpoch, at, from }
}
