/**
 * Plans a nest as one walk, or as two, of which the second combines the partial results of the first.
 *
 * @category wasm
 */
import { axis, load } from '../../../src/nest/expression.ts'
import type { FusedNest } from '../../../src/nest/fused.ts'
import { planWalk } from './plan.ts'
import type { OperandType } from './operandType.ts'
import type { Walk } from './plan.ts'
import { elementBytes } from '../../../src/tensor/dtype.ts'

export interface LoopPlan {
  readonly walks: readonly Walk[]
  /** Bytes of memory for partial results, if the second walk combines some. */
  readonly scratchBytes: number
  /** Byte offset in it of each output's partial results. */
  readonly partials: readonly number[]
  /** Estimated nanoseconds on one thread. */
  readonly cost: number
}

const aligned = (bytes: number): number => Math.ceil(bytes / 16) * 16

export const costOf = (walks: readonly Walk[]): number => walks.reduce((sum, { units, cost }) => sum + units * cost, 0)

/** Plans how a nest is computed, from the shapes of its operands alone. */
export const planLoops = (nest: FusedNest, operands: readonly OperandType[]): LoopPlan => {
  const first = planWalk(nest, operands)
  if (first === undefined) return { walks: [], scratchBytes: 0, partials: [], cost: 0 }
  const { reduction, size, dtypes } = first
  if (reduction?.staged !== true) return { walks: [first], scratchBytes: 0, partials: [], cost: costOf([first]) }
  const blocks = reduction.blocks.count
  const second = planWalk(
    {
      domain: [size],
      outputs: dtypes.map((dtype, n) => ({ dtype, body: load(n, [axis(1), axis(0)], dtype) })),
      reduction: { extents: [blocks], combine: reduction.combine }
    },
    dtypes.map((dtype) => ({ shape: [blocks, size], dtype }))
  )
  const walks = second === undefined ? [first] : [first, second]
  let scratchBytes = 0
  const partials = dtypes.map((dtype) => {
    const start = scratchBytes
    scratchBytes += aligned(blocks * size * elementBytes[dtype])
    return start
  })
  return { walks, scratchBytes, partials, cost: costOf(walks) }
}
