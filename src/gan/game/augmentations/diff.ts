import { add, clamp, mul, sub } from '../../../ops/arithmetic.ts'
import { stack } from '../../../ops/assembly.ts'
import { greaterEqual, lessEqual, logicalAnd, where } from '../../../ops/comparison.ts'
import { convert } from '../../../ops/conversion.ts'
import { imageShape } from '../../../ops/images.ts'
import { mean } from '../../../ops/reduction.ts'
import { expandDims } from '../../../ops/shaping.ts'
import { randint } from '../../../random/integers.ts'
import type { Key } from '../../../random/key.ts'
import { foldIn } from '../../../random/key.ts'
import { bernoulli, uniform } from '../../../random/uniform.ts'
import type { None } from '../../../tensor/arguments.ts'
import { refuseMore, requireArgument } from '../../../tensor/arguments.ts'
import type { Rule } from '../../../tensor/options.ts'
import { count, readOptions } from '../../../tensor/options.ts'
import type { Tensor } from '../../../tensor/tensor.ts'
import type { Augmentation } from './augmentation.ts'
import { of } from './augmentation.ts'
import { listOf } from './listOf.ts'
import type { PerImage } from './perImage.ts'
import { coordinates, overAxes, perImage } from './perImage.ts'
import { columnNumbers, pixelsAt, rowNumbers } from './pixels.ts'

/** Moves x from its centre m by the factor k. */
const stretched = (x: Tensor, m: Tensor, k: Tensor): Tensor => add(mul(sub(x, m), k), m)

const drawnOf = (op: string, x: Tensor, u: PerImage, more: readonly unknown[]): Tensor => {
  refuseMore(op, more)
  const [n] = imageShape(op, x)
  return overAxes(perImage(op, 'u', u, n))
}

/**
 * Makes images [N, C, H, W] brighter by u - 1/2, u in [0, 1].
 *
 * @example
 * import { Augment, ones } from 'saddlepoint'
 * Augment.diffBrightness(ones([1, 1, 1, 1]), 0.75).data // => [1.25]
 */
export const diffBrightness = (x: Tensor, u: PerImage, ...more: None): Tensor =>
  add(x, sub(drawnOf('Augment.diffBrightness', x, u, more), 0.5))

/**
 * Makes colours 2u times as strong, u in [0, 1]: (x - m) 2u + m with m the mean of a pixel's channels.
 *
 * @example
 * import { Augment, tensor } from 'saddlepoint'
 * Augment.diffSaturation(tensor([1, 0, 2], [1, 3, 1, 1]), 0.25).data // => [1, 0.5, 1.5]
 */
export const diffSaturation = (x: Tensor, u: PerImage, ...more: None): Tensor => {
  const drawn = drawnOf('Augment.diffSaturation', x, u, more)
  return stretched(x, mean(x, { axes: [1], keepDims: true }), mul(drawn, 2))
}

/**
 * Makes contrast u + 1/2 times as strong, u in [0, 1]: (x - m) (u + 1/2) + m with m the mean of an image.
 *
 * @example
 * import { Augment, tensor } from 'saddlepoint'
 * Augment.diffContrast(tensor([0, 2], [1, 1, 1, 2]), 0).data // => [0.5, 1.5]
 */
export const diffContrast = (x: Tensor, u: PerImage, ...more: None): Tensor => {
  const drawn = drawnOf('Augment.diffContrast', x, u, more)
  return stretched(x, mean(x, { axes: [1, 2, 3], keepDims: true }), add(drawn, 0.5))
}

/**
 * Moves images [N, C, H, W] by whole pixels: `shift` [N, 2] is (up, to the left), out[r, c] = in[r + up, c + left], and
 * zeros come in.
 *
 * @example
 * import { Augment, tensor } from 'saddlepoint'
 * Augment.diffTranslation(tensor([1, 2, 3, 4], [1, 1, 2, 2]), tensor([1, 0])).data // => [3, 4, 0, 0]
 */
export const diffTranslation = (x: Tensor, shift: Tensor, ...more: None): Tensor => {
  const op = 'Augment.diffTranslation'
  refuseMore(op, more)
  const [n, , h, w] = imageShape(op, x)
  const [up, left] = coordinates(perImage(op, 'shift', shift, n, [2]))
  return pixelsAt(op, x, add(rowNumbers(h), overAxes(up, 2)), add(columnNumbers(w), overAxes(left, 2)))
}

/**
 * Sets a rectangle of `size` [height, width] pixels to 0, its middle at `offset` [N, 2], (row, column). What of it lies
 * beyond an edge counts as lying on it.
 *
 * @example
 * import { Augment, ones, tensor } from 'saddlepoint'
 * Augment.diffCutout(ones([1, 1, 1, 4]), [1, 2], tensor([0, 1])).data // => [0, 0, 1, 1]
 */
