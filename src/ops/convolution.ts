import { o } from '../primitives/vocabulary.ts'
import type { Convolution } from '../program/vocabulary.ts'
import { fail } from '../tensor/error.ts'
import type { None } from '../tensor/arguments.ts'
import type { Rules } from '../tensor/options.ts'
import { count, optional, requireOptions } from '../tensor/options.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { Padding, Pair } from './images.ts'
import { imageShape, padding as paddingRule, paddingOf, pair, pairOf, pairOrZero, placesOn } from './images.ts'
import { showAval } from '../tensor/tensor.ts'

export type { Padding, Pair } from './images.ts'

/**
 * Options of a convolution: `padding` zeros around the input, `dilation` pixels between neighbouring kernel elements,
 * and `groups` into which the channels are split.
 */
export interface ConvolutionOptions {
  readonly stride?: Pair
  readonly padding?: Padding
  readonly dilation?: Pair
  readonly groups?: number
}

const rules: Rules = {
  stride: optional(pair),
  padding: optional(paddingRule),
  dilation: optional(pair),
  groups: optional(count)
}
const transposedRules: Rules = { ...rules, outputPadding: optional(pairOrZero) }

/** Moves the groups to the front, as the primitives have them: [N, C, H, W] becomes [G, N, C/G, H, W]. */
const grouped = (x: Tensor, [n, c, h, w]: readonly [number, number, number, number], groups: number): Tensor =>
  groups === 1
    ? o.reshape(x, [1, n, c, h, w])
    : o.transpose(o.reshape(x, [n, groups, c / groups, h, w]), [1, 0, 2, 3, 4])

const ungrouped = (y: Tensor): Tensor => {
  const [groups = 1, n = 1, c = 1, ...extents] = y.shape
  const inOrder = groups === 1 ? y : o.transpose(y, [1, 0, 2, 3, 4])
  return o.reshape(inOrder, [n, groups * c, ...extents])
}

/** Fails unless the channels of x and of the kernel that meet in the sum are equally many, a multiple of `groups`. */
const checkChannels = (op: string, x: Tensor, w: Tensor, groups: number, fits: boolean, kernel: string): void => {
  if (!Number.isInteger(groups) || groups < 1 || !fits)
    fail('ShapeMisfit', {
      op,
      expected: `images [N, I, H, W] and a kernel ${kernel}, I and O multiples of groups`,
      actual: `${showAval(x)} and ${showAval(w)} in ${String(groups)} groups`
    })
}

/**
 * Computes the cross-correlation (the kernel is not flipped) of images x [N, I, H, W] with kernels w [O, I/groups, kh,
 * kw], without a bias; the result is [N, O, H', W'] with H' = ⌊(H + padding - dilation (kh - 1) - 1) / stride⌋ + 1.
 *
 * The g-th block of I/groups input channels goes to the g-th block of O/groups output channels.
 *
 * @throws ShapeMisfit where the channels do not fit or the kernel is larger than the padded image
 *
 * @example
 * import { conv2d, tensor, ones } from 'saddlepoint'
 * const x = tensor([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 1, 3, 3])
 * conv2d(x, ones([1, 1, 2, 2])).data // => [12, 16, 24, 28]
 * conv2d(x, ones([4, 1, 3, 3]), { stride: 2, padding: 1 }).shape // => [1, 4, 2, 2]
 */
export const conv2d = (x: Tensor, w: Tensor, options?: ConvolutionOptions, ...more: None): Tensor => {
  const image = imageShape('conv2d', x, more)
  const { stride = 1, padding = 0, dilation = 1, groups = 1 } = requireOptions('conv2d', options, rules)
  const [, channels, height, width] = image
  const [out, perGroup, kh, kw] = imageShape('conv2d', w)
  checkChannels('conv2d', x, w, groups, perGroup * groups === channels && out % groups === 0, '[O, I/groups, kh, kw]')
  const [sh, sw] = pairOf('conv2d', 'stride', stride, 1)
  const [dh, dw] = pairOf('conv2d', 'dilation', dilation, 1)
  const [[top, bottom], [left, right]] = paddingOf('conv2d', padding)
  const output = [placesOn(height, kh, sh, top + bottom, dh), placesOn(width, kw, sw, left + right, dw)]
  if (!output.every((n) => n > 0))
    fail('ShapeMisfit', {
      op: 'conv2d',
      expected: 'a padded image no smaller than the kernel',
      actual: `${showAval(x)} and ${showAval(w)}`
    })
  const params: Convolution = {
    stride: [sh, sw],
    low: [top, left],
    dilation: [dh, dw],
    input: [height, width],
    kernel: [kh, kw],
    output
  }
  const kernels = o.reshape(w, [groups, out / groups, perGroup, kh, kw])
  return ungrouped(o.conv(grouped(x, image, groups), kernels, params))
}

/**
 * Adds `outputPadding` rows at the bottom and columns at the right of the result, holding what the kernel reaches
 * there.
 */
export interface TransposedConvolutionOptions extends ConvolutionOptions {
  readonly outputPadding?: Pair
}

/**
 * Computes the adjoint of `conv2d` in x: images x [N, I, H, W] and kernels w [I, O/groups, kh, kw] give [N, O, H', W']
 * with H' = (H - 1) stride - padding + dilation (kh - 1) + outputPadding + 1. A generator's upsampling layer.
 *
 * @throws ShapeMisfit where the channels do not fit or nothing is left of the result
 *
 * @example
 * import { convTranspose2d, tensor, ones } from 'saddlepoint'
 * convTranspose2d(tensor([1, 2, 3, 4], [1, 1, 2, 2]), ones([1, 1, 2, 2])).data // => [1, 3, 2, 4, 10, 6, 3, 7, 4]
 * convTranspose2d(ones([1, 8, 4, 4]), ones([8, 3, 4, 4]), { stride: 2, padding: 1 }).shape // => [1, 3, 8, 8]
 */
export const convTranspose2d = (
  x: Tensor,
  w: Tensor,
  options?: TransposedConvolutionOptions,
  ...more: None
): Tensor => {
  const op = 'convTranspose2d'
  const image = imageShape(op, x, more)
  const {
    stride = 1,
    padding = 0,
    outputPadding = 0,
    dilation = 1,
    groups = 1
  } = requireOptions(op, options, transposedRules)
  const [, channels, height, width] = image
  const [into, perGroup, kh, kw] = imageShape(op, w)
  checkChannels(op, x, w, groups, into === channels && into % groups === 0, '[I, O/groups, kh, kw]')
  const [sh, sw] = pairOf(op, 'stride', stride, 1)
  const [dh, dw] = pairOf(op, 'dilation', dilation, 1)
  const [moreRows, moreColumns] = pairOf(op, 'outputPadding', outputPadding, 0)
  const [[top, bottom], [left, right]] = paddingOf(op, padding)
  const input = [
    (height - 1) * sh - top - bottom + dh * (kh - 1) + moreRows + 1,
    (width - 1) * sw - left - right + dw * (kw - 1) + moreColumns + 1
  ]
  if (!input.every((n) => n > 0))
    fail('ShapeMisfit', {
      op,
      expected: 'padding that leaves something of the result',
      actual: `[${input.join(', ')}]`
    })
  const params: Convolution = {
    stride: [sh, sw],
    low: [top, left],
    dilation: [dh, dw],
    input,
    kernel: [kh, kw],
    output: [height, width]
  }
  const kernels = o.reshape(w, [groups, into / groups, perGroup, kh, kw])
  return ungrouped(o.convInputGradient(grouped(x, image, groups), kernels, params))
}
