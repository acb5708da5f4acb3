import { imageGrid } from '../io/imageGrid.ts'
import { scatter } from '../io/scatter.ts'
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

/** Draws samples as a PNG: images in a grid, points among real ones and true centres. */
export const pictureOf = (samples: Tensor, data: Dataset, real: Tensor | undefined): Uint8Array =>
  data.kind === 'images'
    ? imageGrid(samples)
    : scatter(pairs(samples), {
        ...(real === undefined ? {} : { real: pairs(real) }),
        ...(data.toy.modes === undefined ? {} : { centres: pairs(data.toy.modes.centres) })
      })
