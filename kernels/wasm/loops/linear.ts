/**
 * Integers as sums: constant + coefficient * atom + ..., where an atom is a node of the graph that is no sum itself, such
 * as an axis. Offsets are such sums: what a reshape and its inverse do to an index cancels in them.
 *
 * @category wasm
 */
import { addRanges, range, scaleRange } from './range.ts'
import type { Range } from './range.ts'

export interface Linear {
  readonly constant: number
  /** Coefficients by node id; none is 0. */
  readonly terms: ReadonlyMap<number, number>
}

export const constantLinear = (constant: number): Linear => ({ constant, terms: new Map() })
export const atom = (id: number): Linear => ({ constant: 0, terms: new Map([[id, 1]]) })

export const addLinear = (a: Linear, b: Linear, factor = 1): Linear => {
  const terms = new Map(a.terms)
  for (const [id, coefficient] of b.terms) {
    const sum = (terms.get(id) ?? 0) + coefficient * factor
    if (sum === 0) terms.delete(id)
    else terms.set(id, sum)
  }
  return { constant: a.constant + b.constant * factor, terms }
}

export const scaleLinear = (a: Linear, factor: number): Linear => addLinear(constantLinear(0), a, factor)

/** Returns the terms that `keep` accepts, without the constant. */
export const partOf = (a: Linear, keep: (id: number) => boolean): Linear => ({
  constant: 0,
  terms: new Map([...a.terms].filter(([id]) => keep(id)))
})

export const linearRange = (a: Linear, ranges: (id: number) => Range): Range =>
  [...a.terms].reduce(
    (sum, [id, coefficient]) => addRanges(sum, scaleRange(ranges(id), coefficient)),
    range(a.constant, a.constant)
  )

/** Returns a / k, rounded down, where it is a sum: a = k * quotient + rest, and the interval of rest lies in [0, k). */
export const divideLinear = (a: Linear, k: number, ranges: (id: number) => Range): Linear | undefined => {
  const whole = partOf(a, (id) => a.terms.get(id)! % k === 0)
  const quotient = Math.floor(a.constant / k)
  const rest: Linear = {
    constant: a.constant - k * quotient,
    terms: new Map([...a.terms].filter(([id]) => !whole.terms.has(id)))
  }
  const { low, high } = linearRange(rest, ranges)
  if (low < 0 || high >= k) return undefined
  return { constant: quotient, terms: new Map([...whole.terms].map(([id, c]) => [id, c / k])) }
}

/** Returns a text that is the same for equal terms. */
export const keyOf = (a: Linear): string =>
  [...a.terms]
    .sort(([x], [y]) => x - y)
    .map(([id, c]) => `${c}*${id}`)
    .join('+')
