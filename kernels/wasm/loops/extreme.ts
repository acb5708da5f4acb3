/**
 * Selects that are one instruction, bit for bit: `pmax(p, q)` is q where p < q, else p, and `pmin(p, q)` is q where
 * q < p, else p. A compare and a select take four.
 *
 * @category wasm
 */
import type { CompareName } from '../../../src/nest/functions.ts'
import { f32x4 } from '../encoder/index.ts'
import type { Code } from '../encoder/index.ts'

/** `x` where the comparison of floats `p` and `q` holds, else `y`. T names a value: a node's number here. */
export interface Choice<T> {
  readonly name: CompareName
  readonly p: T
  readonly q: T
  readonly x: T
  readonly y: T
}

/** Tells a value that is a constant, and the two factors of one that is a product. */
export interface View<T> {
  readonly literal: (value: T) => number | undefined
  readonly factors: (value: T) => readonly [T, T] | undefined
}

export interface Extreme<T> {
  readonly name: 'pmax' | 'pmin'
  readonly x: T
  readonly y: T
  /** Whether a result of -0 has to become 0. */
  readonly unsigned: boolean
}

/** Tells whether `scaled` is x times a constant in (0, 1] that is not 0 in single precision: it is less than x only for positive x. */
const isScaledDown = <T>(scaled: T, x: T, { literal, factors }: View<T>): boolean => {
  const [a, b] = factors(scaled) ?? []
  const factor = a === x ? b : b === x ? a : undefined
  const by = factor === undefined ? undefined : literal(factor)
  return by !== undefined && Math.fround(by) > 0 && by <= 1
}

/** Returns the one instruction that does what a choice says, or undefined where there is none. */
export const extremeOf = <T>(choice: Choice<T>, view: View<T>): Extreme<T> | undefined => {
  const { name, p, q, x, y } = choice
  const of = (which: Extreme<T>['name'], a: T, b: T, unsigned = false): Extreme<T> => ({
    name: which,
    x: a,
    y: b,
    unsigned
  })
  if (name === 'lt') return extremeOf({ ...choice, name: 'gt', p: q, q: p }, view)
  if (name === 'gt') {
    if (x === p && y === q) return of('pmax', q, p)
    if (x === q && y === p) return of('pmin', p, q)
    return x === p && view.literal(q) === 0 && isScaledDown(y, x, view) ? of('pmax', y, x) : undefined
  }
  // Where p and q are equal, it does not matter which is taken, but for the sign of zero.
  const bound = name === 'le' && x === q && y === p ? view.literal(q) : undefined
  return bound === undefined || Object.is(bound, -0) ? undefined : of('pmax', p, q, bound === 0)
}

/** Makes the code of such an instruction. */
export const extremeCode = ({ name, unsigned }: Extreme<unknown>, x: Code<'v128'>, y: Code<'v128'>): Code<'v128'> =>
  unsigned ? f32x4.add(f32x4[name](x, y), 0) : f32x4[name](x, y)
