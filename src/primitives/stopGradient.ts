import type { Primitive } from '../program/primitive.ts'
import { operandOf } from './rules/fold.ts'

/** x itself, of derivative zero at every level of differentiation. */
export const stopGradient: Primitive = {
  name: 'stopGradient',
  shape: ([x]) => x!,
  evaluate:
    () =>
    ([a], y) => {
      y.set(a!)
    },
  identity: 'erased',
  linearity: 'none',
  tangentsThrough: () => [],
  batch: (o, [x]) => o.stopGradient(x!),
  lower: () => ({ kind: 'alias', operand: 0 }),
  simplify: (_, [x]) => (operandOf(stopGradient, x!) === undefined ? undefined : x)
}
