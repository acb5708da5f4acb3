import type { Shape } from '../../../src/tensor/shape.ts'
import { sizeOf, stridesOf } from '../../../src/tensor/shape.ts'
import { all, axis, binary, compare, int, literal, load, plus, select } from '../../../src/nest/expression.ts'
import { flatten } from '../points/flatten.ts'
import type { Launch, PrintSite } from '../kernel.ts'
import type { Operand } from '../points/points.ts'
import { printStages } from '../points/printStages.ts'

/** A window on an axis of an array: its element i is element (first + i) / every of the array, and 0 where there is none. */
export interface Window {
  readonly first: number
  readonly extent: number
  readonly every: number
}

/** Where the elements of windows lie: in an array, from `start` on, after `launches` have run. */
export interface View {
  readonly launches: readonly Launch[]
  readonly buffer: number
  readonly start: number
  readonly strides: readonly number[]
}

/** Returns the window on the whole of an axis. */
export const wholeOf = (extent: number): Window => ({ first: 0, extent, every: 1 })

/**
 * Views an array of `shape` through a window on each axis: the array itself where nothing lies outside it, else a copy
 * with zeros.
 */
export const viewOf = (operand: Operand, shape: Shape, windows: readonly Window[], site: PrintSite): View => {
  const lies = windows.every(({ first, extent, every }, n) => every === 1 && first >= 0 && first + extent <= shape[n]!)
  if (lies) {
    const strides = stridesOf(shape)
    const start = windows.reduce((sum, { first }, n) => sum + first * strides[n]!, 0)
    return { launches: [], buffer: operand.buffer, start, strides }
  }
  const domain = windows.map(({ extent }) => extent)
  const places = windows.map(({ first }, n) => plus(axis(n), first))
  const inside = windows.flatMap(({ first, extent, every }, n) => [
    ...(first < 0 ? [compare('ge', places[n]!, int(0))] : []),
    ...(first + extent > shape[n]! * every ? [compare('lt', places[n]!, int(shape[n]! * every))] : []),
    ...(every > 1 ? [compare('eq', binary('modulo', places[n]!, int(every)), int(0))] : [])
  ])
  const index = places.map((place, n) => binary('floorDivide', place, int(windows[n]!.every)))
  const body = select(all(...inside), load(0, index, 'float32'), literal(0))
  const buffer = site.scratch(sizeOf(domain))
  const flat = flatten(body, [shape])
  return {
    launches: printStages({ domain, body: flat }, [operand], buffer, site),
    buffer,
    start: 0,
    strides: stridesOf(domain)
  }
}
