import { count as aCount, countOrZero, finite, oneOf, optional, requireOptions } from '../tensor/options.ts'
import type { Rule } from '../tensor/options.ts'
import { refuseMore, requireArgument, requireDType, requireShape, requireTensor } from '../tensor/arguments.ts'
import type { None } from '../tensor/arguments.ts'
import { o } from '../primitives/vocabulary.ts'
import { activeGraph } from '../program/graph.ts'
import type { DType } from '../tensor/dtype.ts'
import type { Shape } from '../tensor/shape.ts'
import type { Nested } from '../tensor/makeTensor.ts'
import { makeTensor } from '../tensor/makeTensor.ts'
import type { Aval, Tensor } from '../tensor/tensor.ts'

/**
 * Makes a tensor of numbers or booleans nested in arrays, or of a typed array, which is copied; reshaped to `shape` if
 * given. Booleans make bool, an Int32Array int32, all else float32, unless `dtype` says otherwise.
 *
 * @throws ShapeMisfit where the nested arrays are ragged or do not have as many elements as `shape`
 *
 * @example
 * import { tensor } from 'saddlepoint'
 * tensor([[1, 2], [3, 4]]).shape // => [2, 2]
 * tensor([1, 2, 3, 4], [2, 2]).data // => [1, 2, 3, 4]
 * tensor([0, 2, 1], [3], 'int32').dtype // => 'int32'
 * tensor([[1, 2], [3]]) // throws ShapeMisfit
 */
export const tensor = (nested: Nested, shape?: Shape, dtype?: DType, ...more: None): Tensor => {
  refuseMore('tensor', more)
  const graph = activeGraph()
  const made = makeTensor(nested, shape, dtype, graph !== undefined)
  if (!(nested instanceof Float64Array)) graph?.written.add(made.data)
  return made
}

/**
 * Makes a tensor that is `value` everywhere.
 *
 * @throws InvalidArgument where the shape has an extent that is no non-negative integer
 *
 * @example
 * import { full } from 'saddlepoint'
 * full([2, 2], 0.5).data // => [0.5, 0.5, 0.5, 0.5]
 */
export const full = (shape: Shape, value: number, dtype: DType = 'float32', ...more: None): Tensor => {
  refuseMore('full', more)
  requireArgument('full', 'value', value, aNumber)
  return filled('full', shape, value, dtype)
}

const aNumber: Rule = { expected: 'a number', accepts: (x) => typeof x === 'number' }

const filled = (op: string, shape: Shape, value: number, dtype: DType): Tensor =>
  o.full(requireShape(op, shape), value, requireDType(op, dtype))

/**
 * Makes a tensor of zeros.
 *
 * @example
 * import { zeros } from 'saddlepoint'
 * zeros([2]).data // => [0, 0]
 */
export const zeros = (shape: Shape, dtype: DType = 'float32', ...more: None): Tensor => {
  refuseMore('zeros', more)
  return filled('zeros', shape, 0, dtype)
}

/**
 * Makes a tensor of ones.
 *
 * @example
 * import { ones } from 'saddlepoint'
 * ones([2]).data // => [1, 1]
 */
export const ones = (shape: Shape, dtype: DType = 'float32', ...more: None): Tensor => {
  refuseMore('ones', more)
  return filled('ones', shape, 1, dtype)
}

/**
 * Makes zeros in the shape and dtype of x.
 *
 * @example
 * import { zerosLike, tensor } from 'saddlepoint'
 * zerosLike(tensor([3, 4])).data // => [0, 0]
 */
export const zerosLike = (x: Aval, ...more: None): Tensor => like('zerosLike', x, 0, more)

const like = (op: string, x: Aval, value: number, more: readonly unknown[]): Tensor => {
  refuseMore(op, more)
  const { shape, dtype } = requireTensor(op, x)
  return filled(op, shape, value, dtype)
}

/**
 * Makes ones in the shape and dtype of x.
 *
 * @example
 * import { onesLike, tensor } from 'saddlepoint'
 * onesLike(tensor([3, 4])).data // => [1, 1]
 */
export const onesLike = (x: Aval, ...more: None): Tensor => like('onesLike', x, 1, more)

/** Says where `arange` ends, in what steps, and in which dtype. */
export interface ArangeOptions {
  readonly step?: number
  readonly dtype?: 'float32' | 'int32'
}

const arangeRules = {
  step: optional({ expected: 'a finite number other than 0', accepts: (x) => finite.accepts(x) && x !== 0 }),
  dtype: optional(oneOf('float32', 'int32'))
}

/**
 * Counts start, start + step ... below `end` (above it for a negative step); of one number alone, 0, 1 ... below it.
 * float32 unless `dtype` says int32.
 *
 * @throws InvalidArgument for a step of 0
 *
 * @example
 * import { arange } from 'saddlepoint'
 * arange(4).data // => [0, 1, 2, 3]
 * arange(1, 2, { step: 0.25 }).data // => [1, 1.25, 1.5, 1.75]
 * arange(2, 5, { dtype: 'int32' }).data // => [2, 3, 4]
 */
export const arange = (start: number, end?: number, options?: ArangeOptions, ...more: None): Tensor => {
  refuseMore('arange', more)
  requireArgument('arange', 'start', start, finite)
  requireArgument('arange', 'end', end, optional(finite))
  const { step = 1, dtype = 'float32' } = requireOptions('arange', options, arangeRules)
  const [from, to] = end === undefined ? [0, start] : [start, end]
  const index = o.iota([Math.max(0, Math.ceil((to - from) / step))], 0, dtype)
  const scaled = step === 1 ? index : o.mul(index, step)
  return from === 0 ? scaled : o.add(scaled, from)
}

/**
 * Spaces `count` numbers at equal distances from `start` to `end`, both included.
 *
 * @throws InvalidArgument where count is no positive integer
 *
 * @example
 * import { linspace } from 'saddlepoint'
 * linspace(-1, 1, 5).data // => [-1, -0.5, 0, 0.5, 1]
 */
export const linspace = (start: number, end: number, count: number, ...more: None): Tensor => {
  refuseMore('linspace', more)
  requireArgument('linspace', 'start', start, finite)
  requireArgument('linspace', 'end', end, finite)
  requireArgument('linspace', 'count', count, aCount)
  if (count === 1) return o.full([1], start)
  const index = o.iota([count], 0, 'float32')
  // Counted from both ends, so that both are met exactly.
  const fromStart = o.add(o.mul(index, (end - start) / (count - 1)), start)
  const fromEnd = o.sub(end, o.mul(o.sub(count - 1, index), (end - start) / (count - 1)))
  return o.select(o.compare(index, (count - 1) / 2, 'lt'), fromStart, fromEnd)
}

/**
 * Makes ones on the diagonal and zeros elsewhere: [rows, columns], square unless `columns` is given.
 *
 * @example
 * import { eye } from 'saddlepoint'
 * eye(2).data // => [1, 0, 0, 1]
 * eye(2, 3).data // => [1, 0, 0, 0, 1, 0]
 */
export const eye = (rows: number, columns: number = rows, ...more: None): Tensor => {
  refuseMore('eye', more)
  requireArgument('eye', 'rows', rows, countOrZero)
  requireArgument('eye', 'columns', columns, countOrZero)
  const shape = [rows, columns]
  return o.convert(o.compare(o.iota(shape, 0), o.iota(shape, 1), 'eq'), 'float32')
}
