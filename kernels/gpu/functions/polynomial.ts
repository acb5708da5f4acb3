import type { Line, Term } from '../source/source.ts'

/** Writes c[0] + c[1] x + c[2] x^2 ... by Horner's rule. */
export const polynomial = (line: Line, x: Term, [first, ...rest]: readonly number[]): Term =>
  rest.length === 0 ? line`${first!}` : line`${polynomial(line, x, rest)} * ${x} + ${first!}`
