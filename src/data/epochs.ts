import { bits } from '../random/bits.ts'
import type { Key } from '../random/key.ts'
import { foldIn, key } from '../random/key.ts'
import { fail } from '../tensor/error.ts'
import type { Rule } from '../tensor/options.ts'
import { anything, optional, requireOptions } from '../tensor/options.ts'
import { showValue } from '../tensor/problem.ts'

export interface BatchOptions {
  /** Rows in a minibatch; or several numbers, which minibatches have by turns. */
  readonly batchSize: number | readonly number[]
  /** 0 by default. */
  readonly seed?: number
}

/** Says which rows the minibatches of stored data have. */
export interface Epochs {
  /** How many rows there are. */
  readonly rows: number
  /** Batches in an epoch, whole turns; rows that do not fill a last turn sit the epoch out. */
  readonly perEpoch: number
  /** The rows of a step's minibatch, counted from 0: a function of rows, size, seed and step alone. */
  readonly at: (step: number) => Int32Array
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

const total = (sizes: readonly number[]): number => sizes.reduce((sum, size) => sum + size, 0)

const seeds: Rule = { expected: 'a whole number', accepts: Number.isSafeInteger }
const rules = { batchSize: anything, seed: optional(seeds) }

/** Reads what minibatches are asked for; sizes and rows are checked against each other by `epochsOf`. */
export const readBatchOptions = (
  op: string,
  options: BatchOptions
): { readonly sizes: readonly number[]; readonly seed: number } => {
  const { batchSize, seed = 0 } = requireOptions(op, options, rules)
  return { sizes: Array.isArray(batchSize) ? (batchSize as readonly number[]) : [batchSize as number], seed }
}

/** Fails where minibatches of these sizes cannot be cut of so many rows. */
export const requireSizes = (op: string, sizes: readonly number[], rows: number): void => {
  if (sizes.length > 0 && sizes.every((size) => Number.isInteger(size) && size >= 1) && total(sizes) <= rows) return
  fail('InvalidArgument', {
    op,
    expected:
      sizes.length === 1
        ? `a batch size from 1 to the number of rows, ${String(rows)}`
        : `batch sizes of at least 1, all together at most the number of rows, ${String(rows)}`,
    actual: showValue(sizes.length === 1 ? sizes[0] : sizes)
  })
}

/** Tests whether a step is one that minibatches are counted by. */
export const isStep = (step: unknown): step is number => Number.isSafeInteger(step) && (step as number) >= 0

/**
 * Deals rows to minibatches: every epoch goes through them once, in an order of its own, which seed and epoch alone
 * decide. A change of epoch costs a shuffle of all rows, some 50 ms a million.
 */
export const epochsOf = (op: string, rows: number, options: BatchOptions): Epochs => {
  const { sizes, seed } = readBatchOptions(op, options)
  requireSizes(op, sizes, rows)
  const perTurn = total(sizes)
  const perEpoch = Math.floor(rows / perTurn) * sizes.length
  const root = key(seed)
  // Only the speed depends on what is kept here.
  let kept: { readonly epoch: number; readonly order: Int32Array } | undefined
  const at = (step: number): Int32Array => {
    if (!isStep(step)) fail('InvalidArgument', { op, expected: 'a step from 0 on', actual: showValue(step) })
    const epoch = Math.floor(step / perEpoch)
    if (kept?.epoch !== epoch) kept = { epoch, order: shuffled(foldIn(root, epoch), rows) }
    const [turns, i] = [Math.floor((step % perEpoch) / sizes.length), step % sizes.length]
    const start = turns * perTurn + total(sizes.slice(0, i))
    return kept.order.subarray(start, start + sizes[i]!)
  }
  return { rows, perEpoch, at }
}
