import * as E from '#fp-ts/Either'
import type { Shape } from '../tensor/shape.ts'
import { isTensor } from '../tensor/tensor.ts'

/** The extent of an axis, null where it is not known yet: the height of the images that a convolution will meet. */
export type Extent = number | null

/** Extents of the axes of one sample, without the batch axis; undefined where nothing is known. */
export type Features = readonly Extent[] | undefined

/** Says why features do not suit a layer: what the layer expects, and what came. */
export interface Misfit {
  readonly expected: string
  readonly actual: string
  readonly hint: string
}

/** Shows features, unknown extents as question marks: `[64, ?, ?]`. */
export const showFeatures = (features: Features): string =>
  features === undefined ? 'anything' : `[${features.map((extent) => extent ?? '?').join(', ')}]`

/** Returns the features as a shape where every extent is known, else undefined. */
export const knownShape = (features: Features): Shape | undefined =>
  features?.every((extent) => extent !== null) === true ? features : undefined

/** Tests whether features may turn out equal: an unknown extent equals any. */
export const agree = (a: Features, b: Features): boolean =>
  a === undefined ||
  b === undefined ||
  (a.length === b.length &&
    a.every((extent, i) => {
      const other = b[i]
      return extent === null || other === null || extent === other
    }))

/** Multiplies the extents; null where one is not known. */
export const sizeOfFeatures = (features: Features): Extent =>
  features === undefined
    ? null
    : features.reduce<Extent>((size, n) => (size === null || n === null ? null : size * n), 1)

export const misfit = (expected: string, features: Features, hint: string): E.Either<Misfit, never> =>
  E.left({ expected, actual: showFeatures(features), hint })

/** Says how a layer comes to suit features of another size, or of several axes: `call` writes the layer for a size. */
export const vectorHint = (features: Features, wanted: number, call: (size: number) => string): string => {
  const size = sizeOfFeatures(features)
  const other = size === null || size === wanted ? undefined : call(size)
  if (features?.length === 1) return `Make it ${other ?? call(wanted)}`
  return other === undefined ? 'Put Net.flatten before it' : `Put Net.flatten before it, and make it ${other}`
}

/** Says which images features of other axes may be meant to be: square ones where the channels are known. */
const imageHint = (features: Features, channels: Extent): string => {
  const size = sizeOfFeatures(features)
  const side = size === null || channels === null ? NaN : Math.sqrt(size / channels)
  const shape = Number.isInteger(side) && side > 0 ? [channels, side, side] : ['channels', 'height', 'width']
  return `Put Net.reshape([${shape.join(', ')}]) before it`
}

/** Reads features as [channels, height, width], unknown extents allowed; `channels` says how many there have to be. */
export const imageFeatures = (
  features: Features,
  channels: Extent = null
): E.Either<Misfit, readonly [Extent, Extent, Extent]> => {
  if (!agree(features, [channels, null, null]))
    return misfit(
      showFeatures([channels, null, null]),
      features,
      features?.length === 3 ? 'Make the channels before and here agree' : imageHint(features, channels)
    )
  const [c = null, h = null, w = null] = features ?? []
  return E.right([channels ?? c, h, w])
}

/** Returns the features of a batch, all axes but the first; undefined for a tree of tensors. */
export const featuresOf = (x: unknown): Features => (isTensor(x) ? x.shape.slice(1) : undefined)
