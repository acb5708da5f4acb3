import type { CompareName } from '../nest/functions.ts'
import { o } from '../primitives/vocabulary.ts'
import type { None } from '../tensor/arguments.ts'
import { refuseMore } from '../tensor/arguments.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { Operand } from './operands.ts'
import { boolean, commonShape, lift, pairUp, spreadTo } from './operands.ts'

const compare = (op: string, name: CompareName, x: Operand, y: Operand, more: readonly unknown[]): Tensor => {
  if (typeof y === 'number') return o.compare(lift(op, x, more), y, name)
  refuseMore(op, more)
  const [a, b] = pairUp(op, x, y)
  const shape = commonShape(op, [a, b])
  return o.compare(spreadTo(a, shape), spreadTo(b, shape), name)
}

/**
 * Tests x = y, elementwise, as bool. Shapes broadcast; NaN equals nothing. No derivative flows through a comparison.
 *
 * @throws ShapeMisfit where the shapes do not broadcast; DTypeMisfit where the dtypes differ
 *
 * @example
 * import { equal, tensor } from 'saddlepoint'
 * equal(tensor([1, 2, 3]), 2).data // => [0, 1, 0]
 */
export const equal = (x: Operand, y: Operand, ...more: None): Tensor => compare('equal', 'eq', x, y, more)

/**
 * Tests x ≠ y, elementwise; shapes and NaN as in `equal`, of which it is the opposite.
 *
 * @example
 * import { notEqual, tensor } from 'saddlepoint'
 * notEqual(tensor([1, 2, 3]), 2).data // => [1, 0, 1]
 */
export const notEqual = (x: Operand, y: Operand, ...more: None): Tensor => compare('notEqual', 'ne', x, y, more)

/**
 * Tests x < y, elementwise; shapes and NaN as in `equal`.
 *
 * @example
 * import { less, tensor } from 'saddlepoint'
 * less(tensor([1, 2, 3]), 2).data // => [1, 0, 0]
 */
export const less = (x: Operand, y: Operand, ...more: None): Tensor => compare('less', 'lt', x, y, more)

/**
 * Tests x ≤ y, elementwise; shapes and NaN as in `equal`.
 *
 * @example
 * import { lessEqual, tensor } from 'saddlepoint'
 * lessEqual(tensor([1, 2, 3]), 2).data // => [1, 1, 0]
 */
export const lessEqual = (x: Operand, y: Operand, ...more: None): Tensor => compare('lessEqual', 'le', x, y, more)

/**
 * Tests x > y, elementwise; shapes and NaN as in `equal`.
 *
 * @example
 * import { greater, tensor } from 'saddlepoint'
 * greater(tensor([1, 2, 3]), 2).data // => [0, 0, 1]
 */
export const greater = (x: Operand, y: Operand, ...more: None): Tensor => compare('greater', 'gt', x, y, more)

/**
 * Tests x ≥ y, elementwise; shapes and NaN as in `equal`.
 *
 * @example
 * import { greaterEqual, tensor } from 'saddlepoint'
 * greaterEqual(tensor([1, 2, 3]), 2).data // => [0, 1, 1]
 */
export const greaterEqual = (x: Operand, y: Operand, ...more: None): Tensor => compare('greaterEqual', 'ge', x, y, more)

const choose = (op: string, condition: Tensor, x: Tensor, y: Tensor): Tensor => {
  const shape = commonShape(op, [condition, x, y])
  return o.select(spreadTo(condition, shape), spreadTo(x, shape), spreadTo(y, shape))
}

/**
 * Selects x where `condition` (bool) holds and y elsewhere; all three broadcast. The derivative of the branch not taken
 * is 0, yet a NaN or infinity inside it still reaches the gradient: make its argument harmless too, as `norm` does.
 *
 * @throws ShapeMisfit where the shapes do not broadcast; DTypeMisfit where condition is not bool or the branches differ
 *
 * @example
 * import { where, greater, tensor } from 'saddlepoint'
 * const x = tensor([1, -2, 3])
 * where(greater(x, 0), x, 0).data // => [1, 0, 3]
 */
export const where = (condition: Tensor, x: Operand, y: Operand, ...more: None): Tensor => {
  refuseMore('where', more)
  return choose('where', boolean('where', condition), ...pairUp('where', x, y))
}

/**
 * Tests, elementwise, whether both hold; shapes broadcast.
 *
 * @throws DTypeMisfit where one is not bool
 *
 * @example
 * import { logicalAnd, tensor } from 'saddlepoint'
 * logicalAnd(tensor([true, true]), tensor([true, false])).data // => [1, 0]
 */
export const logicalAnd = (x: Tensor, y: Tensor, ...more: None): Tensor => {
  refuseMore('logicalAnd', more)
  return choose('logicalAnd', boolean('logicalAnd', x), boolean('logicalAnd', y), o.full([], 0, 'bool'))
}

/**
 * Tests, elementwise, whether at least one holds; shapes broadcast.
 *
 * @example
 * import { logicalOr, tensor } from 'saddlepoint'
 * logicalOr(tensor([false, true]), tensor([false, false])).data // => [0, 1]
 */
export const logicalOr = (x: Tensor, y: Tensor, ...more: None): Tensor => {
  refuseMore('logicalOr', more)
  return choose('logicalOr', boolean('logicalOr', x), o.full([], 1, 'bool'), boolean('logicalOr', y))
}

/**
 * Negates a bool, elementwise.
 *
 * @example
 * import { logicalNot, tensor } from 'saddlepoint'
 * logicalNot(tensor([true, false])).data // => [0, 1]
 */
export const logicalNot = (x: Tensor, ...more: None): Tensor => {
  refuseMore('logicalNot', more)
  return choose('logicalNot', boolean('logicalNot', x), o.full([], 0, 'bool'), o.full([], 1, 'bool'))
}
