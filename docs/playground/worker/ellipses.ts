import type { Tensor } from '../../../src/core.ts'
import type { Ellipse } from './messages.ts'

/** A step in latents of this length is what ellipses show. */
const reach = 0.1

/**
 * Draws how a generator of the plane stretches latents: the ellipse that a circle of latents around each centre becomes,
 * whose axes are s_i u_i, from the eigenvectors u_i of J J' [2, 2]. `jacobians` is [n, 2, latents], `images` [n, 2].
 */
export const ellipsesOf = (jacobians: Tensor, images: Tensor): readonly Ellipse[] => {
  const [n = 0, , latents = 0] = jacobians.shape
  const j = jacobians.data
  const at = images.data
  return Array.from({ length: n }, (_, i): Ellipse => {
    const [x, y] = [i * 2 * latents, (i * 2 + 1) * latents]
    let [xx, xy, yy] = [0, 0, 0]
    for (let k = 0; k < latents; k++) {
      const [a, b] = [j[x + k] ?? 0, j[y + k] ?? 0]
      xx += a * a
      xy += a * b
      yy += b * b
    }
    const angle = Math.atan2(2 * xy, xx - yy) / 2
    const [mean, half] = [(xx + yy) / 2, Math.hypot((xx - yy) / 2, xy)]
    const [long, short] = [Math.sqrt(mean + half), Math.sqrt(Math.max(mean - half, 0))]
    return {
      centre: [at[2 * i] ?? 0, at[2 * i + 1] ?? 0],
      axes: [
        [reach * long * Math.cos(angle), reach * long * Math.sin(angle)],
        [-reach * short * Math.sin(angle), reach * short * Math.cos(angle)]
      ]
    }
  })
}

/** The singular values, the greater first. */
export const lengthsOf = ({ axes: [long, short] }: Ellipse): readonly [number, number] => [
  Math.hypot(...long) / reach,
  Math.hypot(...short) / reach
]
