import type { DType } from './dtype.ts'
import { elementBytes, isDType } from './dtype.ts'
import { fail } from './error.ts'
import type { Rule } from './options.ts'
import { showValue } from './problem.ts'
import type { Shape } from './shape.ts'
import { sizeOf } from './shape.ts'
import type { Tensor } from './tensor.ts'
import { isTensor } from './tensor.ts'

/** Types the arguments after the last one that a function takes: there are none, and JavaScript is told so. */
export type None = readonly []

/** Whether it is what Array's own methods add, as in `xs.map(relu)`: the place of an element, and the array. */
const isOfArray = ([place, array, ...others]: readonly unknown[]): boolean =>
  typeof place === 'number' && Array.isArray(array) && place in array && others.length === 0

/** Fails where a function was given more arguments than it takes. */
export const refuseMore = (op: string, more: readonly unknown[]): void => {
  if (more.length > 0 && !isOfArray(more))
    fail('InvalidArgument', { op, expected: 'no further argument', actual: showValue(more[0]), hint: 'Leave it out' })
}

/** Returns an argument if it suits its rule, and fails otherwise. */
export const requireArgument = <A>(op: string, name: string, value: A, { expected, accepts }: Rule): A =>
  accepts(value) ? value : fail('InvalidArgument', { op, expected: `${expected} as ${name}`, actual: showValue(value) })

/** Returns x if it is a tensor whose numbers can be read, as many as its shape says, and fails otherwise. */
export const requireNumbers = (op: string, x: unknown, expected = 'a tensor'): Tensor => {
  const found = requireTensor(op, x, expected)
  const numbers: unknown = found.data
  return isDType(found.dtype) &&
    isShape(found.shape) &&
    ArrayBuffer.isView(numbers) &&
    'length' in numbers &&
    numbers.length === sizeOf(found.shape)
    ? found
    : fail('InvalidArgument', {
        op,
        expected: `${expected}, its numbers in a typed array`,
        actual: `data that is ${showValue(numbers)}`,
        hint: 'Write tensor(data, shape)'
      })
}

/** Returns f if it is a function, and fails otherwise. */
export const requireFunction = <F>(op: string, f: F, expected = 'a function'): F =>
  typeof f === 'function' ? f : fail('InvalidArgument', { op, expected, actual: showValue(f) })

/** Returns a list if it is one, and fails otherwise. */
export const requireList = <A>(op: string, xs: readonly A[], expected: string): readonly A[] => {
  if (!Array.isArray(xs)) fail('InvalidArgument', { op, expected, actual: showValue(xs) })
  return xs
}

/** Says how what was given becomes a tensor, where that is plain. */
const tensorHint = (x: unknown): { readonly hint?: string } => {
  if (typeof x === 'object' && x !== null && 'then' in x) return { hint: 'Await it first' }
  if (ArrayBuffer.isView(x)) return { hint: 'Write tensor(data, shape)' }
  return Array.isArray(x) || typeof x === 'number' || typeof x === 'boolean'
    ? { hint: `Write tensor(${showValue(x)})` }
    : {}
}

/** Returns x if it is a tensor, and fails otherwise. */
export const requireTensor = (op: string, x: unknown, expected = 'a tensor'): Tensor =>
  isTensor(x) ? x : fail('InvalidArgument', { op, expected, actual: showValue(x), ...tensorHint(x) })

const isShape = (shape: unknown): shape is Shape => {
  if (!Array.isArray(shape)) return false
  for (const extent of shape) if (!Number.isInteger(extent) || extent < 0) return false
  return true
}

/** Returns a shape if it is one, and fails otherwise. */
export const requireShape = (op: string, shape: Shape): Shape =>
  isShape(shape)
    ? shape
    : fail('InvalidArgument', {
        op,
        expected: 'a shape of non-negative integers',
        actual: showValue(shape),
        ...(typeof shape === 'number' ? { hint: `Write [${String(shape)}]` } : {})
      })

/** Returns a dtype if it is one, and fails otherwise. */
export const requireDType = (op: string, dtype: DType): DType =>
  isDType(dtype)
    ? dtype
    : fail('InvalidArgument', {
        op,
        expected: `a dtype, one of ${Object.keys(elementBytes).join(', ')}`,
        actual: showValue(dtype)
      })
