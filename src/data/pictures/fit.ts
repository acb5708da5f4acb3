import type { Picture } from './picture.ts'

/** Makes a picture gray, by the weights of luma (ITU-R BT.601), or gives a gray one three channels. */
export const withChannels = (picture: Picture, channels: 1 | 3): Picture => {
  const { width, height, pixels } = picture
  if (picture.channels === channels) return picture
  const made = new Uint8Array(width * height * channels)
  for (let i = 0; i < width * height; i++)
    if (channels === 3) made.fill(pixels[i]!, 3 * i, 3 * i + 3)
    else made[i] = Math.round(0.299 * pixels[3 * i]! + 0.587 * pixels[3 * i + 1]! + 0.114 * pixels[3 * i + 2]!)
  return { width, height, channels, pixels: made }
}

/** The samples that a sample of a resized line is the mean of, and their weights. */
interface Taps {
  readonly first: number
  readonly weights: readonly number[]
}

/**
 * Weighs samples by a triangle around the centre, as wide as the samples are many that become one: the filter of bilinear
 * interpolation, without aliasing where it makes smaller. `n` samples of which `size` from `start` on become `to`.
 */
const tapsOf = (n: number, start: number, size: number, to: number): readonly Taps[] => {
  const scale = size / to
  const reach = Math.max(scale, 1)
  return Array.from({ length: to }, (_, i) => {
    const centre = start + (i + 0.5) * scale
    const first = Math.max(0, Math.ceil(centre - reach - 0.5))
    const last = Math.min(n - 1, Math.floor(centre + reach - 0.5))
    const weights = Array.from({ length: last - first + 1 }, (_, j) =>
      Math.max(0, 1 - Math.abs(first + j + 0.5 - centre) / reach)
    )
    const sum = weights.reduce((a, b) => a + b, 0)
    return { first, weights: weights.map((weight) => weight / sum) }
  })
}

/** Cuts the middle square out of a picture and scales it to `size` pixels along each side. */
export const fitted = (picture: Picture, size: number): Picture => {
  const { width, height, channels, pixels } = picture
  if (width === size && height === size) return picture
  const side = Math.min(width, height)
  const columns = tapsOf(width, (width - side) / 2, side, size)
  const rows = tapsOf(height, (height - side) / 2, side, size)
  const narrow = new Float32Array(height * size * channels)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < size; x++) {
      const { first, weights } = columns[x]!
      for (let c = 0; c < channels; c++) {
        let sum = 0
        for (let j = 0; j < weights.length; j++) sum += weights[j]! * pixels[(y * width + first + j) * channels + c]!
        narrow[(y * size + x) * channels + c] = sum
      }
    }
  const made = new Uint8Array(size * size * channels)
  const stride = size * channels
  for (let y = 0; y < size; y++) {
    const { first, weights } = rows[y]!
    for (let x = 0; x < stride; x++) {
      let sum = 0
      for (let j = 0; j < weights.length; j++) sum += weights[j]! * narrow[(first + j) * stride + x]!
      made[y * stride + x] = Math.round(sum)
    }
  }
  return { width: size, height: size, channels, pixels: made }
}
