/** Rows that are picked or added to by index, as ONNX. */
import { rowsOf } from '../../primitives/rules/rows.ts'
import { range, sizeOf } from '../../tensor/shape.ts'
import type { Aval } from '../../tensor/tensor.ts'
import type { Emitter, Value } from './emitter.ts'
import { cast, elementwise, filled, isEmpty, reshape } from './emitter.ts'
import { whole } from './rule.ts'

/** The rows of all batches as one list: which of it each index names, and whether it names one at all. */
const placesIn = (
  e: Emitter,
  x: Value,
  indices: Value,
  batch: number
): { readonly places: Value; readonly isInside: Value } => {
  const { batches, extent, picked } = rowsOf(x as Aval, indices as Aval, batch)
  const zero = e.scalar(0, 'int32')
  const last = e.scalar(extent - 1, 'int32')
  const notBefore = elementwise(e, 'GreaterOrEqual', [indices, zero], 'bool')
  const isInside = elementwise(e, 'And', [notBefore, elementwise(e, 'LessOrEqual', [indices, last], 'bool')])
  const inside = elementwise(e, 'Min', [elementwise(e, 'Max', [indices, zero]), last])
  const flat = reshape(e, inside, [batches, picked])
  const starts = new Int32Array(range(batches).map((b) => b * extent))
  const moved = batches === 1 ? flat : elementwise(e, 'Add', [flat, e.constant('int32', [batches, 1], starts)])
  const count = batches * picked
  return {
    places: cast(e, reshape(e, moved, [count]), 'int64'),
    isInside: reshape(e, isInside, [count, 1])
  }
}

export const gather = whole<{ batch: number }>((e, [x, indices], { params: { batch }, result }) => {
  if (isEmpty(result) || isEmpty(x!)) return filled(e, 0, result)
  const size = sizeOf(x!.shape.slice(batch + 1))
  const { places, isInside } = placesIn(e, x!, indices!, batch)
  const count = places.shape[0]!
  const table = reshape(e, x!.dtype === 'bool' ? cast(e, x!, 'int32') : x!, [
    sizeOf(x!.shape.slice(0, batch + 1)),
    size
  ])
  const rows = e.node('Gather', [table, places], { dtype: table.dtype, shape: [count, size] }, { axis: 0 })
  const none = table.dtype === 'int32' ? e.scalar(0, 'int32') : e.scalar(0)
  const read = elementwise(e, 'Where', [isInside, rows, none], rows.dtype)
  return reshape(e, cast(e, read, result.dtype), result.shape)
})

export const scatterAdd = whole<{ batch: number }>((e, [x, indices, updates], { params: { batch }, result }) => {
  if (isEmpty(updates!) || isEmpty(x!)) return x!
  const size = sizeOf(x!.shape.slice(batch + 1))
  const { places, isInside } = placesIn(e, x!, indices!, batch)
  const count = places.shape[0]!
  const none = x!.dtype === 'int32' ? e.scalar(0, 'int32') : e.scalar(0)
  const added = elementwise(e, 'Where', [isInside, reshape(e, updates!, [count, size]), none], x!.dtype)
  const table = reshape(e, x!, [sizeOf(x!.shape.slice(0, batch + 1)), size])
  const inputs = [table, reshape(e, places, [count, 1]), added]
  return reshape(e, e.node('ScatterND', inputs, table, { reduction: 'add' }), result.shape)
})
