import type { None } from '../../../tensor/arguments.ts'
import { refuseMore } from '../../../tensor/arguments.ts'
import type { Rule } from '../../../tensor/options.ts'
import { optional, requireOptions } from '../../../tensor/options.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import { isTensor } from '../../../tensor/tensor.ts'
import { isRecord } from '../../../tensor/tree.ts'
import type { AffineOptions, Movement } from './affine.ts'
import { affine } from './affine.ts'
import type { Tint } from './colour.ts'
import { colour } from './colour.ts'
import { cutout, noise } from './corruption.ts'
import { filter } from './filter.ts'
import type { PerImage } from './perImage.ts'

/** Says what happens to images, stage by stage; a stage that is left out costs nothing. */
export interface AdaParameters {
  readonly movement?: Movement
  readonly tint?: Tint
  /** Of the four bands of frequencies, [N, 4]. */
  readonly gains?: Tensor
  readonly noise?: { readonly sigma: PerImage; readonly drawn: Tensor }
  readonly cutout?: { readonly size: PerImage; readonly centre: Tensor }
}

const stage: Rule = optional({ expected: 'a record of parameters', accepts: isRecord })
const rules = {
  movement: stage,
  tint: stage,
  gains: optional({ expected: 'a tensor of gains [N, 4]', accepts: isTensor }),
  noise: stage,
  cutout: stage
}

/**
 * Applies the stages of ADA's pipeline to images [N, C, H, W], with parameters that are given: movement by one affine
 * matrix an image, colour by one matrix, filter, noise, cutout, in this order. `Augment.ada` draws them.
 *
 * @see Karras et al., Training generative adversarial networks with limited data (2020), figure 24
 *
 * @example
 * import { Augment, tensor } from 'saddlepoint'
 * const x = tensor([1, 2, 3, 4], [1, 1, 2, 2])
 * Augment.adaPipeline(x, { movement: { flip: 1 }, tint: { contrast: 2 } }).data // => [4, 2, 8, 6]
 */
export const adaPipeline = (
  x: Tensor,
  parameters: AdaParameters,
  options: AffineOptions = {},
  ...more: None
): Tensor => {
  refuseMore('Augment.adaPipeline', more)
  const { movement, tint, gains, ...corruption } = requireOptions('Augment.adaPipeline', parameters, rules)
  let y = x
  if (movement !== undefined) y = affine(y, movement, options)
  if (tint !== undefined) y = colour(y, tint)
  if (gains !== undefined) y = filter(y, gains)
  if (corruption.noise !== undefined) y = noise(y, corruption.noise.sigma, corruption.noise.drawn)
  if (corruption.cutout !== undefined) y = cutout(y, corruption.cutout.size, corruption.cutout.centre)
  return y
}
