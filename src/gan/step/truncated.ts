import { abs, mul, square } from '../../ops/arithmetic.ts'
import { less, lessEqual, where } from '../../ops/comparison.ts'
import { exp } from '../../ops/elementary.ts'
import type { Key } from '../../random/key.ts'
import { foldIn } from '../../random/key.ts'
import { normal } from '../../random/normal.ts'
import { uniform } from '../../random/uniform.ts'
import type { Shape } from '../../tensor/shape.ts'
import type { Tensor } from '../../tensor/tensor.ts'

/** Draws that are tried: each is accepted with a probability above 0.6, so that all fail for 2 of 10^13 numbers. */
const tries = 32

/** The limit from which on proposals are normal. */
const wide = 1.5

/**
 * Samples a standard normal that lies in [-limit, limit], float32 of `shape`, by rejection: proposals are uniform, and
 * accepted with probability exp(-x²/2), or for a wide limit normal, and accepted where they lie inside. The truncation
 * trick: nearer to 0, samples are more alike and better.
 *
 * Source: Brock, Donahue and Simonyan, "Large scale GAN training for high fidelity natural image synthesis" (2019),
 * section 3.1.
 */
export const truncatedNormal = (key: Key, shape: Shape, limit: number): Tensor => {
  const proposal = (i: number): { readonly x: Tensor; readonly isAccepted: Tensor } => {
    const own = foldIn(key, i)
    if (limit > wide) {
      const x = normal(own, shape)
      return { x, isAccepted: lessEqual(abs(x), limit) }
    }
    const x = uniform(foldIn(own, 0), shape, { min: -limit, max: limit })
    return { x, isAccepted: less(uniform(foldIn(own, 1), shape), exp(mul(square(x), -0.5))) }
  }
  return Array.from({ length: tries }, (_, i) => proposal(i)).reduce<Tensor>(
    (found, { x, isAccepted }) => where(isAccepted, x, found),
    mul(proposal(tries).x, 0)
  )
}
