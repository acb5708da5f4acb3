import type { Aval, Tensor } from '../tensor/tensor.ts'

/** A tangent or cotangent that is known to be zero: never an array, dropped by the rules of linear primitives. */
export interface Zero extends Aval {
  readonly zero: true
}
export type Tangent = Tensor | Zero

/** Returns the Zero of that shape and dtype. */
export const zero = (of: Aval): Zero => ({ zero: true, shape: of.shape, dtype: of.dtype })
export const isZero = (x: Tangent): x is Zero => 'zero' in x
