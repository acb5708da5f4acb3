import { add, div, mul, sub } from '../../ops/arithmetic.ts'
import { slice } from '../../ops/assembly.ts'
import { equal, where } from '../../ops/comparison.ts'
import { stopGradient } from '../../ops/conversion.ts'
import { arange, zeros } from '../../ops/creation.ts'
import { matmul } from '../../ops/matmul.ts'
import { norm } from '../../ops/norm.ts'
import { reshape, transpose } from '../../ops/shaping.ts'
import { eigh } from '../../linalg/decompositions.ts'
import { key } from '../../random/key.ts'
import { normal } from '../../random/normal.ts'
import type { None } from '../../tensor/arguments.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { linearize } from '../../transform/linearize.ts'
import { scan } from '../../transform/scan/scan.ts'
import { vjp } from '../../transform/vjp.ts'
import type { Generator } from './generatorJacobian.ts'
import { generatorJacobian, metricOf, requireLatents } from './generatorJacobian.ts'

/** Holds one direction of latents a row, [B, latents], of length 1; constants of every gradient. */
export interface ExtremalDirections {
  /** The one that G stretches most, and least: right singular vectors of J. */
  readonly most: Tensor
  readonly least: Tensor
}

/** Up to so many latents M is found whole; beyond, Lanczos takes so many steps. */
const exactUpTo = 128
const lanczosSteps = 32

/** Returns the first and the last of orthonormal vectors [B, latents, count], in columns, ascending by eigenvalue. */
const ends = (columns: Tensor): ExtremalDirections => {
  const [batch = 1, latents = 1, count = 1] = columns.shape
  const column = (place: number): Tensor =>
    stopGradient(reshape(slice(columns, { start: [0, 0, place], end: [batch, latents, place + 1] }), [batch, latents]))
  return { most: column(count - 1), least: column(0) }
}

/** Finds all eigenvectors of M. */
const exact = (G: Generator, z: Tensor): ExtremalDirections =>
  ends(eigh(stopGradient(metricOf(generatorJacobian(G, z))))[1])

/** Computes the part of x, [B, latents], that is orthogonal to the rows of a basis [B, count, latents]. */
const outside = (basis: Tensor, x: Tensor): Tensor => {
  const row = reshape(x, [x.shape[0] ?? 1, 1, x.shape[1] ?? 1])
  const along = matmul(row, transpose(basis, [0, 2, 1]))
  return sub(x, reshape(matmul(along, basis), x.shape))
}

/**
 * Finds the outermost Ritz vectors of M, by Lanczos steps v -> J' (J v) of all rows at once, each vector made orthogonal to
 * all before, twice.
 *
 * @see Parlett, The symmetric eigenvalue problem (1980), chapter 13
 */
const lanczos = (G: Generator, z: Tensor): ExtremalDirections => {
  const [batch = 1, latents = 1] = z.shape
  const [, push] = linearize(G, z)
  const [, pull] = vjp(G, z)
  interface Spanned {
    readonly basis: Tensor
    readonly next: Tensor
  }
  const places = reshape(arange(0, lanczosSteps, { dtype: 'int32' }), [1, lanczosSteps, 1])
  const step = ({ basis, next }: Spanned, place: Tensor): [Spanned, Tensor] => {
    const v = div(next, norm(next, { axes: [1], keepDims: true }))
    const wider = where(equal(places, place), reshape(v, [batch, 1, latents]), basis)
    const image = stopGradient(pull(push(v))[0])
    return [{ basis: wider, next: outside(wider, outside(wider, image)) }, image]
  }
  const none = { basis: zeros([batch, lanczosSteps, latents]), next: normal(key(0), [batch, latents]) }
  const [{ basis }, images] = scan(step, none, arange(0, lanczosSteps, { dtype: 'int32' }))
  const projected = matmul(basis, transpose(images, [1, 2, 0]))
  const [, vectors] = eigh(mul(0.5, add(projected, transpose(projected, [0, 2, 1]))))
  return ends(matmul(transpose(basis, [0, 2, 1]), vectors))
}

/**
 * Finds the directions of latents that G stretches most and least: up to 128 latents exactly, as eigenvectors of M = J'J,
 * by one Jacobian-vector product a latent dimension; beyond by 32 Lanczos steps, each a product with J and one with J',
 * which finds the most stretched well and of the least stretched one that is stretched little more. They are held constant:
 * the derivative of a singular value is that of |J v| with its v held, wherever it is a single one.
 */
export const extremalDirections = (G: Generator, z: Tensor, ...more: None): ExtremalDirections => {
  requireLatents('extremalDirections', G, z, more)
  const [, latents = 1] = z.shape
  return latents <= exactUpTo ? exact(G, z) : lanczos(G, z)
}
