import { showValue } from '../../tensor/problem.ts'
import { equalShapes, showShape, sizeOf } from '../../tensor/shape.ts'
import type { Aval, Tensor } from '../../tensor/tensor.ts'
import { isTensor, showAval } from '../../tensor/tensor.ts'

/** Tests whether an array is of the type that holds the numbers of a dtype. */
const isOfType = (data: unknown, dtype: string): boolean =>
  dtype === 'int32'
    ? data instanceof Int32Array
    : dtype === 'bool'
      ? data instanceof Uint8Array
      : data instanceof Float32Array || data instanceof Float64Array

/** Tests whether x, from outside, is a tensor of that shape and dtype, with all its numbers. */
export const holds = (x: unknown, { dtype, shape }: Aval): x is Tensor =>
  isTensor(x) &&
  x.dtype === dtype &&
  equalShapes(x.shape, shape) &&
  isOfType(x.data, dtype) &&
  x.data.length === sizeOf(shape)

/** Shows what was given in place of a tensor. */
export const showGiven = (x: unknown): string => {
  if (!isTensor(x)) return showValue(x)
  const { data }: { readonly data: unknown } = x
  if (!isOfType(data, x.dtype)) return `${showAval(x)} whose data are ${showValue(data)}`
  const count = (data as Tensor['data']).length
  return count === sizeOf(x.shape) ? showAval(x) : `${showAval(x)} of ${String(count)} numbers`
}

const isRecord = (x: unknown): x is Readonly<Record<string, unknown>> => typeof x === 'object' && x !== null

/** Tests whether x is what JSON makes of a tensor: its numbers are a record. */
export const isFromJson = (x: unknown): boolean =>
  isTensor(x) && isRecord(x.data) && !ArrayBuffer.isView(x.data) && !Array.isArray(x.data)

/** Says what to do about what was given in place of a tensor, where that shows; undefined where it does not. */
export const hintFor = (x: unknown, { dtype, shape }: Aval): string | undefined => {
  const made = `tensor(data, ${showShape(shape)}${dtype === 'float32' ? '' : `, '${dtype}'`})`
  if (ArrayBuffer.isView(x)) return `${made} gives it its shape`
  if (Array.isArray(x)) return x.some(isTensor) ? undefined : `${made} makes a tensor of arrays`
  if (!isRecord(x)) return undefined
  if ('then' in x) return 'Await it'
  if (!isTensor(x)) return undefined
  if (isFromJson(x))
    return 'JSON keeps no typed arrays: Gan.stateToJson does; of anything else, keep data as plain arrays'
  if (!isOfType(x.data, x.dtype)) return `${made} makes a tensor with its array`
  if (equalShapes(x.shape, shape)) return x.dtype === dtype ? undefined : `convert(x, '${dtype}') makes it ${dtype}`
  return sizeOf(x.shape) === sizeOf(shape) && x.dtype === dtype ? `reshape(x, ${showShape(shape)})` : undefined
}
