import type { Shape } from '../../../src/tensor/shape.ts'
import type { Scalar } from '../../../src/nest/expression.ts'
import { load } from '../../../src/nest/expression.ts'
import type { Nest } from '../../../src/nest/nest.ts'
import type { Range } from '../limits/ranges.ts'

/** An array as kernels see it: flat, a buffer or a part by number. An int32 in it lies within `range`. */
export interface Operand {
  readonly buffer: number
  readonly size: number
  readonly range: Range
}

/**
 * What a kernel computes at each point of a domain: the body, combined over the reduction where there is one, and what
 * `finish` makes of that, which is `load(finished, [])` in it. All other loads are of flat operands: `load(n, [offset])`.
 */
export interface Points {
  readonly domain: Shape
  readonly body: Scalar
  readonly reduction?: NonNullable<Nest['reduction']>
  readonly finish?: Scalar
}

/** The operand that stands for what the reduction comes to. */
export const finished = -1

export const total = load(finished, [], 'float32')

export const extentsOf = ({ domain, reduction }: Points): Shape => [...domain, ...(reduction?.extents ?? [])]
export const bodiesOf = ({ body, finish }: Points): readonly Scalar[] =>
  finish === undefined ? [body] : [body, finish]
