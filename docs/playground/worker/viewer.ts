import type { Gan, Tensor } from '../../../src/core.ts'
import { tensor } from '../../../src/core.ts'
import type { Frame } from './messages.ts'

export type Seen = Pick<Frame, 'points' | 'images' | 'plane' | 'conditioning'>

/** Computes what is seen of a state. */
export interface Viewer {
  readonly see: (state: Gan.State) => Promise<Seen>
  readonly dispose: () => void
}

/** What networks are applied with. */
export interface Held {
  readonly params: unknown
  readonly layers: unknown
}

export const floats = ({ data }: Tensor): Float32Array => Float32Array.from(data as ArrayLike<number>)

/** A square grid of points [side², 2] over the view, row by row from the bottom. */
export const gridOver = (extent: number, side: number): Tensor => {
  const values = new Float32Array(2 * side * side)
  const place = (i: number): number => extent * ((2 * (i + 0.5)) / side - 1)
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++) {
      values[2 * (row * side + column)] = place(column)
      values[2 * (row * side + column) + 1] = place(row)
    }
  return tensor(values, [side * side, 2])
}

export const meanOf = (numbers: readonly number[]): number =>
  numbers.reduce((total, x) => total + x, 0) / numbers.length
