import { slice, stack } from '../../../ops/assembly.ts'
import { add, mul, sub } from '../../../ops/arithmetic.ts'
import { cos, sin } from '../../../ops/elementary.ts'
import { imageShape } from '../../../ops/images.ts'
import { matmul } from '../../../ops/matmul.ts'
import { mean, sum } from '../../../ops/reduction.ts'
import { reshape } from '../../../ops/shaping.ts'
import type { None } from '../../../tensor/arguments.ts'
import { refuseMore, requireArgument } from '../../../tensor/arguments.ts'
import { fail } from '../../../tensor/error.ts'
import { anything, count, requireOptions } from '../../../tensor/options.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import { showAval } from '../../../tensor/tensor.ts'
import type { PerImage } from './perImage.ts'
import { overAxes, perImage } from './perImage.ts'

/** Says how colours change, each parameter a number an image, [N], or one for all; what is left out changes nothing. */
export interface Tint {
  /** Added to every channel, first of all. */
  readonly brightness?: PerImage | undefined
  /** Factor of every channel, about 0. */
  readonly contrast?: PerImage | undefined
  /** 1 mirrors luminance: bright is dark, and hue and saturation stay. */
  readonly lumaFlip?: PerImage | undefined
  /** Radians about the axis of greys. */
  readonly hue?: PerImage | undefined
  /** Factor of the distance from the axis of greys. */
  readonly saturation?: PerImage | undefined
}

const rules = Object.fromEntries(
  ['brightness', 'contrast', 'lumaFlip', 'hue', 'saturation'].map((name) => [name, anything])
)

/**
 * Computes, for n images, the first three rows [n, 3, 4] of the one matrix that acts on (R, G, B, 1): brightness, then
 * contrast, luminance, hue, saturation. With v = (1, 1, 1)/√3, the axis of greys, they share their eigenspaces:
 * luminance acts on v alone, hue and saturation across it alone, so that the matrix is
 *
 *     A = contrast ((1 - 2 lumaFlip) v v' + saturation (cos hue (I - v v') + sin hue [v]×))
 *
 * beside the offset contrast (1 - 2 lumaFlip) brightness of each channel.
 *
 * @see Karras et al., Training generative adversarial networks with limited data (2020), appendix B
 *
 * @example
 * import { Augment } from 'saddlepoint'
 * Augment.colourMatrices({ brightness: 0.5, contrast: 2 }, 1).data // => [2, 0, 0, 1, 0, 2, 0, 1, 0, 0, 2, 1]
 */
export const colourMatrices = (tint: Tint, n: number, ...more: None): Tensor => {
  const op = 'Augment.colourMatrices'
  refuseMore(op, more)
  requireArgument(op, 'n', n, count)
  const given = requireOptions<Tint>(op, tint, rules)
  const read = (name: keyof Tint, usual: number): Tensor => perImage(op, name, given[name] ?? usual, n)
  const [hue, saturation, contrast] = [read('hue', 0), read('saturation', 1), read('contrast', 1)]
  const grey = mul(contrast, sub(1, mul(2, read('lumaFlip', 0))))
  const [along, across] = [mul(contrast, mul(saturation, cos(hue))), mul(contrast, mul(saturation, sin(hue)))]
  // v v' is 1/3 everywhere; [v]x is -1/√3 where the column is the next channel after the row's, 1/√3 where it is the one before.
  const common = mul(sub(grey, along), 1 / 3)
  const turn = mul(across, 1 / Math.sqrt(3))
  const [own, next, before] = [add(common, along), sub(common, turn), add(common, turn)]
  const offset = mul(grey, read('brightness', 0))
  const entries = [own, next, before, offset, before, own, next, offset, next, before, own, offset]
  return reshape(stack(entries, { axis: 1 }), [n, 3, 4])
}

/**
 * Changes colours of images [N, 3, H, W] by one matrix an image. Images of one channel, [N, 1, H, W], are grey: x becomes
 * x times the mean row sum of A plus the offset. Costs one product of 3 x 3 matrices a pixel.
 *
 * @throws ShapeMisfit for other numbers of channels
 *
 * @example
 * import { Augment, tensor } from 'saddlepoint'
 * const red = tensor([1, 0, 0], [1, 3, 1, 1])
 * Augment.colour(red, { hue: (2 * Math.PI) / 3 }).data // => [0, 1, 0]
 * Augment.colour(tensor([0.5], [1, 1, 1, 1]), { brightness: 0.25, contrast: 2 }).data // => [1.5]
 */
export const colour = (x: Tensor, tint: Tint, ...more: None): Tensor => {
  refuseMore('Augment.colour', more)
  const [n, c, h, w] = imageShape('Augment.colour', x)
  if (c !== 1 && c !== 3)
    fail('ShapeMisfit', {
      op: 'Augment.colour',
      expected: 'images [N, 3, H, W], or grey ones, [N, 1, H, W]',
      actual: showAval(x)
    })
  const matrices = colourMatrices(tint, n)
  const linear = slice(matrices, { end: [n, 3, 3] })
  const offset = slice(matrices, { start: [0, 0, 3] })
  if (c === 1)
    return add(mul(x, overAxes(mul(sum(linear, { axes: [1, 2] }), 1 / 3))), overAxes(mean(offset, { axes: [1, 2] })))
  return reshape(add(matmul(linear, reshape(x, [n, 3, h * w])), offset), [n, 3, h, w])
}
