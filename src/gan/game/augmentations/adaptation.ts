import { add, clamp, div, mul, sign, sub } from '../../../ops/arithmetic.ts'
import { greater, less } from '../../../ops/comparison.ts'
import { convert } from '../../../ops/conversion.ts'
import { mean } from '../../../ops/reduction.ts'
import type { None } from '../../../tensor/arguments.ts'
import { refuseMore, requireTensor } from '../../../tensor/arguments.ts'
import { count, finite, positive, requireOptions } from '../../../tensor/options.ts'
import type { Tensor } from '../../../tensor/tensor.ts'

/**
 * Computes how far D overfits by the signs of its scores of augmented data: r_t = E sign D(x), sign 0 being 0. About 0 where
 * it does not tell data from fakes, 1 where it is sure of all of them.
 *
 * @see Karras et al., Training generative adversarial networks with limited data (2020), equation 1
 *
 * @example
 * import { Augment, tensor } from 'saddlepoint'
 * Augment.signs(tensor([2, 1, -3, 0])).data // => [0.25]
 */
export const signs = (real: Tensor, ...more: None): Tensor => {
  refuseMore('Augment.signs', more)
  return mean(sign(requireTensor('Augment.signs', real, 'scores, a tensor')))
}

/**
 * Computes how far D overfits by data that it is not trained on: r_v = (E D(x) - E D(v)) / (E D(x) - E D(G(z))). About 0
 * where D takes them for data as those of the training, 1 where it takes them for fakes.
 *
 * @see Karras et al., Training generative adversarial networks with limited data (2020), equation 1
 *
 * @example
 * import { Augment, tensor } from 'saddlepoint'
 * Augment.validationGap(tensor(3), tensor(2), tensor(-1)).data // => [0.25]
 */
export const validationGap = (real: Tensor, validation: Tensor, fake: Tensor, ...more: None): Tensor => {
  refuseMore('Augment.validationGap', more)
  const score = (x: Tensor): Tensor => mean(requireTensor('Augment.validationGap', x, 'scores, a tensor'))
  return div(sub(score(real), score(validation)), sub(score(real), score(fake)))
}

/**
 * Moves the probability by one step of the controller: p <- p + sign(r - target) moved / images, within [0, 1]. `moved`
 * is the number of samples since the last step: p goes from 0 to 1 in `images` samples.
 *
 * @example
 * import { Augment, tensor } from 'saddlepoint'
 * Augment.adapted(tensor(0.5), tensor(0.7), { target: 0.6, moved: 256, images: 1024 }).data // => [0.75]
 */
export const adapted = (
  probability: Tensor,
  overfitting: Tensor,
  options: { readonly target: number; readonly moved: number; readonly images: number },
  ...more: None
): Tensor => {
  refuseMore('Augment.adapted', more)
  for (const x of [probability, overfitting]) requireTensor('Augment.adapted', x, 'a scalar tensor')
  const { target, moved, images } = requireOptions('Augment.adapted', options, {
    target: finite,
    moved: count,
    images: positive
  })
  // Where r is not a number, nothing moves.
  const direction = sub(convert(greater(overfitting, target), 'float32'), convert(less(overfitting, target), 'float32'))
  return clamp(add(probability, mul(direction, moved / images)), { min: 0, max: 1 })
}
