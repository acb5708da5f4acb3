import type { CompareName } from '../nest/functions.ts'
import { compareFunctions } from '../nest/functions.ts'
import { compare as compareScalars } from '../nest/expression.ts'
import type { Evaluation } from '../program/primitive.ts'
import { elementwise, elementwiseShape } from './rules/elementwise.ts'
import { fold } from './rules/fold.ts'

const evaluations: Readonly<Record<CompareName, Evaluation>> = {
  eq: ([a, b], y) => {
    for (let i = 0; i < y.length; i++) y[i] = a![i]! === b![i]! ? 1 : 0
  },
  ne: ([a, b], y) => {
    for (let i = 0; i < y.length; i++) y[i] = a![i]! !== b![i]! ? 1 : 0
  },
  lt: ([a, b], y) => {
    for (let i = 0; i < y.length; i++) y[i] = a![i]! < b![i]! ? 1 : 0
  },
  le: ([a, b], y) => {
    for (let i = 0; i < y.length; i++) y[i] = a![i]! <= b![i]! ? 1 : 0
  },
  gt: ([a, b], y) => {
    for (let i = 0; i < y.length; i++) y[i] = a![i]! > b![i]! ? 1 : 0
  },
  ge: ([a, b], y) => {
    for (let i = 0; i < y.length; i++) y[i] = a![i]! >= b![i]! ? 1 : 0
  }
}

/** Whether x `name` y, as bool. With NaN only `ne` holds. Its derivative is zero. */
export const compare = elementwise<{ name: CompareName }>({
  name: 'compare',
  shape: elementwiseShape('compare', ['float32', 'int32', 'bool'], 'bool'),
  evaluate: (_, __, { name }) => evaluations[name],
  linearity: 'none',
  tangentsThrough: () => [],
  scalar: ([x, y], { name }) => compareScalars(name, x!, y!),
  simplify: (o, xs, { name }) => fold(o, xs, (x, y) => (compareFunctions[name](x, y) ? 1 : 0), 'bool')
})
