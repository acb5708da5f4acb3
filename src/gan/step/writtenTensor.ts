import type { Data, DType } from '../../tensor/dtype.ts'
import { elementBytes } from '../../tensor/dtype.ts'
import { sizeOf } from '../../tensor/shape.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { isRecord } from '../../tensor/tree.ts'
import { fromBase64, lettersFor, toBase64 } from './base64.ts'

/** A tensor as it is written: its bytes, in the order of the machine's little end, as base64. */
export interface WrittenTensor {
  readonly dtype: DType
  readonly shape: readonly number[]
  readonly data: string
}

export const writtenTensor = ({ dtype, shape, data }: Tensor): WrittenTensor => ({ dtype, shape, data: toBase64(data) })

export const isWrittenTensor = (x: unknown): x is WrittenTensor =>
  isRecord(x) &&
  typeof x['dtype'] === 'string' &&
  Object.hasOwn(elementBytes, x['dtype']) &&
  Array.isArray(x['shape']) &&
  x['shape'].every((extent) => Number.isSafeInteger(extent) && extent >= 0) &&
  typeof x['data'] === 'string'

const arrayOf = (dtype: DType, { buffer, byteLength }: Uint8Array, size: number): Data =>
  dtype === 'int32'
    ? new Int32Array(buffer)
    : dtype === 'bool'
      ? new Uint8Array(buffer)
      : byteLength === 8 * size
        ? new Float64Array(buffer)
        : new Float32Array(buffer)

/** Reads a tensor; undefined where its bytes are others than dtype and shape say, which is found before anything is read. */
export const readTensor = ({ dtype, shape, data }: WrittenTensor): Tensor | undefined => {
  const size = sizeOf(shape)
  const isWide = dtype === 'float32' && size > 0 && data.length === lettersFor(8 * size)
  const bytes = fromBase64(data, size * (isWide ? 8 : elementBytes[dtype]))
  return bytes && { shape, dtype, data: arrayOf(dtype, bytes, size) }
}