export const diffCutout = (x: Tensor, size: readonly [h: number, w: number], offset: Tensor, ...more: None): Tensor => {
  const op = 'Augment.diffCutout'
  refuseMore(op, more)
  const [n, , h, w] = imageShape(op, x)
  requireArgument(op, 'size', size, {
    expected: '[height, width]',
    accepts: (s) => Array.isArray(s) && s.length === 2 && s.every(count.accepts)
  })
  const [row, column] = coordinates(perImage(op, 'offset', offset, n, [2]))
  const cut = (pixel: Tensor, extent: number, pixels: number, middle: Tensor): Tensor => {
    const first = overAxes(sub(middle, Math.floor(pixels / 2)), 2)
    const end = (place: Tensor): Tensor => clamp(place, { min: 0, max: extent - 1 })
    return logicalAnd(greaterEqual(pixel, end(first)), lessEqual(pixel, end(add(first, pixels - 1))))
  }
  const inside = logicalAnd(cut(rowNumbers(h), h, size[0], row), cut(columnNumbers(w), w, size[1], column))
  return where(expandDims(inside, { axes: [1] }), 0, x)
}

/** Draws numbers on [0, 1), [n]. */
const draw = (key: Key, i: number, n: number): Tensor => uniform(foldIn(key, i), [n])

/** Draws pairs of whole numbers from low to below high, [n, 2], one range an axis of the images. */
const drawPlaces = (key: Key, n: number, ranges: readonly [readonly [number, number], readonly [number, number]]) =>
  stack(
    ranges.map(([low, high], i) => convert(randint(foldIn(key, i), [n], low, high), 'float32')),
    { axis: 1 }
  )

/** Counts the pixels of a share of an extent, to the nearest. */
const pixelsIn = (extent: number, share: number): number => Math.floor(extent * share + 0.5)

type Part = 'colour' | 'translation' | 'cutout'

const parts: Readonly<Record<Part, (x: Tensor, key: Key) => Tensor>> = {
  colour: (x, key) => {
    const [n = 0] = x.shape
    const coloured = diffSaturation(diffBrightness(x, draw(key, 0, n)), draw(key, 1, n))
    return diffContrast(coloured, draw(key, 2, n))
  },
  translation: (x, key) => {
    const [n = 0, , h = 0, w = 0] = x.shape
    const [a, b] = [pixelsIn(h, 1 / 8), pixelsIn(w, 1 / 8)]
    return diffTranslation(x, drawPlaces(key, n, [[-a, a + 1], [-b, b + 1]])) // prettier-ignore
  },
  cutout: (x, key) => {
    const [n = 0, , h = 0, w = 0] = x.shape
    const size = [pixelsIn(h, 1 / 2), pixelsIn(w, 1 / 2)] as const
    const last = (extent: number, pixels: number): readonly [number, number] => [0, extent + 1 - (pixels % 2)]
    return diffCutout(x, size, drawPlaces(key, n, [last(h, size[0]), last(w, size[1])]))
  }
}

export interface DiffAugmentOptions {
  /** What is done, in this order: all of it by default. */
  readonly policy?: readonly Part[]
}

const policyRule: Rule = listOf('colour', 'translation', 'cutout')

/**
 * Augments differentiably, with fixed strength: brightness by u - 1/2, saturation times 2u, contrast times u + 1/2,
 * translation by up to 1/8 of the extent with zeros around, and a cutout of half the extent, each drawn for each
 * image of [N, C, H, W]. It acts on every image, or with `probability` where it is told one, drawn for each part.
 *
 * @formula D(x) becomes D(T(x)), T drawn anew for each image
 * @cost one read of every pixel, and three passes element by element
 * @when data are few: 100 images, or a tenth of a set
 * @see Zhao et al., Differentiable augmentation for data-efficient GAN training (2020), and DiffAugment_pytorch.py
 *
 * @example
 * import { Augment, Random, ones } from 'saddlepoint'
 * const x = Augment.diffAugment({ policy: ['cutout'] }).apply({ key: Random.key(0) }, ones([1, 1, 2, 2]))
 * x.data.every((value) => value === 0 || value === 1) // => true
 */
export const diffAugment = (given: DiffAugmentOptions = {}, ...more: None): Augmentation => {
  const { all, problems } = readOptions<DiffAugmentOptions>(
    { policy: ['colour', 'translation', 'cutout'] },
    given,
    { policy: policyRule },
    {},
    more
  )
  const apply = (x: Tensor, key: Key, probability: Tensor | number): Tensor =>
    all.policy.reduce((y, name, i) => {
      const own = foldIn(key, i)
      const changed = parts[name](y, own)
      // A part draws from 0, 1, 2; whether it acts, from 3.
      return probability === 1
        ? changed
        : where(bernoulli(foldIn(own, 3), probability, [x.shape[0] ?? 0, 1, 1, 1]), changed, y)
    }, x)
  return of('diffAugment', (x, { key, probability }) => apply(x, key, probability), { options: { ...all }, problems })
}
