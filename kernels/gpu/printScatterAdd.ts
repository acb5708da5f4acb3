import * as E from '#fp-ts/Either'
import type { ScatterAdd } from '../../src/compiler/schedule.ts'
import type { DType } from '../../src/tensor/dtype.ts'
import { axis, binary, compare, literal, load, plus, select, times } from '../../src/nest/expression.ts'
import type { Printer } from './kernel.ts'
import { operandsOf } from './printLoops.ts'
import type { Obstacle } from './limits/obstacle.ts'
import { sizeObstacle } from './limits/obstacle.ts'
import { finished } from './points/points.ts'
import type { Points } from './points/points.ts'
import type { Range } from './limits/ranges.ts'
import { exactIntegers, isExact } from './limits/ranges.ts'
import { printStages } from './points/printStages.ts'

/** Finds an integer sum that a float may not hold, when all updates go to one place. */
const sumObstacle = (dtype: DType, start: Range, update: Range, picked: number): Obstacle | undefined => {
  const low = start.low + picked * Math.min(0, update.low)
  const high = start.high + picked * Math.max(0, update.high)
  return dtype === 'float32' || isExact({ low, high })
    ? undefined
    : {
        reason: 'number',
        expected: `integers of at most ${String(exactIntegers)} in magnitude`,
        actual: `a sum that may be anything from ${String(low)} to ${String(high)}`
      }
}

/**
 * Prints an addition of rows at given indices. No two threads may write to one place, so each element of the result goes
 * through all indices and adds the rows meant for it, in order, which makes results repeatable. Indices out of range are
 * dropped.
 */
export const printScatterAdd: Printer<ScatterAdd> = (kernel, site) => {
  const { batches, rows, picked, size, base, writes } = kernel
  const operands = operandsOf(kernel, site)
  const { dtype } = site.schedule.buffers[writes[0]!]!
  const start = base === undefined ? operands[2]!.range : { low: base, high: base }
  if (base !== undefined && !Number.isFinite(Math.fround(base)))
    return E.left({ reason: 'number', expected: 'a finite number', actual: String(base) })
  const obstacle =
    sizeObstacle([[batches, rows, size], ...operands.map((operand) => [operand.size])]) ??
    sumObstacle(dtype, start, operands[1]!.range, picked)
  if (obstacle !== undefined) return E.left(obstacle)
  const [b, row, s, i] = [axis(0), axis(1), axis(2), axis(3)]
  const place = plus(times(b, picked), i)
  const named = compare('eq', load(0, [place], 'int32'), row)
  const own = plus(times(plus(times(b, rows), row), size), s)
  const points: Points = {
    domain: [batches, rows, size],
    body: select(named, load(1, [plus(times(place, size), s)], dtype), literal(0, dtype)),
    reduction: { combine: 'sum', extents: [picked] },
    finish: binary('add', base === undefined ? load(2, [own], dtype) : literal(base, dtype), load(finished, [], dtype))
  }
  return E.right(printStages(points, operands, writes[0]!, site))
}
