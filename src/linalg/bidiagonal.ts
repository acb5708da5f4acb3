import { o } from '../primitives/vocabulary.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { scan } from '../transform/scan/scan.ts'
import { unit, wellOutside } from './orthogonal.ts'
import { inner, scaled } from './vectors.ts'

/** Holds what is left of a linear map A in a smaller space: A V' = U' B and A' U' = V' B' + next, but for its last column 0. */
export interface Bidiagonal {
  /** B, [steps, steps], upper bidiagonal; its singular values approximate those of A. */
  readonly matrix: Tensor
  /** The length of what the image of the last row of U has beside V. */
  readonly next: Tensor
}

interface Spanned {
  /** Orthonormal vectors v as rows, those to come being 0, and the next one. */
  readonly basis: Tensor
  readonly v: Tensor
  /** The last vector u, and how much of it the image of v has. */
  readonly u: Tensor
  readonly along: Tensor
}

const lengthOf = (x: Tensor): Tensor => o.sqrt(inner(x, x))

/**
 * Projects a linear map A, given as `push` v -> A v and its transpose `pull`, to the spaces of v, A'A v, (A'A)² v, ... without
 * ever squaring: by Golub and Kahan's method, a step of one push and one pull. `fresh` [steps, n] holds the vector it
 * starts from, and those with which it goes on where a space is mapped to itself. The v are made orthogonal to all before,
 * twice, and kept, [steps, n]; the u need not be. In a trace the steps are one loop.
 *
 * @see Golub and Kahan, Calculating the singular values and pseudo-inverse of a matrix (1965)
 * @see Barlow, Reorthogonalization for the Golub-Kahan-Lanczos bidiagonal reduction (2013)
 */
export const bidiagonalize = (
  push: (v: Tensor) => Tensor,
  pull: (u: Tensor) => Tensor,
  fresh: Tensor,
  rows: number
): Bidiagonal => {
  const [steps = 0, columns = 0] = fresh.shape
  const step = (
    { basis, v, u, along }: Spanned,
    [row, other]: readonly [Tensor, Tensor]
  ): [Spanned, readonly [Tensor, Tensor]] => {
    const goesOn = o.broadcastInDim(o.compare(along, o.full([], 0), 'gt'), v.shape, [])
    const own = o.select(goesOn, v, unit(wellOutside(basis, other)))
    const isOwn = o.compare(o.iota(basis.shape, 0), o.broadcastInDim(row, basis.shape, []), 'eq')
    const wider = o.select(isOwn, o.broadcastInDim(own, basis.shape, [1]), basis)
    const image = o.sub(push(own), scaled(along, u))
    const back = wellOutside(wider, pull(unit(image)))
    const next = lengthOf(back)
    return [{ basis: wider, v: unit(back), u: unit(image), along: next }, [lengthOf(image), next]]
  }
  const zeros = (...shape: number[]): Tensor => o.full(shape, 0)
  const none = { basis: zeros(steps, columns), v: zeros(columns), u: zeros(rows), along: zeros() }
  const [{ along }, [diagonal, beside]] = scan(step, none, [o.iota([steps], 0), fresh] as const)
  const [i, j] = [o.iota([steps, steps], 0), o.iota([steps, steps], 1)]
  const inRows = (x: Tensor): Tensor => o.broadcastInDim(x, [steps, steps], [0])
  const above = o.select(o.compare(j, o.add(i, 1), 'eq'), inRows(beside), 0)
  return { matrix: o.select(o.compare(i, j, 'eq'), inRows(diagonal), above), next: along }
}
