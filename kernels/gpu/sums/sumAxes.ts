import type { Shape } from '../../../src/tensor/shape.ts'
import type { Scalar } from '../../../src/nest/expression.ts'
import { axis, binary, int, plus, times } from '../../../src/nest/expression.ts'
import type { StridedAxis } from './products.ts'

/**
 * An axis along which sums lie in memory. The sum for the element of the result whose index on axis `of` is i has index
 * floor((i + shift) / divisor) mod extent here.
 */
export interface SumAxis extends StridedAxis {
  readonly of: number
  readonly shift: number
  readonly divisor: number
}

/** Returns the axis that has one sum for each index of axis `of`. */
export const along = (of: number, extent: number, strides: StridedAxis['strides']): SumAxis => ({
  of,
  extent,
  strides,
  shift: 0,
  divisor: 1
})

/** The `of` of the axis that numbers partial sums: it belongs to no axis of the result. */
export const partOfTerms = -1

/** Splits an axis into groups of four and the place within a group. */
export const inFours = (place: SumAxis): readonly [SumAxis, SumAxis] => {
  const { extent, strides, divisor } = place
  const fours = {
    ...place,
    extent: extent / 4,
    strides: [strides[0] * 4, strides[1] * 4],
    divisor: divisor * 4
  } as const
  return [fours, { ...place, extent: 4 }]
}

/** Tells whether the sums lie in memory as the elements of the result do. */
export const liesAs = (places: readonly SumAxis[], result: Shape): boolean => {
  const wide = places.filter(({ extent }) => extent > 1)
  const axes = result.flatMap((extent, n) => (extent > 1 ? [n] : []))
  const isAxis = ({ of, extent, divisor, shift }: SumAxis, i: number): boolean =>
    of === axes[i] && extent === result[of] && divisor === 1 && shift === 0
  return wide.length === axes.length && wide.every(isAxis)
}

/**
 * Returns the position of the sum for an element of the result, by the result's axes; partial sums are numbered by the
 * axis after them.
 */
export const positionOf = (places: readonly SumAxis[], result: Shape): Scalar => {
  const indexOf = ({ of, extent, shift, divisor }: SumAxis): Scalar => {
    if (of === partOfTerms) return axis(result.length)
    const index = binary('floorDivide', plus(axis(of), shift), int(divisor))
    const last = Math.floor((result[of]! - 1 + shift) / divisor)
    return last < extent ? index : binary('modulo', index, int(extent))
  }
  return places.reduce<Scalar>((outer, place) => plus(times(outer, place.extent), indexOf(place)), int(0))
}
