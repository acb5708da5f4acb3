/**
 * Emits sums with the coefficients of a small matrix.
 *
 * @category wasm
 */
import { f32x4 } from '../../encoder/index.ts'
import type { Code } from '../../encoder/index.ts'
import type { Matrix } from './axis.ts'

interface Term {
  readonly value: Code<'v128'>
  readonly negative: boolean
}

const sum = (terms: readonly Term[]): Code<'v128'> | undefined =>
  terms
    .toSorted((a, b) => Number(a.negative) - Number(b.negative))
    .reduce<Code<'v128'> | undefined>((all, { value, negative }) => {
      if (all === undefined) return negative ? f32x4.neg(value) : value
      return negative ? f32x4.sub(all, value) : f32x4.add(all, value)
    }, undefined)

/** Adds up `values` with coefficients 0, 1 and 1/2 of either sign. */
const dot = (coefficients: readonly number[], values: readonly Code<'v128'>[]): Code<'v128'> => {
  const part = (size: number): Code<'v128'> | undefined =>
    sum(coefficients.flatMap((c, i) => (Math.abs(c) === size ? [{ value: values[i]!, negative: c < 0 }] : [])))
  const [whole, halves] = [part(1), part(0.5)]
  if (halves === undefined) return whole ?? f32x4.const(0)
  const half = f32x4.mul(halves, f32x4.const(0.5))
  return whole === undefined ? half : f32x4.add(whole, half)
}

/** Computes the product of a matrix with a vector whose elements are vectors themselves. */
export const multiply = (matrix: Matrix, values: readonly Code<'v128'>[]): readonly Code<'v128'>[] =>
  matrix.map((row) => dot(row, values))
