import type { None } from '../tensor/arguments.ts'
import { refuseMore, requireNumbers } from '../tensor/arguments.ts'
import { fail } from '../tensor/error.ts'
import { oneOf, optional, requireOptions } from '../tensor/options.ts'
import { equalShapes, showShape } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { makeTensor } from '../tensor/makeTensor.ts'
import { requireFinite } from './finite.ts'
import { rowsOf } from './rows.ts'

export interface InterpolateOptions {
  /**
   * How latents are joined: 'linear' (by default), or 'spherical', along the great circle between their directions, which
   * keeps to the shell where normal latents of many dimensions lie.
   */
  readonly path?: 'linear' | 'spherical'
}

/** Holds points of paths between latents, and how fast they move there: dz/dt. Each [n, latents]. */
export interface PathPoints {
  readonly z: Tensor
  readonly velocity: Tensor
}

/** The weights of both ends at t, and their derivatives, for an angle w between the ends. */
const weightsAt = (t: number, w: number | undefined): readonly [number, number, number, number] => {
  if (w === undefined) return [1 - t, t, -1, 1]
  const s = Math.sin(w)
  return [Math.sin((1 - t) * w) / s, Math.sin(t * w) / s, (-w * Math.cos((1 - t) * w)) / s, (w * Math.cos(t * w)) / s]
}

/**
 * Computes points between latents: row i of z0 [n, latents] joined with row i of z1, at t[i] in [0, 1]; `t` is [n], [n, 1]
 * or one number for all. Linear: (1 - t) z0 + t z1. Spherical: sin((1 - t) w) / sin w z0 + sin(t w) / sin w z1, w the angle
 * between them. Computed on the host, in double precision; the results are of the precision of z0. Throws InvalidArgument
 * where a spherical path is not unique: latents that are 0 or point the same or the opposite way.
 *
 * @see White, Sampling generative networks (2016), section 2
 *
 * @example
 * import { Lab, tensor } from 'saddlepoint'
 * Lab.interpolate(tensor([[0, 2]]), tensor([[4, 0]]), 0.25).z.data // => [1, 1.5]
 * Lab.interpolate(tensor([[0, 2]]), tensor([[2, 0]]), 0.5, { path: 'spherical' }).z.data // => [1.4142135381698608, 1.4142135381698608]
 */
export const interpolate = (
  z0: Tensor,
  z1: Tensor,
  t: Tensor | number,
  options: InterpolateOptions = {},
  ...more: None
): PathPoints => {
  const op = 'interpolate'
  refuseMore(op, more)
  const { path = 'linear' } = requireOptions(op, options, { path: optional(oneOf('linear', 'spherical')) })
  const [from, to] = [rowsOf(op, 'z0', z0, 1), rowsOf(op, 'z1', z1, 1)]
  if (typeof t !== 'number') requireFinite(op, 't', requireNumbers(op, t, 't as a number or a tensor [n]'))
  else if (!Number.isFinite(t)) fail('InvalidArgument', { op, expected: 'a finite t', actual: String(t) })
  const times = typeof t === 'number' ? new Float64Array(from.count).fill(t) : Float64Array.from(t.data)
  if (!equalShapes(z0.shape, z1.shape) || times.length !== from.count)
    fail('ShapeMisfit', {
      op,
      expected: `z1 ${showShape(z0.shape)} as z0, and a t for each row`,
      actual: `${showShape(z1.shape)} and ${String(times.length)} numbers`
    })
  const { width } = from
  const [z, velocity] = [new Float64Array(from.data.length), new Float64Array(from.data.length)]
  for (let i = 0; i < from.count; i++) {
    const [a, b] = [from, to].map(({ data }) => data.subarray(i * width, (i + 1) * width))
    const inner = (x: Float64Array, y: Float64Array): number => x.reduce((total, value, j) => total + value * y[j]!, 0)
    const cosine = inner(a!, b!) / Math.sqrt(inner(a!, a!) * inner(b!, b!))
    const angle = path === 'linear' ? undefined : Math.acos(cosine)
    if (angle !== undefined && !(Math.abs(Math.sin(angle)) > 1e-12))
      fail('InvalidArgument', {
        op,
        expected: 'two directions for a spherical path',
        actual: `row ${String(i)}, of latents with cosine ${String(cosine)}`,
        hint: "Take path: 'linear' there"
      })
    const [u, v, du, dv] = weightsAt(times[i]!, angle)
    for (let j = 0; j < width; j++) {
      z[i * width + j] = u * a![j]! + v * b![j]!
      velocity[i * width + j] = du * a![j]! + dv * b![j]!
    }
  }
  const like = (data: Float64Array): Tensor =>
    makeTensor(z0.data instanceof Float64Array ? data : new Float32Array(data), z0.shape)
  return { z: like(z), velocity: like(velocity) }
}
