import type { Shape } from '../../../src/tensor/shape.ts'
import type { Scalar } from '../../../src/nest/expression.ts'
import { axis, binary, int, plus, times } from '../../../src/nest/expression.ts'
import type { StridedAxis } from './products.ts'

/**
 * An axis along which sums lie: that of the result's element with index i on axis `of` lies at
 * floor((i + shift) / divisor) mod extent.
 */
export interface SumAxis extends StridedAxis {
  readonly of: number
  readonly shift: number
  readonly divisor: number
}

/** A place for each index of an axis. */
export const along = (of: number, extent: number, strides: StridedAxis['strides']): SumAxis => ({
  of,
  extent,
  strides,
  shift: 0,
  divisor: 1
})

/** In place of an axis of the result: sums are of a part of the terms, and this is which. */
export const part = -1

/** In fours: which four, and the places of each. */
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

/** Whether the sums lie as the result does. */
export const liesAs = (places: readonly SumAxis[], result: Shape): boolean => {
  const wide = places.filter(({ extent }) => extent > 1)
  const axes = result.flatMap((extent, n) => (extent > 1 ? [n] : []))
  const isAxis = ({ of, extent, divisor, shift }: SumAxis, i: number): boolean =>
    of === axes[i] && extent === result[of] && divisor === 1 && shift === 0
  return wide.length === axes.length && wide.every(isAxis)
}

/** Where the sum for the result's element at its axes lies; its part of the terms is the axis behind them. */
export const positionOf = (places: readonly SumAxis[], result: Shape): Scalar => {
  const indexOf = ({ of, extent, shift, divisor }: SumAxis): Scalar => {
    if (of === part) return axis(result.length)
    const index = binary('floorDivide', plus(axis(of), shift), int(divisor))
    const last = Math.floor((result[of]! - 1 + shift) / divisor)
    return last < extent ? index : binary('modulo', index, int(extent))
  }
  return places.reduce<Scalar>((outer, place) => plus(times(outer, place.extent), indexOf(place)), int(0))
}
