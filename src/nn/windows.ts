import type { Either } from '#fp-ts/Either'
import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import type { Padding, Pair } from '../ops/images.ts'
import { paddingOf, pairOf } from '../ops/images.ts'
import type { Rule } from '../tensor/options.ts'
import { count, countOrZero } from '../tensor/options.ts'
import { showValue } from '../tensor/problem.ts'
import type { Extent, Features, Misfit } from './features.ts'
import { imageFeatures, misfit } from './features.ts'

/** What layers share that move a window over images: options, and the extents of what comes out. */

/** Accepts what a rule accepts, or two of that. */
export const orTwo = (of: Rule): Rule => ({
  expected: `${of.expected}, or two of them`,
  accepts: (x) => of.accepts(x) || (Array.isArray(x) && x.length === 2 && x.every(of.accepts))
})
/** One number, or [height, width]. */
export const pairRule: Rule = orTwo(count)
export const pairOrZeroRule: Rule = orTwo(countOrZero)
/** One number, or one or two for each axis. */
export const paddingRule: Rule = {
  ...pairOrZeroRule,
  accepts: (x) => orTwo(pairOrZeroRule).accepts(x)
}

/** Shows a pair: `4x4`. */
export const showPair = (pair: Pair): string => {
  const [h, w] = Array.isArray(pair) ? (pair as readonly [number, number]) : [pair, pair]
  return `${showValue(h)}x${showValue(w)}`
}

/** Shows the options that differ from their defaults: `, stride 2, padding 1`. */
export const showOptions = (
  options: Readonly<Record<string, unknown>>,
  usual: Readonly<Record<string, unknown>>
): string =>
  Object.keys(usual)
    .filter((key) => options[key] !== usual[key])
    .map((key) => `, ${key} ${showValue(options[key])}`)
    .join('')

/** Writes each option out for both axes; padding as the sum of both sides. */
export interface Window {
  readonly kernel: readonly [number, number]
  readonly stride: readonly [number, number]
  readonly padding: readonly [number, number]
  readonly dilation: readonly [number, number]
}

export const windowOf = (
  op: string,
  given: { readonly kernel: Pair; readonly stride: Pair; readonly padding: Padding; readonly dilation?: Pair }
): Window => {
  const [[top, bottom], [left, right]] = paddingOf(op, given.padding)
  return {
    kernel: pairOf(op, 'kernel', given.kernel, 1),
    stride: pairOf(op, 'stride', given.stride, 1),
    padding: [top + bottom, left + right],
    dilation: pairOf(op, 'dilation', given.dilation ?? 1, 1)
  }
}

/** Returns the features of images with `inChannels` (null: any) after each extent has become `extent` of it. */
export const resized = (
  features: Features,
  inChannels: Extent,
  outChannels: Extent,
  extent: (n: number, axis: 0 | 1) => number
): Either<Misfit, Features> =>
  pipe(
    imageFeatures(features, inChannels),
    E.chain(([channels, h, w]) => {
      const [height, width] = [h === null ? null : extent(h, 0), w === null ? null : extent(w, 1)]
      return (height ?? 1) < 1 || (width ?? 1) < 1
        ? misfit('images no smaller than the window', features, 'Take a smaller window, or more padding')
        : E.right([outChannels ?? channels, height, width])
    })
  )
