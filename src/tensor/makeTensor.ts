import { requireDType, requireShape } from './arguments.ts'
import type { Data, DType } from './dtype.ts'
import { misfitOf } from './dtype.ts'
import { fail } from './error.ts'
import { showValue } from './problem.ts'
import type { Shape } from './shape.ts'
import { showShape, sizeOf } from './shape.ts'
import type { Tensor } from './tensor.ts'

/** Names what `tensor` reads: numbers or booleans nested in arrays of one shape, or a typed array. */
export type Nested = number | boolean | readonly Nested[] | Data

const isTyped = (x: unknown): x is Data =>
  ArrayBuffer.isView(x) && !(x instanceof DataView || x instanceof BigInt64Array || x instanceof BigUint64Array)

/** Arrays in arrays to more than this depth are taken for one that holds itself. */
const deepest = 64

const shapeOfNested = (op: string, nested: unknown): Shape => {
  const shape: number[] = []
  for (let inner = nested; ; inner = (inner as readonly unknown[])[0]) {
    if (isTyped(inner)) return [...shape, inner.length]
    if (!Array.isArray(inner)) return shape
    shape.push(inner.length)
    if (inner.length === 0) return shape
    if (shape.length > deepest)
      fail('InvalidArgument', {
        op,
        expected: `arrays nested to at most ${String(deepest)} axes`,
        actual: 'deeper ones'
      })
  }
}

const flattenInto = (op: string, nested: unknown, shape: Shape, depth: number, out: (number | boolean)[]): void => {
  const misfit = (actual: string): never =>
    fail('ShapeMisfit', {
      op,
      expected: `nested arrays of one shape ${showShape(shape)}`,
      actual: `${actual} at depth ${String(depth)}`
    })
  if (typeof nested === 'number' || typeof nested === 'boolean') {
    if (depth !== shape.length) misfit('a number')
    out.push(nested)
    return
  }
  if (!Array.isArray(nested) && !isTyped(nested)) return misfit(showValue(nested))
  if (nested.length !== shape[depth]) misfit(`${String(nested.length)} elements`)
  for (let i = 0; i < nested.length; i++) flattenInto(op, nested[i], shape, depth + 1, out)
}

const boolsOf = (values: ArrayLike<number>): Uint8Array => {
  const bools = new Uint8Array(values.length)
  for (let i = 0; i < bools.length; i++) bools[i] = values[i] === 0 ? 0 : 1
  return bools
}

/** Throws where a number is none of the dtype's: an array of integers would cut it off without a word. */
const requireElements = (op: string, dtype: DType, values: ArrayLike<number>): void => {
  if (dtype !== 'int32' || values instanceof Int32Array) return
  for (let i = 0; i < values.length; i++) {
    const expected = misfitOf(dtype, values[i]!)
    if (expected !== undefined)
      fail('DTypeMisfit', {
        op,
        expected: `${expected} for dtype ${dtype}`,
        actual: `${String(values[i])} at place ${String(i)}`,
        hint: "Make a float32 tensor, and convert(x, 'int32') to cut digits off"
      })
  }
}

const arrayFor = (dtype: DType, values: ArrayLike<number>, wide: boolean): Data =>
  dtype === 'int32'
    ? new Int32Array(values)
    : dtype === 'bool'
      ? boolsOf(values)
      : wide
        ? new Float64Array(values)
        : new Float32Array(values)

/** Says what else than a tensor's numbers came, and what to do about it. */
const requireNested = (op: string, nested: unknown): void => {
  if (typeof nested === 'number' || typeof nested === 'boolean' || Array.isArray(nested) || isTyped(nested)) return
  const isPromise = typeof nested === 'object' && nested !== null && 'then' in nested
  fail('InvalidArgument', {
    op,
    expected: 'numbers or booleans, nested in arrays, or a typed array',
    actual: showValue(nested),
    ...(isPromise ? { hint: 'Await it first' } : {})
  })
}

/**
 * Makes a tensor of `nested`, reshaped to `shape` if given. Booleans make bool, an Int32Array int32, all else float32;
 * `dtype` overrides. A Float64Array is kept as it is, for evaluation in float64. Typed arrays are copied.
 * `wide` keeps plain numbers as doubles, which is what literals inside a trace are.
 */
export const makeTensor = (nested: Nested, shape?: Shape, dtype?: DType, wide = false, op = 'tensor'): Tensor => {
  requireNested(op, nested)
  if (dtype !== undefined) requireDType(op, dtype)
  const found = shapeOfNested(op, nested)
  const target = shape === undefined ? found : requireShape(op, shape)
  if (sizeOf(found) !== sizeOf(target))
    fail('ShapeMisfit', {
      op,
      expected: `${String(sizeOf(target))} elements for shape ${showShape(target)}`,
      actual: `${String(sizeOf(found))} elements`
    })
  if (isTyped(nested)) {
    const own: DType = nested instanceof Int32Array ? 'int32' : 'float32'
    const kind = dtype ?? own
    requireElements(op, kind, nested)
    return { shape: target, dtype: kind, data: arrayFor(kind, nested, nested instanceof Float64Array) }
  }
  const values: (number | boolean)[] = []
  flattenInto(op, nested, found, 0, values)
  const kind = dtype ?? (values.length > 0 && values.every((v) => typeof v === 'boolean') ? 'bool' : 'float32')
  const elements = values.map(Number)
  requireElements(op, kind, elements)
  return { shape: target, dtype: kind, data: arrayFor(kind, elements, wide) }
}
