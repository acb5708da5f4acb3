import { Random, tensor } from '../../../src/core.ts'
import type { Gan, Tensor } from '../../../src/core.ts'

/** Latents that stay the same from frame to frame, so that what moves is the generator. */
export interface Latents {
  /** [count, ...]: those that samples are made of. */
  readonly drawn: Tensor
  /** [probes, ...]: those at which the generator's Jacobian is looked at. */
  readonly probes: Tensor
  /** [side², latents]: a square of the plane of the first two latents, the others 0; absent for latents of other shapes. */
  readonly square?: { readonly side: number; readonly points: Tensor; readonly centres: Tensor }
}

/** A square of the plane of the first two latents, from -reach to reach. */
const squareOf = (latents: number, side: number, reach: number): Tensor => {
  const values = new Float32Array(side * side * latents)
  const place = (i: number): number => (side === 1 ? 0 : reach * ((2 * i) / (side - 1) - 1))
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++) {
      const at = (row * side + column) * latents
      values[at] = place(column)
      if (latents > 1) values[at + 1] = place(row)
    }
  return tensor(values, [side * side, latents])
}

export const latentsFor = ({ prior }: Gan.Spec, count: number, probes: number): Latents => {
  const key = Random.key(1)
  const reach = prior.name === 'normal' ? 2 : 1
  const [latents = 0] = prior.shape
  return {
    drawn: prior.sample(Random.foldIn(key, 0), count),
    probes: prior.sample(Random.foldIn(key, 1), probes),
    ...(prior.shape.length === 1 && latents > 1
      ? { square: { side: 21, points: squareOf(latents, 21, reach), centres: squareOf(latents, 5, reach) } }
      : {})
  }
}
