import * as E from '#fp-ts/Either'
import type { CumulativeSum } from '../../src/compiler/schedule.ts'
import type { DType } from '../../src/tensor/dtype.ts'
import type { Scalar } from '../../src/nest/expression.ts'
import {
  all,
  axis,
  binary,
  compare,
  int,
  literal,
  load,
  minus,
  plus,
  select,
  times
} from '../../src/nest/expression.ts'
import type { Launch, Printer, PrintSite } from './kernel.ts'
import { operandsOf } from './printLoops.ts'
import { numberObstacle, sizeObstacle } from './limits/obstacle.ts'
import type { Operand, Points } from './points/points.ts'
import { finished } from './points/points.ts'
import { printStages } from './points/printStages.ts'

/** The number of terms that one thread adds up; a longer axis is summed in runs of this many. */
const run = 32

/**
 * Prints cumulative sums along the middle axis of x [blocks, extent, inner]. Along a long axis the runs are summed first,
 * then the cumulative sums of those are taken, and each element adds to them the terms of its own run.
 */
const launchesFor = (
  x: Operand,
  dtype: DType,
  [blocks, extent, inner]: readonly [number, number, number],
  writes: number,
  site: PrintSite
): readonly Launch[] => {
  const [block, place, column, step] = [axis(0), axis(1), axis(2), axis(3)]
  const element = (k: Scalar): Scalar => load(0, [plus(times(plus(times(block, extent), k), inner), column)], dtype)
  const nothing = literal(0, dtype)
  const domain = [blocks, extent, inner]
  if (extent <= 2 * run) {
    const body = select(compare('le', step, place), element(step), nothing)
    const points: Points = { domain, body, reduction: { combine: 'sum', extents: [extent] } }
    return printStages(points, [x], writes, site)
  }
  const runs = Math.ceil(extent / run)
  const size = blocks * runs * inner
  const [sums, before] = [site.scratch(size), site.scratch(size)]
  const partOf = (buffer: number): Operand => ({ buffer, size, range: x.range })
  const term = plus(times(place, run), step)
  const first: Points = {
    domain: [blocks, runs, inner],
    body: runs * run === extent ? element(term) : select(compare('lt', term, int(extent)), element(term), nothing),
    reduction: { combine: 'sum', extents: [run] }
  }
  // An element adds the terms of its own run up to itself to the sum of all runs before.
  const own = binary('floorDivide', place, int(run))
  const at = plus(times(own, run), step)
  const previous = load(1, [plus(times(plus(times(block, runs), minus(own, 1)), inner), column)], dtype)
  const last: Points = {
    domain,
    body: select(compare('le', at, place), element(at), nothing),
    reduction: { combine: 'sum', extents: [run] },
    finish: binary('add', select(all(compare('ge', own, int(1))), previous, nothing), load(finished, [], dtype))
  }
  return [
    ...printStages(first, [x], sums, site),
    ...launchesFor(partOf(sums), dtype, [blocks, runs, inner], before, site),
    ...printStages(last, [x, partOf(before)], writes, site)
  ]
}

/** Prints a cumulative sum along one axis. */
export const printCumulativeSum: Printer<CumulativeSum> = (kernel, site) => {
  const { blocks, extent, inner, writes } = kernel
  const [x] = operandsOf(kernel, site) as readonly [Operand]
  const { dtype } = site.schedule.buffers[writes[0]!]!
  const body = load(0, [axis(0), axis(1), axis(2)], dtype)
  const reduction = { combine: 'sum', extents: [extent] } as const
  const obstacle =
    sizeObstacle([[x.size]]) ??
    numberObstacle({ kind: 'nest', domain: [blocks, extent, inner], dtype, body, reduction }, [x.range])
  if (obstacle !== undefined) return E.left(obstacle)
  return E.right(launchesFor(x, dtype, [blocks, extent, inner], writes[0]!, site))
}
