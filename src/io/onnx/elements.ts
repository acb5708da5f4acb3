/** Primitives that act on each element alone, as ONNX. */
import type { CompareName } from '../../nest/functions.ts'
import type { DType } from '../../tensor/dtype.ts'
import type { Emitter, Value } from './emitter.ts'
import { cast, elementwise } from './emitter.ts'
import type { Mapped } from './rule.ts'
import { repeating } from './rule.ts'

/** Makes the rule of an operation that ONNX has as it is. */
export const same = (op: string): Mapped => repeating((e, operands) => elementwise(e, op, operands))

/** log(1 + x) by the rounding error of 1 + x itself, which cancels out (Kahan; Goldberg 1991, theorem 4). */
export const log1p = repeating((e, [x]) => {
  const sum = elementwise(e, 'Add', [x!, e.scalar(1)])
  const rounded = elementwise(e, 'Sub', [sum, e.scalar(1)])
  const log = elementwise(e, 'Log', [sum])
  const corrected = elementwise(e, 'Div', [elementwise(e, 'Mul', [log, x!]), rounded])
  const isLarge = elementwise(e, 'Equal', [sum, x!], 'bool')
  const isSmall = elementwise(e, 'Equal', [rounded, e.scalar(0)], 'bool')
  const large = elementwise(e, 'Where', [isLarge, log, corrected], 'float32')
  return elementwise(e, 'Where', [isSmall, x!, large], 'float32')
})

/** e^x - 1 = tanh(x / 2) (e^x + 1), in which nothing cancels. */
export const expm1 = repeating((e, [x]) => {
  const half = elementwise(e, 'Tanh', [elementwise(e, 'Mul', [x!, e.scalar(0.5)])])
  return elementwise(e, 'Mul', [half, elementwise(e, 'Add', [elementwise(e, 'Exp', [x!]), e.scalar(1)])])
})

const comparisons: Readonly<Record<Exclude<CompareName, 'ne'>, string>> = {
  eq: 'Equal',
  lt: 'Less',
  le: 'LessOrEqual',
  gt: 'Greater',
  ge: 'GreaterOrEqual'
}

export const compare = repeating<{ name: CompareName }>((e, operands, { params: { name } }) => {
  // Truth values have no order in ONNX.
  const pair = operands.map((x) => (x.dtype === 'bool' ? cast(e, x, 'int32') : x))
  return name === 'ne'
    ? elementwise(e, 'Not', [elementwise(e, 'Equal', pair, 'bool')])
    : elementwise(e, comparisons[name], pair, 'bool')
})

export const select = repeating((e, [when, x, y]) => {
  if (x!.dtype !== 'bool') return elementwise(e, 'Where', [when!, x!, y!], x!.dtype)
  const [taken, other] = [
    elementwise(e, 'And', [when!, x!]),
    elementwise(e, 'And', [elementwise(e, 'Not', [when!]), y!])
  ]
  return elementwise(e, 'Or', [taken, other])
})

/** Numbers in single precision next to the ends of int32. */
const [least, beyond] = [-(2 ** 31), 2 ** 31]

/** Towards zero, the last integer for what is out of range, 0 for NaN: of both, Cast says nothing. */
const truncated = (e: Emitter, x: Value): Value => {
  const number = elementwise(e, 'Where', [elementwise(e, 'IsNaN', [x], 'bool'), e.scalar(0), x], 'float32')
  const isBeyond = elementwise(e, 'GreaterOrEqual', [number, e.scalar(beyond)], 'bool')
  const inside = elementwise(
    e,
    'Where',
    [isBeyond, e.scalar(0), elementwise(e, 'Max', [number, e.scalar(least)])],
    'float32'
  )
  return elementwise(e, 'Where', [isBeyond, e.scalar(beyond - 1, 'int32'), cast(e, inside, 'int32')], 'int32')
}

export const convert = repeating<{ dtype: DType }>((e, [x], { params: { dtype } }) =>
  x!.dtype === 'float32' && dtype === 'int32' ? truncated(e, x!) : cast(e, x!, dtype)
)
