import { f32x4, i32x4, v128 } from '../encoder/index.ts'
import { expOfNegative } from './exponential.ts'
import { polynomial } from './polynomial.ts'
import { keep } from './sink.ts'
import type { VectorFunction } from './sink.ts'

const border = 0.9277
/** erf(x) / x - 1 in x^2, below the border. */
const near = [
  0.12837914768943878, -0.37612481096924566, 0.11281682521440897, -0.026761719359242347, 0.00498594001620048,
  -0.0005953739263676872
]
/** log(1 - erf(x)) / x, from there to 4. */
const far = [
  -1.1286513523056143, -0.6351396978003537, -0.10625608576114223, 0.023778602075416044, -0.003650276370088912,
  0.00032472588873183605, -0.0000114232789724111
]

/** The error function. */
export const erf: VectorFunction = (sink, x) => {
  const square = keep(sink, f32x4.mul(x, x))
  const inner = keep(sink, f32x4.add(x, f32x4.mul(x, polynomial(square, near))))
  // From 4 on it is 1; pmin lets NaN pass.
  const a = keep(sink, f32x4.pmin(f32x4.abs(x), 4))
  const tail = expOfNegative(sink, keep(sink, f32x4.mul(a, polynomial(a, far))))
  const outer = v128.or(f32x4.sub(1, tail), v128.and(x, i32x4.const(-0x80000000)))
  return v128.bitselect(inner, outer, f32x4.lt(a, border))
}
