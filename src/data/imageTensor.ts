import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import type { FileIssue } from '../io/fileIssue.ts'
import type { Shape } from '../tensor/shape.ts'
import { showShape } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { Idx } from './idx.ts'
import { offsetOf } from './idx.ts'

/** Names the axis of a sample that has its channels. */
export type Channels = 'first' | 'last'

/** The numbers that become -1 and 1. */
export type Range = readonly [least: number, greatest: number]

export interface ImageLayout {
  readonly channels: Channels | undefined
  /** Tells whether rows and columns are exchanged. */
  readonly transposed: boolean
  /** Found from the numbers where it is not said. */
  readonly range: Range | undefined
}

/** One axis of an array: its extent, and how far apart its elements lie. */
interface Axis {
  readonly extent: number
  readonly stride: number
}

/** The axes of images in the order of what is made of them: channels, rows, columns. */
export type Axes = readonly [c: Axis, h: Axis, w: Axis]

/** Finds the axes of arrays [N, H, W], [N, H, W, C] or [N, C, H, W]. */
export const axesOf = (
  file: string,
  { type, shape }: { readonly type: string; readonly shape: Shape },
  { channels, transposed }: Pick<ImageLayout, 'channels' | 'transposed'>
): E.Either<FileIssue, Axes> => {
  const refused = (expected: string, hint: string): E.Either<FileIssue, never> =>
    E.left({ _tag: 'BadShape', file, offset: 2, expected, actual: `${type} of shape ${showShape(shape)}`, hint })
  const upright = (c: Axis, h: Axis, w: Axis): E.Either<FileIssue, Axes> => E.right(transposed ? [c, w, h] : [c, h, w])
  const [, a = 0, b = 0, d = 0] = shape
  if (shape.length === 3) return upright({ extent: 1, stride: 0 }, { extent: a, stride: b }, { extent: b, stride: 1 })
  if (shape.length !== 4)
    return refused(
      'images [N, H, W], [N, H, W, channels] or [N, channels, H, W]',
      'Read the array with readIdx, and reshape it'
    )
  const usual = [1, 3, 4]
  const found = channels ?? (usual.includes(d) === usual.includes(a) ? undefined : usual.includes(d) ? 'last' : 'first')
  if (found === undefined)
    return refused('1, 3 or 4 channels, as the last axis or the one after the first', "Say which: { channels: 'last' }")
  return found === 'last'
    ? upright({ extent: d, stride: 1 }, { extent: a, stride: b * d }, { extent: b, stride: d })
    : upright({ extent: a, stride: b * d }, { extent: b, stride: d }, { extent: d, stride: 1 })
}

export const usualRanges: readonly Range[] = [
  [0, 1],
  [-1, 1],
  [0, 255]
]

/** Finds the range of the numbers where it is not said, and refuses numbers outside. */
const rangeOf = (file: string, idx: Idx, given: Range | undefined): E.Either<FileIssue, Range> => {
  const { type, data } = idx
  if (type === 'uint8' && given === undefined) return E.right([0, 255])
  if (type === 'int8' && given === undefined) return E.right([-128, 127])
  let [least, greatest] = [Infinity, -Infinity]
  for (let i = 0; i < data.length; i++) {
    const x = data[i]!
    const [low, high] = given ?? [-Infinity, Infinity]
    if (!Number.isFinite(x) || x < low || x > high)
      return E.left({
        _tag: 'BadValue',
        file,
        offset: offsetOf(idx, i),
        expected: given === undefined ? 'finite numbers' : `numbers from ${String(low)} to ${String(high)}`,
        actual: String(x),
        hint: 'range says which numbers become -1 and 1'
      })
    least = Math.min(least, x)
    greatest = Math.max(greatest, x)
  }
  const found = given ?? usualRanges.find(([low, high]) => low <= least && greatest <= high)
  return found !== undefined
    ? E.right(found)
    : E.left({
        _tag: 'BadValue',
        file,
        expected: `numbers in one of ${usualRanges.map(([low, high]) => `[${String(low)}, ${String(high)}]`).join(', ')}`,
        actual: `${type} from ${String(least)} to ${String(greatest)}`,
        hint: `Say which numbers become -1 and 1: { range: [${String(least)}, ${String(greatest)}] }`
      })
}

/** Writes the images row by row, from -1 for the least number to 1 for the greatest. */
export const scaled = (data: ArrayLike<number>, n: number, [c, h, w]: Axes, [least, greatest]: Range): Tensor => {
  const half = (greatest - least) / 2
  const size = c.extent * h.extent * w.extent
  const pixels = new Float32Array(n * size)
  let at = 0
  for (let image = 0; image < n * size; image += size)
    for (let channel = 0; channel < c.extent; channel++)
      for (let row = 0; row < h.extent; row++)
        for (let column = 0; column < w.extent; column++)
          pixels[at++] = (data[image + channel * c.stride + row * h.stride + column * w.stride]! - least) / half - 1
  return { shape: [n, c.extent, h.extent, w.extent], dtype: 'float32', data: pixels }
}

/** Makes images float32 [N, C, H, W] in [-1, 1] of an array, and says of which numbers these are the ends. */
export const imageTensor = (
  file: string,
  idx: Idx,
  layout: ImageLayout
): E.Either<FileIssue, { readonly images: Tensor; readonly range: Range }> =>
  pipe(
    axesOf(file, idx, layout),
    E.bindTo('axes'),
    E.bind('range', () => rangeOf(file, idx, layout.range)),
    E.flatMap(({ axes, range }) =>
      E.tryCatch(
        () => ({ images: scaled(idx.data, idx.shape[0] ?? 0, axes, range), range }),
        (): FileIssue => ({
          _tag: 'TooLarge',
          file,
          expected: 'images that memory has room for as float32',
          actual: `${idx.type} of shape ${showShape(idx.shape)}`
        })
      )
    )
  )
