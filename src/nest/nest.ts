import type { DType } from '../tensor/dtype.ts'
import type { Shape } from '../tensor/shape.ts'
import type { Scalar } from './expression.ts'

/**
 * A loop nest: for every point of `domain`, `body`, combined over `reduction` where there is one.
 *
 *     result[i...] = combine over r... of body(i..., r...)
 *
 * Every primitive but a few lowers to one, which makes this the common language of all engines. An engine that knows a
 * faster way for a `shape of work` reads it off `anchor`; the generic form stays the meaning.
 */
export interface Nest {
  readonly kind: 'nest'
  readonly domain: Shape
  readonly dtype: DType
  readonly body: Scalar
  readonly reduction?: { readonly extents: Shape; readonly combine: 'sum' | 'max' }
  readonly anchor?: Anchor
}

/** Heavy work of a known kind; the parameters are those of the primitive of that name. */
export type Anchor =
  | { readonly kind: 'dotGeneral' }
  | { readonly kind: 'conv' | 'convInputGradient' | 'convFilterGradient' }
  | { readonly kind: 'cumulativeSum' }
  | { readonly kind: 'scatterAdd' }

/** The result is the operand's buffer, under another shape: nothing is computed. */
export interface Alias {
  readonly kind: 'alias'
  readonly operand: number
}

/** No loop nest describes it (sorting): an engine calls the reference evaluation or a routine of its own. */
export interface Routine {
  readonly kind: 'routine'
}

export type Lowering = Nest | Alias | Routine
