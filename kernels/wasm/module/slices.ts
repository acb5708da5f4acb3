import type { Region } from './regions.ts'
import { callCost } from './regions.ts'

/** The regions from number `from` to before `to`: what one call of `step` runs. */
export type Slice = readonly [from: number, to: number]

/** Cuts regions into slices of at most some 20 ms, between which the event loop can have its turn. */
export const slicesOf = (regions: readonly Region[]): readonly Slice[] => {
  const slices: Slice[] = []
  let from = 0
  let cost = 0
  regions.forEach((region, n) => {
    if (n > from && cost + region.cost > callCost) {
      slices.push([from, n])
      from = n
      cost = 0
    }
    cost += region.cost
  })
  return [...slices, [from, regions.length]]
}
