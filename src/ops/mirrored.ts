import { o } from '../primitives/vocabulary.ts'
import type { Tensor } from '../tensor/tensor.ts'

/** Turns the order of all values around, and back: -x, for int32 -1 - x, since its minimum has no negative. */
export const mirrored = (x: Tensor): Tensor => (x.dtype === 'int32' ? o.sub(-1, x) : o.neg(x))
