import { expect } from 'vitest'
import type { Data } from '../../../../src/tensor/dtype.ts'

/** Integers and bools equal, floats to `relative` of the larger of themselves and `scale`. */
export const expectClose = (actual: Data, expected: Data, what: string, relative = 1e-6, scale = 0): void => {
  expect(actual.length, what).toBe(expected.length)
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [actual[i]!, expected[i]!]
    if (Object.is(a, b) || a === b) continue
    if (Math.abs(a - b) <= relative * Math.max(Math.abs(b), scale)) continue
    expect.unreachable(`${what}: element ${i} is ${a}, not ${b}`)
  }
}
