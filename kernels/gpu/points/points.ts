import type { Shape } from '../../../src/tensor/shape.ts'
import type { Scalar } from '../../../src/nest/expression.ts'
import { load } from '../../../src/nest/expression.ts'
import type { Nest } from '../../../src/nest/nest.ts'
import type { Range } from '../limits/ranges.ts'

/**
 * A flat array that a kernel reads: a buffer of the schedule or a scratch array, by number. Its int32 values lie within
 * `range`.
 */
export interface Operand {
  readonly buffer: number
  readonly size: number
  readonly range: Range
}

/**
 * What a kernel computes at each point of a domain: the body, combined over the reduction if there is one, and then
 * `finish` of the result, which `finish` reads as `total`. All other loads are of flat operands: `load(n, [offset])`.
 */
export interface Points {
  readonly domain: Shape
  readonly body: Scalar
  readonly reduction?: NonNullable<Nest['reduction']>
  readonly finish?: Scalar
}

/** The operand number that stands for the result of the reduction. */
export const finished = -1

/** Reads the result of the reduction. */
export const total = load(finished, [], 'float32')

/** Returns the extents of all axes: the domain's, then the reduction's. */
export const extentsOf = ({ domain, reduction }: Points): Shape => [...domain, ...(reduction?.extents ?? [])]
export const bodiesOf = ({ body, finish }: Points): readonly Scalar[] =>
  finish === undefined ? [body] : [body, finish]
