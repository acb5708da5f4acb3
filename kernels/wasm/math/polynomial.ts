import { f32x4, f64x2 } from '../encoder/index.ts'
import type { Code } from '../encoder/index.ts'

type V = Code<'v128'>

const horner =
  ({ add, mul }: Pick<typeof f32x4, 'add' | 'mul'>) =>
  (x: V, coefficients: readonly number[]): V => {
    const [last, ...rest] = [...coefficients].reverse()
    const start: V | number = last!
    return rest.reduce<V | number>((sum, c) => add(mul(sum, x), c), start) as V
  }

/** c[0] + c[1] x + c[2] x^2 ... in every lane; at least two coefficients. */
export const polynomial: (x: V, coefficients: readonly number[]) => V = horner(f32x4)
export const polynomial64: (x: V, coefficients: readonly number[]) => V = horner(f64x2)
