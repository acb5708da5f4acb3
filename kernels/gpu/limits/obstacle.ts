import type { Shape } from '../../../src/tensor/shape.ts'
import { showShape, sizeOf } from '../../../src/tensor/shape.ts'
import type { Scalar } from '../../../src/nest/expression.ts'
import type { Nest } from '../../../src/nest/nest.ts'
import { expressionsIn } from '../../../src/nest/substitute.ts'
import type { Range } from './ranges.ts'
import { exactIntegers, isExact, isHeld, rangeOfResult, rangesOf } from './ranges.ts'

/**
 * Why something cannot be a kernel of gpu.js. `size`: an array is empty, or too large to be indexed exactly by floats.
 * `number`: an integer may be too large for a float, or a literal is not finite. `arguments`: a kernel would read too many
 * arrays. `routine`: no loops describe the work.
 */
export interface Obstacle {
  readonly reason: 'size' | 'number' | 'arguments' | 'routine'
  readonly expected: string
  readonly actual: string
}

/** An array that a nest reads; its values, where it is an int32, lie within `range`. */
export interface KnownOperand {
  readonly shape: Shape
  readonly range: Range
}

const nameOf = (e: Scalar): string => (e.kind === 'unary' || e.kind === 'binary' ? e.name : e.kind)

/** Finds a shape that is too large or empty: positions in arrays are floats, and gpu.js has no empty arrays. */
export const sizeObstacle = (shapes: readonly Shape[]): Obstacle | undefined => {
  const misfit = shapes.find((shape) => sizeOf(shape) > exactIntegers || sizeOf(shape) === 0)
  return (
    misfit && {
      reason: 'size',
      expected: `arrays of 1 to ${String(exactIntegers)} elements`,
      actual: showShape(misfit)
    }
  )
}

const orders: ReadonlySet<string> = new Set(['lt', 'le', 'gt', 'ge'])

/** Tells whether `e` compares something with an exact literal: however the other side is rounded, the answer is right. */
const isBound = (e: Scalar): boolean =>
  e.kind === 'compare' && orders.has(e.name) && e.y.kind === 'literal' && Math.abs(e.y.value) < exactIntegers

/** Finds the expressions whose value only decides where something is loaded, or whether that place is inside its array. */
const placesIn = (body: Scalar): ReadonlySet<Scalar> => {
  const values = new Set(expressionsIn([body], (e) => e.kind === 'load' || isBound(e)))
  return new Set(expressionsIn([body]).filter((e) => !values.has(e)))
}

/** Finds a number of the nest that a float32 may not hold, given what its int32 operands can be. */
export const numberObstacle = (nest: Nest, operands: readonly Range[]): Obstacle | undefined => {
  const { domain, body, reduction } = nest
  const rangeOf = rangesOf([...domain, ...(reduction?.extents ?? [])], operands)
  const places = placesIn(body)
  /**
   * Tells whether `e` is a place, made of exact integers, that may lie beyond the exact ones. No array reaches that far, so
   * what is loaded there is never used, and the place may be inexact as long as it stays outside.
   */
  const isFarPlace = (e: Scalar): boolean =>
    places.has(e) && e.kind === 'binary' && ['add', 'sub', 'mul'].includes(e.name) && [e.x, e.y].every(isPlace)
  const isPlace = (e: Scalar): boolean => isExact(rangeOf(e)) || isFarPlace(e)
  const inexact = (what: string, { low, high }: Range): Obstacle => ({
    reason: 'number',
    expected: `integers of at most ${String(exactIntegers)} in magnitude`,
    actual: `${what} that may be anything from ${String(low)} to ${String(high)}`
  })
  for (const e of expressionsIn([body])) {
    if (e.kind === 'literal' && !Number.isFinite(Math.fround(e.value)))
      return { reason: 'number', expected: 'finite numbers', actual: String(e.value) }
    if (e.dtype === 'int32' && !isHeld(rangeOf(e)) && !isFarPlace(e)) return inexact(nameOf(e), rangeOf(e))
  }
  if (nest.dtype !== 'int32') return undefined
  const result = rangeOfResult(nest, operands)
  return isHeld(result) ? undefined : inexact('a sum', result)
}

/** Finds the obstacle to printing `nest`, if there is one. */
export const obstacleTo = (nest: Nest, operands: readonly KnownOperand[]): Obstacle | undefined =>
  sizeObstacle([nest.domain, ...operands.map(({ shape }) => shape)]) ??
  numberObstacle(
    nest,
    operands.map(({ range }) => range)
  )
