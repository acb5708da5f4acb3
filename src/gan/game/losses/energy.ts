import { softplus } from '../../../ops/activation.ts'
import { abs, square, sub } from '../../../ops/arithmetic.ts'
import { mean } from '../../../ops/reduction.ts'
import { fail } from '../../../tensor/error.ts'
import type { Rule } from '../../../tensor/options.ts'
import { anyFunction, either, oneOf } from '../../../tensor/options.ts'
import { equalShapes, range, showShape } from '../../../tensor/shape.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import type { Discriminator } from '../players.ts'

/**
 * Names what D's energy of samples is, at least 0, small where D takes them for data: 'softplus' of its scores;
 * 'absoluteError' or 'squaredError', the mean over features of how far an autoencoder D(x) is from x; or a function of one's
 * own, [B] or of patches.
 */
export type Energy =
  'softplus' | 'absoluteError' | 'squaredError' | ((D: Discriminator, x: Tensor, labels?: Tensor) => Tensor)

export const energyRule: Rule = either(oneOf('softplus', 'absoluteError', 'squaredError'), anyFunction)

/** Computes x - D(x) of an autoencoder. */
const reconstructionError = (D: Discriminator, x: Tensor, labels: Tensor | undefined): Tensor => {
  const again = D.output(x, labels)
  return equalShapes(again.shape, x.shape)
    ? sub(x, again)
    : fail('ShapeMisfit', {
        op: 'energy',
        expected: `a discriminator that gives samples again, ${showShape(x.shape)}`,
        actual: showShape(again.shape),
        hint: "Make it an autoencoder, or take the energy 'softplus' of its scores"
      })
}

/** Computes D's energy of samples. */
export const energyOf = (energy: Energy, D: Discriminator, x: Tensor, labels: Tensor | undefined): Tensor => {
  if (typeof energy === 'function') return energy(D, x, labels)
  if (energy === 'softplus') return softplus(D(x, labels))
  const error = reconstructionError(D, x, labels)
  return mean(energy === 'absoluteError' ? abs(error) : square(error), { axes: range(x.shape.length).slice(1) })
}
