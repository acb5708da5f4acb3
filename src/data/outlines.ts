/**
 * Shapes of the plane as signed distances: at (x, y) how far the outline is, negative within. Every shape fits into the
 * circle of radius 1, roughly; y points up.
 */
import { abs, add, max, min, mul, neg, square, sub } from '../ops/arithmetic.ts'
import { sqrt } from '../ops/elementary.ts'
import type { Tensor } from '../tensor/tensor.ts'

export type Outline = (x: Tensor, y: Tensor) => Tensor

const radius: Outline = (x, y) => sqrt(add(square(x), square(y)))
const chessboard: Outline = (x, y) => max(abs(x), abs(y))

const disc: Outline = (x, y) => sub(radius(x, y), 0.95)
const ring: Outline = (x, y) => sub(abs(sub(radius(x, y), 0.75)), 0.2)
const squareShape: Outline = (x, y) => sub(chessboard(x, y), 0.75)
const frame: Outline = (x, y) => sub(abs(sub(chessboard(x, y), 0.65)), 0.18)
/** Equilateral, one corner up. */
const triangle: Outline = (x, y) => sub(max(add(mul(abs(x), Math.sqrt(3) / 2), mul(y, 0.5)), neg(y)), 0.5)
const diamond: Outline = (x, y) => mul(sub(add(mul(abs(x), 1.5), abs(y)), 0.95), 1 / Math.hypot(1.5, 1))
const bar = (x: Tensor, y: Tensor, width: number, length: number): Tensor =>
  max(sub(abs(x), length), sub(abs(y), width))
const plus: Outline = (x, y) => min(bar(x, y, 0.24, 0.9), bar(y, x, 0.24, 0.9))
/** A plus turned by an eighth. */
const cross: Outline = (x, y) => plus(mul(add(x, y), Math.SQRT1_2), mul(sub(y, x), Math.SQRT1_2))
/** Two bars, one above the other. */
const stripes: Outline = (x, y) => bar(x, sub(abs(y), 0.5), 0.22, 0.85)
/** A disc without a disc to its right. */
const crescent: Outline = (x, y) => max(sub(radius(x, y), 0.95), sub(0.8, radius(sub(x, 0.5), y)))

/** The shapes by name, in the order of their labels. */
export const outlines: Readonly<Record<string, Outline>> = {
  disc,
  ring,
  square: squareShape,
  frame,
  triangle,
  diamond,
  plus,
  cross,
  stripes,
  crescent
}
