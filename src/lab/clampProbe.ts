import { secantStretch, tangentStretch } from '../gan/game/regularizers/stretch.ts'
import { div, mul } from '../ops/arithmetic.ts'
import { norm } from '../ops/norm.ts'
import { normal } from '../random/normal.ts'
import { foldIn } from '../random/key.ts'
import type { None } from '../tensor/arguments.ts'
import { refuseMore } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import { notNegative, oneOf, optional, positive, requireOptions } from '../tensor/options.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { requireFinite } from './finite.ts'
import type { LabProbe } from './labProbe.ts'
import type { GeneratorOptions } from './onGenerator.ts'
import { drawnFor, generatorRules, latentsRule, onGenerator } from './onGenerator.ts'

export interface ClampBindingOptions extends GeneratorOptions {
  /** The bounds of the clamp; 1 and 20 by default, as those of `Reg.jacobianClamp`. */
  readonly min?: number
  readonly max?: number
  readonly mode?: 'secant' | 'jvp'
  /** Radius of the perturbation in mode 'secant', 1 by default. */
  readonly epsilon?: number
  /** How many latents are drawn at each step, 256 by default: the fraction is known to about 0.03. */
  readonly latents?: number
}

/** Holds where stretches of random directions lie, as parts of the latents and in themselves. */
export type ClampFigures = {
  /** The part of the latents at which the clamp does anything: below + above. */
  readonly binding: number
  readonly below: number
  readonly above: number
  /** Of the stretches. */
  readonly least: number
  readonly mean: number
  readonly greatest: number
}

const op = 'Lab.clampBinding'

/**
 * Makes the probe of how often a Jacobian clamp binds: the part of latents at which the stretch of a random direction lies
 * beyond its bounds, so that the penalty has a gradient at all. Where it is 0, a clamped training is an unclamped one. (A random
 * direction's stretch stays near the root mean square of J's singular values: it hardly ever sees the smallest.)
 *
 * @see Odena et al., Is generator conditioning causally related to GAN performance? (2018), algorithm 1
 *
 * @example
 * import { Lab } from 'saddlepoint'
 * Lab.clampBinding({ min: 1, max: 20 }).name // => 'clampBinding'
 */
export const clampBinding = (options: ClampBindingOptions = {}, ...more: None): LabProbe<ClampFigures> => {
  refuseMore(op, more)
  const {
    min = 1,
    max = 20,
    mode = 'secant',
    epsilon = 1,
    latents = 256,
    ...others
  } = requireOptions(op, options, {
    ...generatorRules,
    min: optional(notNegative),
    max: optional(notNegative),
    mode: optional(oneOf('secant', 'jvp')),
    epsilon: optional(positive),
    latents: latentsRule
  })
  if (min > max) fail('InvalidArgument', { op, expected: `a max of at least min, ${String(min)}`, actual: String(max) })
  const stretch = mode === 'jvp' ? tangentStretch : secantStretch
  const stretches = onGenerator(op, others, (G, z: Tensor, d: Tensor) => stretch(G, z, d))
  return {
    name: 'clampBinding',
    run: async (spec, state, key) => {
      const [z, labels] = drawnFor(op, spec, key, latents)
      const direction = normal(foldIn(key, 2), z.shape)
      const axes = z.shape.map((_, axis) => axis).slice(1)
      const perturbation = mul(epsilon, div(direction, norm(direction, { axes, keepDims: true })))
      const found = await stretches.at(spec, state, labels, z, perturbation)
      const q = Array.from(requireFinite(op, 'stretches of the generator', found).data)
      const part = (holds: (x: number) => boolean): number => q.filter(holds).length / latents
      const [below, above] = [part((x) => x < min), part((x) => x > max)]
      return {
        binding: below + above,
        below,
        above,
        least: Math.min(...q),
        mean: q.reduce((sum, x) => sum + x, 0) / latents,
        greatest: Math.max(...q)
      }
    },
    dispose: stretches.dispose
  }
}
