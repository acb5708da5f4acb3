import type { Shape } from '../../../src/tensor/shape.ts'
import { showShape, sizeOf } from '../../../src/tensor/shape.ts'
import type { Scalar } from '../../../src/nest/expression.ts'
import type { Nest } from '../../../src/nest/nest.ts'
import { expressionsIn, partsOf } from '../../../src/nest/substitute.ts'
import type { Range } from './ranges.ts'
import { exactIntegers, isExact, isHeld, rangeOfResult, rangesOf } from './ranges.ts'

/**
 * Why work is no kernel of gpu.js: arrays too large to index exactly, or empty; integers too large for floats, or no
 * such literal; more arrays than a kernel may read; work that no loops describe.
 */
export interface Obstacle {
  readonly reason: 'size' | 'number' | 'arguments' | 'routine'
  readonly expected: string
  readonly actual: string
}

/** An array that a nest reads; an int32 lies within `range`. */
export interface KnownOperand {
  readonly shape: Shape
  readonly range: Range
}

const nameOf = (e: Scalar): string => (e.kind === 'unary' || e.kind === 'binary' ? e.name : e.kind)

/** Positions are floats where they pass through a variable, and gpu.js has no empty arrays. */
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

/** Whether something is on this side of a number below all that is inexact, of which rounding leaves no doubt. */
const isBound = (e: Scalar): boolean =>
  e.kind === 'compare' && orders.has(e.name) && e.y.kind === 'literal' && Math.abs(e.y.value) < exactIntegers

/** Expressions that say where something is loaded, or whether that is inside, and nothing else. */
const placesIn = (body: Scalar): ReadonlySet<Scalar> => {
  const values = new Set<Scalar>()
  const visit = (e: Scalar): void => {
    if (values.has(e)) return
    values.add(e)
    if (e.kind !== 'load' && !isBound(e)) partsOf(e).forEach(visit)
  }
  visit(body)
  return new Set(expressionsIn([body]).filter((e) => !values.has(e)))
}

export const numberObstacle = (nest: Nest, operands: readonly Range[]): Obstacle | undefined => {
  const { domain, body, reduction } = nest
  const rangeOf = rangesOf([...domain, ...(reduction?.extents ?? [])], operands)
  const places = placesIn(body)
  /**
   * Sums of exact integers and of their multiples that may leave the exact ones: no array reaches that far, and what is
   * loaded there is not taken, so it may be off, as long as it stays outside.
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

/** The obstacle to printing `nest`, if there is one. */
export const obstacleTo = (nest: Nest, operands: readonly KnownOperand[]): Obstacle | undefined =>
  sizeObstacle([nest.domain, ...operands.map(({ shape }) => shape)]) ??
  numberObstacle(
    nest,
    operands.map(({ range }) => range)
  )
