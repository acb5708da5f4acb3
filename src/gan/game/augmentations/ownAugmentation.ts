import type { None } from '../../../tensor/arguments.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import type { Augmentation, AugmentationOptions, Chance } from './augmentation.ts'
import { of } from './augmentation.ts'

/**
 * Makes an augmentation of a function of samples x [B, ...] and of { key, probability, step }. Draw from the key alone.
 *
 * @example
 * import { Augment, Random, add, mul, ones } from 'saddlepoint'
 * const jitter = Augment.of('jitter', (x, { key }) => add(x, mul(0.05, Random.normal(key, x.shape))))
 * jitter.apply({ key: Random.key(0) }, ones([4, 2])).shape // => [4, 2]
 */
export const ownAugmentation = (
  name: string,
  apply: (x: Tensor, chance: Chance) => Tensor,
  options: AugmentationOptions = {},
  ...more: None
): Augmentation => ({ ...of(name, apply, options, ...more), isOwn: true })
