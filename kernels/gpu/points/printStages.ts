import { sizeOf, stridesOf } from '../../../src/tensor/shape.ts'
import { affineOf } from '../../../src/nest/affine.ts'
import type { Scalar } from '../../../src/nest/expression.ts'
import { axis, binary, compare, int, literal, load, plus, select, times } from '../../../src/nest/expression.ts'
import { expressionsIn, substituteIn } from '../../../src/nest/substitute.ts'
import { collapse } from './collapse.ts'
import type { Launch, PrintSite } from '../kernel.ts'
import type { Operand, Points } from './points.ts'
import { extentsOf } from './points.ts'
import { printPoints } from './printPoints.ts'
import { exactRange } from '../limits/ranges.ts'
import { divisorNear, longestRun } from './runs.ts'
import { unroll } from './unroll.ts'

/** The number of terms from which on a few threads with long loops take longer than two kernels. */
const longSum = 1024
/** The number of threads that keeps a device busy. */
const manyThreads = 4096
/** The most terms of one thread: llvmpipe silently ends the loops of a thread after 65,535 steps together. */
const mostTerms = 32768

/**
 * Returns the body with `index` in the place of axis n and the other axes renumbered by `place`. Where `index` may pass the
 * end of the axis, a sum has 0 there and a maximum its last term again.
 */
const replaceAxes = (
  points: Points,
  n: number,
  index: Scalar,
  passes: boolean,
  place: (axis: number) => Scalar
): Scalar => {
  const { body, reduction } = points
  const extent = extentsOf(points)[n]!
  const within = passes && reduction!.combine === 'max' ? binary('min', index, int(extent - 1)) : index
  const moved = substituteIn({
    axis: (e) => (e.axis === n ? within : place(e.axis)),
    load: (e, at) => ({ ...e, index: at })
  })(body)
  return passes && reduction!.combine === 'sum'
    ? select(compare('lt', index, int(extent)), moved, literal(0, body.dtype))
    : moved
}

/** Splits each long axis of the reduction into two: runs, and the steps within a run. */
export const inRuns = (points: Points): Points => {
  const { domain, reduction } = points
  const long = reduction?.extents.findIndex((extent) => extent > longestRun) ?? -1
  if (reduction === undefined || long < 0) return points
  const n = domain.length + long
  const extent = reduction.extents[long]!
  const root = Math.min(Math.ceil(Math.sqrt(extent)), longestRun / 2)
  const run = divisorNear(extent, root) ?? 4 * Math.ceil(root / 4)
  const runs = Math.ceil(extent / run)
  const index = plus(times(axis(n), run), axis(n + 1))
  const body = replaceAxes(points, n, index, runs * run > extent, (m) => axis(m > n ? m + 1 : m))
  const extents = [...reduction.extents.slice(0, long), runs, run, ...reduction.extents.slice(long + 1)]
  return inRuns({ ...points, body, reduction: { ...reduction, extents } })
}

/** Chooses how many partial results each output has: 1 where threads are many or loops are short. */
const partialResults = (outputs: number, terms: number): number => {
  const wanted = terms < longSum ? 1 : Math.min(Math.floor(manyThreads / outputs), Math.round(Math.sqrt(terms)))
  return Math.max(wanted < 4 ? 1 : wanted, Math.ceil(terms / mostTerms))
}

/** Counts the loads in which neighbours along the axis are neighbours in memory. */
const contiguousLoads = (points: Points, n: number): number =>
  expressionsIn([points.body]).filter(
    (e) => e.kind === 'load' && Math.abs(affineOf(e.index[0]!)?.coefficients.get(n) ?? 0) === 1
  ).length

interface Stages {
  /** Computes the partial results. */
  readonly first: Points
  /** Combines the partial results, which are its last operand. */
  readonly second: Points
}

/**
 * Cuts the longest axis of the reduction into about `wanted` parts: a first kernel reduces each, a second one their
 * results.
 */
const asTwoStages = (points: Points, wanted: number, operand: number): Stages => {
  const { domain, reduction, finish, body } = points
  const { extents, combine } = reduction!
  const rank = domain.length
  const extent = Math.max(...extents)
  const n = rank + extents.indexOf(extent)
  const parts = extent <= wanted ? extent : (divisorNear(extent, wanted) ?? wanted)
  const steps = extent % parts === 0 ? extent / parts : 4 * Math.ceil(extent / parts / 4)
  // Partial results of one output lie side by side where its terms do, and apart otherwise.
  const inner = rank === 0 || contiguousLoads(points, n) >= contiguousLoads(points, rank - 1)
  const part = axis(inner ? rank : 0)
  const index = inner ? plus(times(axis(n + 1), parts), part) : plus(times(part, steps), axis(n + 1))
  const moved = (m: number): Scalar => axis(m < rank && inner ? m : m + 1)
  const outputs = sizeOf(domain)
  const strides = stridesOf(domain)
  const output = domain.reduce<Scalar>((sum, _, m) => plus(sum, times(axis(m), strides[m]!)), int(0))
  return {
    first: {
      domain: inner ? [...domain, parts] : [parts, ...domain],
      body: replaceAxes(points, n, index, parts * steps > extent, moved),
      reduction: { combine, extents: extents.with(n - rank, steps) }
    },
    second: {
      domain,
      body: load(operand, [inner ? plus(times(output, parts), axis(rank)) : plus(times(axis(rank), outputs), output)], body.dtype), // prettier-ignore
      reduction: { combine, extents: [parts] },
      ...(finish && { finish })
    }
  }
}

/** Prints points as launches, the last of which writes `writes`: one, or first those of partial results. */
export const printStages = (
  given: Points,
  operands: readonly Operand[],
  writes: number,
  site: PrintSite
): readonly Launch[] => {
  const points = collapse(given)
  const { domain, reduction } = points
  const parts = reduction === undefined ? 1 : partialResults(sizeOf(domain), sizeOf(reduction.extents))
  if (parts === 1) return [printPoints(unroll(inRuns(points)), operands, writes, site)]
  const { first, second } = asTwoStages(points, parts, operands.length)
  const size = sizeOf(first.domain)
  const buffer = site.scratch(size)
  return [
    ...printStages(first, operands, buffer, site),
    ...printStages(second, [...operands, { buffer, size, range: exactRange }], writes, site)
  ]
}
