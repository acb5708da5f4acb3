/**
 * Sums and maxima of vectors, and of the lanes of one.
 *
 * @category wasm
 */
import type { DType } from '../../../src/tensor/dtype.ts'
import { f32x4, i32x4, shuffle32, v128 } from '../encoder/index.ts'
import type { Code, Local } from '../encoder/index.ts'
import { literalCode } from './operations.ts'
import { identityOf } from './plan.ts'

type V = Code<'v128'>
export type Combine = 'sum' | 'max'

/** Adds, or takes the larger of, each two lanes. Sums and maxima of bools are 'or'. */
export const combined = (combine: Combine, dtype: DType, x: V, y: V): V =>
  dtype === 'bool'
    ? v128.or(x, y)
    : dtype === 'int32'
      ? i32x4[combine === 'sum' ? 'add' : 'maxS'](x, y)
      : f32x4[combine === 'sum' ? 'add' : 'max'](x, y)

/** The vector that changes nothing when it is combined with another. */
export const identity = (combine: Combine, dtype: DType): V => literalCode(identityOf(combine, dtype), dtype)

/** Replaces the lanes from number `count` on by the identity. */
export const onlyFirst = (combine: Combine, dtype: DType, x: V, count: number): V => {
  if (count >= 4) return x
  const mask = (lane: number): number => (lane < count ? -1 : 0)
  return v128.bitselect(x, identity(combine, dtype), i32x4.lanes(mask(0), mask(1), mask(2), mask(3)))
}

/** Combines the four lanes of a vector into lane 0. */
export const acrossLanes = (combine: Combine, dtype: DType, x: Local<'v128'>): Code => {
  const folded = (a: number, b: number): Code => x.set(combined(combine, dtype, x, shuffle32(x, x, a, b, a, b)))
  const statements = [folded(2, 3), folded(1, 1)]
  return (out) => statements.forEach((statement) => statement(out))
}
