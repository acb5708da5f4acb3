import { o } from '../primitives/vocabulary.ts'
import { fail } from '../tensor/error.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { showAval } from '../tensor/tensor.ts'

/** Turns the order of all values around, and back: -x, for int32 -1 - x, since its minimum has no negative. */
export const mirrored = (op: string, x: Tensor): Tensor =>
  x.dtype === 'int32'
    ? o.sub(-1, x)
    : x.dtype === 'float32'
      ? o.neg(x)
      : fail('DTypeMisfit', { op, expected: 'a float32 or int32 tensor', actual: showAval(x) })
