import type { Shape, Tensor } from '../../src/index.ts'

/** Uniform numbers in [0, 1). */
export type Random = () => number

/** mulberry32, which peers/common.py and peers/common.mjs repeat bit for bit, so that all start from the same numbers. */
export const mulberry32 = (seed: number): Random => {
  let a = seed >>> 0
  return () => {
    a = (a + 0x6d2b79f5) >>> 0
    let t = a
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t = (t ^ (t + Math.imul(t ^ (t >>> 7), t | 61))) >>> 0
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** float32 numbers uniform on [-scale, scale), or on [0, 2 scale) with a shift of 0. */
export const uniform = (shape: Shape, scale: number, random: Random, shift = -0.5): Tensor => {
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1))
  for (let i = 0; i < data.length; i++) data[i] = (random() + shift) * 2 * scale
  return { shape, dtype: 'float32', data }
}

/** Weights of a layer with that many inputs a sum. */
export const weights = (shape: Shape, fanIn: number, random: Random): Tensor =>
  uniform(shape, 1 / Math.sqrt(fanIn), random)

export const zerosOf = (...shape: Shape): Tensor => ({
  shape,
  dtype: 'float32',
  data: new Float32Array(shape.reduce((a, b) => a * b, 1))
})

/** A whole number from low to high, both included. */
export const between = (low: number, high: number, random: Random): number =>
  low + Math.floor(random() * (high - low + 1))
