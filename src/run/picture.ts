import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { Modes } from '../data/toy.ts'
import type { FileIssue } from '../io/fileIssue.ts'
import { imageGrid } from '../io/imageGrid.ts'
import type { Tensor } from '../tensor/tensor.ts'

/** So many points are drawn: more are not told apart. */
const mostPoints = 1000

/** Takes the first two coordinates of points; those of the line lie on the horizontal axis. */
const pairs = (points: Tensor): Tensor => {
  const [rows = 0, dimension = 0] = points.shape
  const count = Math.min(rows, mostPoints)
  const data = new Float32Array(count * 2)
  for (let i = 0; i < count; i++) {
    data[2 * i] = points.data[i * dimension]!
    if (dimension > 1) data[2 * i + 1] = points.data[i * dimension + 1]!
  }
  return { shape: [count, 2], dtype: 'float32', data }
}

/** Tells what samples of a shape can be drawn as. */
export const kindOf = (shape: readonly number[]): 'images' | 'points' | 'other' => {
  if (shape.length === 3 && (shape[0] === 1 || shape[0] === 3)) return 'images'
  return shape.length === 1 ? 'points' : 'other'
}

/** Images of up to this many pixels a side are drawn larger, so that they are seen. */
const smallSide = 40

const drawScatter = (samples: Tensor, { title, real, modes }: PictureOptions): TE.TaskEither<FileIssue, Uint8Array> =>
  pipe(
    // Loaded where it is used: who draws images does without the plotting library.
    TE.fromTask(() => Promise.all([import('../io/figures/scatter.ts'), import('../io/figures/toPng.ts')])),
    TE.chain(([{ scatter }, { toPng }]) =>
      toPng(
        scatter(pairs(samples), {
          title,
          ...(real === undefined ? {} : { real: pairs(real) }),
          ...(modes === undefined ? {} : { centres: pairs(modes.centres) })
        }),
        { scale: 1 }
      )
    )
  )

export interface PictureOptions {
  readonly title: string
  readonly real: Tensor | undefined
  readonly modes: Modes | undefined
}

/**
 * Draws samples [n, ...] as a PNG: images in a grid, points by their first two coordinates among real ones and true
 * centres. What is neither has no picture.
 */
export const pictureOf = (
  samples: Tensor,
  options: PictureOptions
): TE.TaskEither<FileIssue, Uint8Array | undefined> => {
  const [, ...shape] = samples.shape
  const kind = kindOf(shape)
  if (kind === 'other') return TE.right(undefined)
  return kind === 'images'
    ? TE.of(imageGrid(samples, { scale: (shape[2] ?? 0) <= smallSide ? 2 : 1 }))
    : drawScatter(samples, options)
}
