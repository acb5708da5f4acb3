import { bits } from '../random/bits.ts'
import type { Key } from '../random/key.ts'
import { foldIn, key } from '../random/key.ts'
import { allocate, precisionOf } from '../tensor/dtype.ts'
import type { None } from '../tensor/arguments.ts'
import { refuseMore, requireNumbers } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import type { Rule } from '../tensor/options.ts'
import { anything, optional, requireOptions } from '../tensor/options.ts'
import { showValue } from '../tensor/problem.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { showPath, flattenWithPaths, treeMap } from '../tensor/tree.ts'

export interface BatchOptions {
  /** Rows in a minibatch; or several numbers, which minibatches have by turns. */
  readonly batchSize: number | readonly number[]
  /** 0 by default. */
  readonly seed?: number
}

/** Gives the minibatches of data that lie in memory. */
export interface Batches<T> {
  /** How many rows there are. */
  readonly rows: number
  /** Batches in an epoch, whole turns; rows that do not fill a last turn sit the epoch out. */
  readonly perEpoch: number
  /** The batch of a step, counted from 0: the same for equal data, size, seed and step, whatever was asked before. */
  readonly at: (step: number) => T
  /** The batches from a step on, without end; each epoch in another order. */
  readonly from: (step?: number) => Generator<T, never>
}

/**
 * Shuffles 0 .. n - 1 by exchanging (Fisher and Yates): on the host far cheaper than the sort by which
 * Random.permutation does it inside a program.
 */
const shuffled = (of: Key, n: number): Int32Array => {
  const words = bits(of, [n]).data
  const order = new Int32Array(n).map((_, i) => i)
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(((words[i]! >>> 0) / 2 ** 32) * (i + 1))
    const moved = order[i]!
    order[i] = order[j]!
    order[j] = moved
  }
  return order
}

const takeRows = (x: Tensor, rows: Int32Array): Tensor => {
  const width = x.shape.slice(1).reduce((product, extent) => product * extent, 1)
  const taken = allocate(x.dtype, rows.length * width, precisionOf([x.data]))
  for (let i = 0; i < rows.length; i++) taken.set(x.data.subarray(rows[i]! * width, (rows[i]! + 1) * width), i * width)
  return { shape: [rows.length, ...x.shape.slice(1)], dtype: x.dtype, data: taken }
}

const total = (sizes: readonly number[]): number => sizes.reduce((sum, size) => sum + size, 0)

const rowsOf = (data: unknown, sizes: readonly number[]): number => {
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
  const areSizes = sizes.length > 0 && sizes.every((size) => Number.isInteger(size) && size >= 1)
  if (first === undefined || !areSizes || total(sizes) > first)
    return fail('InvalidArgument', {
      op: 'batches',
      expected:
        sizes.length === 1
          ? `a batch size from 1 to the number of rows, ${String(first ?? 0)}`
          : `batch sizes of at least 1, all together at most the number of rows, ${String(first ?? 0)}`,
      actual: showValue(sizes.length === 1 ? sizes[0] : sizes)
    })
  return first
}

const seeds: Rule = { expected: 'a whole number', accepts: Number.isSafeInteger }
const rules = { batchSize: anything, seed: optional(seeds) }

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
  const { batchSize, seed = 0 } = requireOptions('batches', options, rules)
  const sizes = Array.isArray(batchSize) ? (batchSize as readonly number[]) : [batchSize as number]
  const rows = rowsOf(data, sizes)
  const perTurn = total(sizes)
  const perEpoch = Math.floor(rows / perTurn) * sizes.length
  const root = key(seed)
  // Only the speed depends on what is kept here.
  let kept: { readonly epoch: number; readonly order: Int32Array } | undefined
  const at = (step: number): T => {
    if (!Number.isSafeInteger(step) || step < 0)
      fail('InvalidArgument', { op: 'batches', expected: 'a step from 0 on', actual: showValue(step) })
    const epoch = Math.floor(step / perEpoch)
    if (kept?.epoch !== epoch) kept = { epoch, order: shuffled(foldIn(root, epoch), rows) }
    const [turns, i] = [Math.floor((step % perEpoch) / sizes.length), step % sizes.length]
    const start = turns * perTurn + total(sizes.slice(0, i))
    const chosen = kept.order.subarray(start, start + sizes[i]!)
    return treeMap((x) => takeRows(x, chosen), data)
  }
  const from = function* (step = 0): Generator<T, never> {
    for (let next = step; ; next++) yield at(next)
  }
  return { rows, perEpoch, at, from }
}
