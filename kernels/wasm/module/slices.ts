import type { Region } from './regions.ts'

/** Nanoseconds that one call should last, roughly. */
const long = 2e7

/** Regions in runs that are short enough that between them the event loop can have its turn. */
export const slicesOf = (regions: readonly Region[]): readonly (readonly [from: number, to: number])[] => {
  const slices: (readonly [number, number])[] = []
  let from = 0
  let cost = 0
  regions.forEach((region, n) => {
    if (n > from && cost + region.cost > long) {
      slices.push([from, n])
      from = n
      cost = 0
    }
    cost += region.cost
  })
  return [...slices, [from, regions.length]]
}
