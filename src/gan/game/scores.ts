import { slice } from '../../ops/assembly.ts'
import { reshape } from '../../ops/shaping.ts'
import { fail } from '../../tensor/error.ts'
import { showShape } from '../../tensor/shape.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { isTensor } from '../../tensor/tensor.ts'
import { showValue } from '../../tensor/problem.ts'

/**
 * Squeezes the scores of a critic: axes of extent 1 behind the samples go, so that [B], [B, 1] and [B, 1, 1, 1] are all
 * [B], and those of patches [B, 1, h, w] are [B, h, w]. Scores of two critics then add up row by row, where [B] and
 * [B, 1] would broadcast to all pairs, [B, B].
 *
 * @throws ShapeMisfit where there is no axis of samples
 */
export const squeezed = (player: string, y: unknown): Tensor => {
  if (!isTensor(y) || y.shape.length === 0)
    return fail('ShapeMisfit', {
      op: player,
      expected: 'a score a sample, [B] or [B, 1], or one a patch, [B, 1, h, w]',
      actual: isTensor(y) ? showShape(y.shape) : showValue(y),
      hint: `End the ${player} in Net.dense(n, 1)`
    })
  const shape = y.shape.filter((extent, axis) => axis === 0 || extent !== 1)
  return shape.length === y.shape.length ? y : reshape(y, shape)
}

/**
 * Takes the scores among `count` numbers that a critic gives for each sample, [B, count], or patch, [B, count, h, w]: the
 * first of them, an axis of extent 1.
 *
 * @throws ShapeMisfit where it gives another number of them
 */
export const firstOf = (player: string, count: number, y: Tensor): Tensor =>
  count === 1
    ? y
    : isTensor(y) && y.shape.length >= 2 && y.shape[1] === count
      ? columns(y, 0, 1)
      : fail('ShapeMisfit', {
          op: player,
          expected: `[B, ${String(count)}]: a score and ${String(count - 1)} further numbers, which the loss reads`,
          actual: isTensor(y) ? showShape(y.shape) : showValue(y),
          hint: `End the ${player} in Net.dense(n, ${String(count)})`
        })

/** Takes some of the numbers that a critic gives for each sample: [B, n, ...] -> [B, to - from, ...]. */
export const columns = (y: Tensor, from: number, to: number): Tensor => {
  const others = y.shape.slice(2)
  return slice(y, { start: [0, from, ...others.map(() => 0)], end: [y.shape[0] ?? 0, to, ...others] })
}
