import type { Data, DType } from './dtype.ts'
import { misfitOf } from './dtype.ts'
import { fail } from './error.ts'
import type { Shape } from './shape.ts'
import { showShape, sizeOf } from './shape.ts'

/**
 * Holds an immutable array of numbers, row-major. Outside a trace `data` is a plain typed array; inside one a Tensor
 * stands for a value that is yet to be computed, and reading its `data` throws the error TracedRead.
 */
export interface Tensor {
  readonly shape: Shape
  readonly dtype: DType
  readonly data: Data
}

/** Describes a value by shape and dtype alone (an abstract value): what a tracer knows of it. */
export interface Aval {
  readonly shape: Shape
  readonly dtype: DType
}

/** Shows an element type and a shape: `float32[2, 3]`. */
export const showAval = ({ dtype, shape }: Aval): string => `${dtype}${showShape(shape)}`

const withoutNumbers = {
  get data(): Data {
    return fail('TracedRead', {
      op: 'data',
      expected: 'a tensor with numbers',
      actual: `the shape ${showAval(this as unknown as Aval)} alone`,
      hint: 'Where shapes are checked no number is computed: return tensors instead of reading them'
    })
  }
}

/** Returns a stand-in for any tensor of that shape and dtype. It takes no memory, and reading its `data` throws TracedRead. */
export const blank = ({ shape, dtype }: Aval): Tensor =>
  // The getter sits on a prototype, so that spreading a stand-in never reads it.
  Object.assign(Object.create(withoutNumbers) as Tensor, { shape, dtype })

/** Names what `tensor` reads: numbers or booleans nested in arrays of one shape, or a typed array. */
export type Nested = number | boolean | readonly Nested[] | Data

export const isTensor = (x: unknown): x is Tensor =>
  typeof x === 'object' && x !== null && 'dtype' in x && 'shape' in x && Array.isArray(x.shape)

const isTyped = (x: unknown): x is Data => ArrayBuffer.isView(x) && !(x instanceof DataView)

const shapeOfNested = (nested: Nested): Shape => {
  if (isTyped(nested)) return [nested.length]
  if (!Array.isArray(nested)) return []
  const inner = nested.length === 0 ? [] : shapeOfNested(nested[0] as Nested)
  return [nested.length, ...inner]
}

const flattenInto = (nested: Nested, shape: Shape, depth: number, out: (number | boolean)[]): void => {
  const misfit = (actual: string): never =>
    fail('ShapeMisfit', {
      op: 'tensor',
      expected: `nested arrays of one shape ${showShape(shape)}`,
      actual: `${actual} at depth ${String(depth)}`
    })
  if (typeof nested === 'number' || typeof nested === 'boolean') {
    if (depth !== shape.length) misfit('a number')
    out.push(nested)
    return
  }
  // Who writes plain JavaScript may nest anything.
  const other: unknown = nested
  if (typeof other !== 'object' || other === null || !('length' in other))
    return misfit(other === null ? 'null' : typeof other)
  if (nested.length !== shape[depth]) misfit(`${String(nested.length)} elements`)
  for (let i = 0; i < nested.length; i++) flattenInto(nested[i] as Nested, shape, depth + 1, out)
}

const boolsOf = (values: ArrayLike<number>): Uint8Array => {
  const bools = new Uint8Array(values.length)
  for (let i = 0; i < bools.length; i++) bools[i] = values[i] === 0 ? 0 : 1
  return bools
}

/** Throws where a number is none of the dtype's: an array of integers would cut it off without a word. */
const requireElements = (dtype: DType, values: ArrayLike<number>): void => {
  if (dtype !== 'int32' || values instanceof Int32Array) return
  for (let i = 0; i < values.length; i++) {
    const expected = misfitOf(dtype, values[i]!)
    if (expected !== undefined)
      fail('DTypeMisfit', {
        op: 'tensor',
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

/**
 * Makes a tensor of `nested`, reshaped to `shape` if given. Booleans make bool, an Int32Array int32, all else float32;
 * `dtype` overrides. A Float64Array is kept as it is, for evaluation in float64. Typed arrays are copied.
 * `wide` keeps plain numbers as doubles, which is what literals inside a trace are.
 */
export const makeTensor = (nested: Nested, shape?: Shape, dtype?: DType, wide = false): Tensor => {
  const found = shapeOfNested(nested)
  const target = shape ?? found
  if (!target.every((n) => Number.isInteger(n) && n >= 0))
    fail('InvalidArgument', { op: 'tensor', expected: 'a shape of non-negative integers', actual: showShape(target) })
  if (sizeOf(found) !== sizeOf(target))
    fail('ShapeMisfit', {
      op: 'tensor',
      expected: `${String(sizeOf(target))} elements for shape ${showShape(target)}`,
      actual: `${String(sizeOf(found))} elements`
    })
  if (isTyped(nested)) {
    const own: DType = nested instanceof Int32Array ? 'int32' : 'float32'
    const kind = dtype ?? own
    requireElements(kind, nested)
    return { shape: target, dtype: kind, data: arrayFor(kind, nested, nested instanceof Float64Array) }
  }
  const values: (number | boolean)[] = []
  flattenInto(nested, found, 0, values)
  const kind = dtype ?? (values.length > 0 && values.every((v) => typeof v === 'boolean') ? 'bool' : 'float32')
  const elements = values.map(Number)
  requireElements(kind, elements)
  return { shape: target, dtype: kind, data: arrayFor(kind, elements, wide) }
}
