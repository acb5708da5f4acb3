import type { DType } from '../tensor/dtype.ts'
import type { Shape } from '../tensor/shape.ts'
import type { Scalar } from './expression.ts'
import type { Nest } from './nest.ts'

/**
 * Several results over one domain, computed in one pass: a parameter, its momentum and its variance; or one result. All
 * are reduced over the same extents, or none is.
 */
export interface FusedNest {
  readonly domain: Shape
  readonly outputs: readonly { readonly dtype: DType; readonly body: Scalar }[]
  readonly reduction?: NonNullable<Nest['reduction']>
}

/** Fuses nests that share domain and reduction into one; their bodies load from one list of operands. */
export const fuse = (first: Nest, ...others: readonly Nest[]): FusedNest => ({
  domain: first.domain,
  outputs: [first, ...others].map(({ dtype, body }) => ({ dtype, body })),
  ...(first.reduction && { reduction: first.reduction })
})
