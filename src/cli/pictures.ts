import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { FileIssue } from '../io/fileIssue.ts'
import { imageGrid } from '../io/imageGrid.ts'
import { showCount } from '../io/numbers.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { Dataset } from './dataset.ts'

/** Puts points of one dimension on the horizontal axis. */
const pairs = (points: Tensor): Tensor => {
  const [count = 0, dimension = 0] = points.shape
  if (dimension === 2) return points
  const data = new Float32Array(count * 2)
  for (let i = 0; i < count; i++) data[2 * i] = points.data[i] ?? 0
  return { shape: [count, 2], dtype: 'float32', data }
}

/** Draws samples at a step as a PNG: images in a grid, points among real ones and true centres. */
export const pictureOf = (
  samples: Tensor,
  data: Dataset,
  real: Tensor | undefined,
  step: number
): TE.TaskEither<FileIssue, Uint8Array> =>
  data.kind === 'images'
    ? TE.of(imageGrid(samples))
    : pipe(
        // Loaded where it is used: a command that draws nothing starts without the plotting library.
        TE.fromTask(() => Promise.all([import('../io/figures/scatter.ts'), import('../io/figures/toPng.ts')])),
        TE.chain(([{ scatter }, { toPng }]) =>
          toPng(
            scatter(pairs(samples), {
              title: `${data.name}, step ${showCount(step)}`,
              ...(real === undefined ? {} : { real: pairs(real) }),
              ...(data.toy.modes === undefined ? {} : { centres: pairs(data.toy.modes.centres) })
            }),
            { scale: 1 }
          )
        )
      )
