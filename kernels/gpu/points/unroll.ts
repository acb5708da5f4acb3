import type { Scalar } from '../../../src/nest/expression.ts'
import { axis, binary, plus, times } from '../../../src/nest/expression.ts'
import { expressionsIn, substituteIn } from '../../../src/nest/substitute.ts'
import type { Points } from './points.ts'

/** The most terms that one step of a loop combines. */
const mostTerms = 8
/** The most expressions that one step of a loop comes to: beyond, the loop itself is the least of its costs. */
const mostExpressions = 96

const largestDivisor = (n: number, most: number): number => {
  for (let d = Math.floor(Math.min(n, most)); d > 1; d--) if (n % d === 0) return d
  return 1
}

/** Combines x[0], x[1] ... pairwise, as a balanced tree. */
const combined = (combine: 'sum' | 'max', terms: readonly Scalar[]): Scalar => {
  if (terms.length === 1) return terms[0]!
  const half = terms.length >> 1
  const [x, y] = [terms.slice(0, half), terms.slice(half)].map((part) => combined(combine, part)) as [Scalar, Scalar]
  return binary(combine === 'sum' ? 'add' : 'max', x, y)
}

/** Rewrites a reduction so that each step of its innermost loop combines several terms. */
export const unroll = (points: Points): Points => {
  const { domain, body, reduction } = points
  if (reduction === undefined || reduction.extents.length === 0) return points
  const { extents, combine } = reduction
  const n = domain.length + extents.length - 1
  const extent = extents.at(-1)!
  const terms = largestDivisor(extent, Math.min(mostTerms, mostExpressions / expressionsIn([body]).length))
  if (terms === 1) return points
  const steps = extent / terms
  const term = (u: number): Scalar => {
    const place = plus(times(axis(n), steps === 1 ? 0 : terms), u)
    const visit = substituteIn({ axis: (e) => (e.axis === n ? place : e), load: (e, index) => ({ ...e, index }) })
    return visit(body)
  }
  return {
    ...points,
    body: combined(
      combine,
      Array.from({ length: terms }, (_, u) => term(u))
    ),
    reduction: { combine, extents: [...extents.slice(0, -1), ...(steps === 1 ? [] : [steps])] }
  }
}
