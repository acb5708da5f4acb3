import type { Affine } from '../../../src/nest/affine.ts'
import { affineOf, scalarOfAffine } from '../../../src/nest/affine.ts'
import type { Scalar } from '../../../src/nest/expression.ts'
import { axis, int, load } from '../../../src/nest/expression.ts'
import { partsOf, substituteIn } from '../../../src/nest/substitute.ts'
import type { Points } from './points.ts'
import { bodiesOf, extentsOf } from './points.ts'

const mapBodies = (points: Points, f: (body: Scalar) => Scalar): Points => ({
  ...points,
  body: f(points.body),
  ...(points.finish && { finish: f(points.finish) })
})

/** Replaces the index of each axis of extent 1 by 0. */
const withoutUnits = (points: Points): Points => {
  const extents = extentsOf(points)
  const visit = substituteIn({
    axis: (e) => (extents[e.axis] === 1 ? int(0) : e),
    load: (e, index) => ({ ...e, index })
  })
  return mapBodies(points, visit)
}

/** Collects the offsets that are affine in the axes, and the axes that anything else depends on. */
const usesOf = (
  bodies: readonly Scalar[]
): { readonly offsets: readonly Affine[]; readonly raw: ReadonlySet<number> } => {
  const offsets: Affine[] = []
  const raw = new Set<number>()
  const seen = new Set<Scalar>()
  const visit = (e: Scalar): void => {
    if (seen.has(e)) return
    seen.add(e)
    const offset = e.kind === 'load' && e.index.length > 0 ? affineOf(e.index[0]!) : undefined
    if (offset !== undefined) offsets.push(offset)
    else if (e.kind === 'axis') raw.add(e.axis)
    else partsOf(e).forEach(visit)
  }
  bodies.forEach(visit)
  return { offsets, raw }
}

/**
 * Joins neighbouring axes that every load walks as one, so that a thread splits fewer indices off its number: elementwise
 * work has a single axis left.
 */
export const collapse = (given: Points): Points => {
  const points = withoutUnits(given)
  const extents = extentsOf(points)
  const { offsets, raw } = usesOf(bodiesOf(points))
  const joins = (outer: number, inner: number): boolean =>
    !raw.has(outer) &&
    !raw.has(inner) &&
    offsets.every(
      ({ coefficients }) => (coefficients.get(outer) ?? 0) === (coefficients.get(inner) ?? 0) * extents[inner]!
    )
  // For each axis that is left, the innermost of the axes it joins, and their common extent.
  const join = (from: number, to: number): { last: number; extent: number }[] => {
    const kept: { last: number; extent: number }[] = []
    for (let n = from; n < to; n++) {
      if (extents[n] === 1) continue
      const outer = kept.at(-1)
      if (outer !== undefined && joins(outer.last, n))
        kept[kept.length - 1] = { last: n, extent: outer.extent * extents[n]! }
      else kept.push({ last: n, extent: extents[n]! })
    }
    return kept
  }
  const rank = points.domain.length
  const domain = join(0, rank)
  const reduced = join(rank, extents.length)
  const numbers = new Map([...domain, ...reduced].map(({ last }, n) => [last, n]))
  const renumbered = ({ constant, coefficients }: Affine): Affine => ({
    constant,
    coefficients: new Map(
      [...coefficients].flatMap(([n, coefficient]) => (numbers.has(n) ? [[numbers.get(n)!, coefficient]] : []))
    )
  })
  const visit = substituteIn({
    axis: (e) => axis(numbers.get(e.axis) ?? 0),
    load: (e, index) => {
      const offset = e.index.length > 0 ? affineOf(e.index[0]!) : undefined
      return offset === undefined ? { ...e, index } : load(e.operand, [scalarOfAffine(renumbered(offset))], e.dtype)
    }
  })
  const { reduction } = points
  return {
    ...mapBodies(points, visit),
    domain: domain.map(({ extent }) => extent),
    ...(reduction && { reduction: { ...reduction, extents: reduced.map(({ extent }) => extent) } })
  }
}
