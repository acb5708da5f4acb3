import type { Generator } from '../gan/game/generatorJacobian.ts'
import { flatRows } from '../gan/game/generatorJacobian.ts'
import { bidiagonalize } from '../linalg/bidiagonal.ts'
import { svd } from '../linalg/decompositions.ts'
import { abs, mul } from '../ops/arithmetic.ts'
import { slice } from '../ops/assembly.ts'
import { reshape } from '../ops/shaping.ts'
import { key } from '../random/key.ts'
import { normal } from '../random/normal.ts'
import type { None } from '../tensor/arguments.ts'
import { refuseMore, requireFunction } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import { count, countOrZero, optional, requireOptions } from '../tensor/options.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { linearize } from '../transform/linearize.ts'
import { vjp } from '../transform/vjp.ts'
import { vmap } from '../transform/vmap.ts'
import { latentsIn } from './finite.ts'

const op = 'extremeSpectrum'

export interface ExtremeOptions {
  /** How many of the largest singular values are wanted, 0 by default. */
  readonly leading?: number
  /** How many of the smallest are, 0 by default. */
  readonly trailing?: number
  /**
   * How many steps are taken, each a Jacobian-vector and a vector-Jacobian product; at most the smaller of outputs and latents.
   * By default 20 and twice `leading`, or all where trailing ones are wanted, which settle last.
   */
  readonly steps?: number
}

/** Holds approximate singular values, descending, [n, k], and how well they fit. */
export interface Extremes {
  readonly values: Tensor
  /** |J' u - s v|, [n, k]: some singular value is no further than this from s, but for rounding. */
  readonly residuals: Tensor
}

/** Holds singular values from both ends of a spectrum. */
export interface ExtremeSpectrum {
  readonly leading: Extremes
  readonly trailing: Extremes
}

const options = { leading: optional(countOrZero), trailing: optional(countOrZero), steps: optional(count) }

/**
 * Computes the largest and the smallest singular values of the Jacobian J of a generator at latents z [n, latents] without
 * forming J, by Golub and Kahan's bidiagonalization: products with J and J' alternate, and J'J, which would lose half of the
 * digits, never occurs. Errors are the rounding of the largest singular value, 1e-6 of it in single precision, and what the
 * residuals say. A traced function: `evaluate` or `compile` it.
 *
 * Leading ones settle in few steps. Trailing ones mostly need all: that takes twice as long as `Lab.spectrum`, but memory of
 * latents² in place of outputs times latents numbers a latent (of outputs², where they are fewer). Of equal singular values
 * few steps find one alone. Where G has fewer outputs than latents, the latents that change nothing are not counted.
 *
 * @throws InvalidArgument where more is wanted than there are singular values, or steps; ShapeMisfit for other latents
 *
 * @see Golub and Kahan, Calculating the singular values and pseudo-inverse of a matrix (1965)
 *
 * @example
 * import { Lab, mul, tensor } from 'saddlepoint'
 * const stretch = tensor([2, 3, 0.5, 1])
 * const { leading, trailing } = Lab.extremeSpectrum((z) => mul(z, stretch), { leading: 1, trailing: 1 })(tensor([[1, 1, 1, 1]]))
 * leading.values.data[0].toFixed(4) // => '3.0000'
 * trailing.values.data[0].toFixed(4) // => '0.5000'
 */
export const extremeSpectrum = (
  G: Generator,
  given: ExtremeOptions,
  ...more: None
): ((z: Tensor) => ExtremeSpectrum) => {
  refuseMore(op, more)
  requireFunction(op, G, 'a generator, a function of latents')
  const { leading = 0, trailing = 0, steps: wanted } = requireOptions(op, given, options)
  if (leading + trailing === 0)
    fail('InvalidArgument', { op, expected: 'leading or trailing singular values, at least one', actual: 'neither' })

  const at = (z: Tensor): ExtremeSpectrum => {
    const f = (one: Tensor): Tensor => {
      const y = flatRows(op, G(reshape(one, [1, one.shape[0]!])))
      return reshape(y, [y.shape[1]!])
    }
    const [{ shape }, push] = linearize(f, z)
    const [, pullback] = vjp(f, z)
    const pull = (u: Tensor): Tensor => pullback(u)[0]
    const [outputs = 0, latents = 0] = [shape[0], z.shape[0]]
    const most = Math.min(outputs, latents)
    const steps = wanted ?? (trailing > 0 ? most : Math.min(most, 20 + 2 * leading))
    if (leading + trailing > steps || steps > most)
      fail('InvalidArgument', {
        op,
        expected: `leading + trailing of at most as many as steps, and these at most ${String(most)}, the smaller of outputs and latents`,
        actual: `${String(leading)} + ${String(trailing)} and ${String(steps)}`
      })
    const fresh = normal(key(0), [steps, most])
    const { matrix, next } =
      outputs < latents ? bidiagonalize(pull, push, fresh, latents) : bidiagonalize(push, pull, fresh, outputs)
    const [u, values] = svd(matrix)
    const residuals = abs(mul(reshape(slice(u, { start: [steps - 1] }), [steps]), next))
    const part = (start: number, end: number): Extremes => ({
      values: slice(values, { start: [start], end: [end] }),
      residuals: slice(residuals, { start: [start], end: [end] })
    })
    return { leading: part(0, leading), trailing: part(steps - trailing, steps) }
  }
  return (z) => vmap(at)(latentsIn(op, z))
}
