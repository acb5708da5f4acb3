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

/** Terms from which on few threads with long loops take longer than two kernels. */
const longSum = 1024
/** Threads that a device is glad to have. */
const manyThreads = 4096
/** llvmpipe ends all loops of a thread together at 65,535, without a word. */
const mostTerms = 32768

/** Axes renumbered by `place`; where `index` may pass the end of axis `n`, a sum has 0 there, a maximum its last term again. */
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

/** Long axes of the reduction as two: runs, and the steps within one. */
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

/** How many partial results each output has; 1 where threads are many or loops are short. */
const partsFor = (outputs: number, terms: number): number => {
  const wanted = terms < longSum ? 1 : Math.min(Math.floor(manyThreads / outputs), Math.round(Math.sqrt(terms)))
  return Math.max(wanted < 4 ? 1 : wanted, Math.ceil(terms / mostTerms))
}

/** In how many loads neighbours along the axis are neighbours in memory. */
const contiguousLoads = (points: Points, n: number): number =>
  expressionsIn([points.body]).filter(
    (e) => e.kind === 'load' && Math.abs(affineOf(e.index[0]!)?.coefficients.get(n) ?? 0) === 1
  ).length

interface Stages {
  /** Partial results, and the number of them. */
  readonly first: Points
  /** What is made of them: they are the operand of that number. */
  readonly second: Points
}

/** The longest axis of the reduction in `wanted` parts, each an output of a first kernel that a second one reduces. */
const inParts = (points: Points, wanted: number, operand: number): Stages => {
  const { domain, reduction, finish, body } = points
  const { extents, combine } = reduction!
  const rank = domain.length
  const extent = Math.max(...extents)
  const n = rank + extents.indexOf(extent)
  const parts = extent <= wanted ? extent : (divisorNear(extent, wanted) ?? wanted)
  const steps = extent % parts === 0 ? extent / parts : 4 * Math.ceil(extent / parts / 4)
  // The parts are neighbours where the terms are; elsewhere those of one output lie apart.
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

/** The points as kernels that end in `writes`: one, or those of partial results before it. */
export const printStages = (
  given: Points,
  operands: readonly Operand[],
  writes: number,
  site: PrintSite
): readonly Launch[] => {
  const points = collapse(given)
  const { domain, reduction } = points
  const parts = reduction === undefined ? 1 : partsFor(sizeOf(domain), sizeOf(reduction.extents))
  if (parts === 1) return [printPoints(unroll(inRuns(points)), operands, writes, site)]
  const { first, second } = inParts(points, parts, operands.length)
  const size = sizeOf(first.domain)
  const buffer = site.part(size)
  return [
    ...printStages(first, operands, buffer, site),
    ...printStages(second, [...operands, { buffer, size, range: exactRange }], writes, site)
  ]
}
