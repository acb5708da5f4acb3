/** Primitives that add up along axes, or order elements along one, as ONNX. */
import { cast, elementwise, filled, isEmpty } from './emitter.ts'
import { whole } from './rule.ts'

export const reduceSum = whole<{ axes: readonly number[] }>((e, [x], { params: { axes }, result }) => {
  if (axes.length === 0) return x!
  return isEmpty(x!) ? filled(e, 0, result) : e.node('ReduceSum', [x!, e.list(axes)], result, { keepdims: 0 })
})

export const reduceMax = whole<{ axes: readonly number[] }>((e, [x], { params: { axes }, result }) => {
  if (axes.length === 0) return x!
  if (isEmpty(x!)) return filled(e, result.dtype === 'int32' ? -(2 ** 31) : -Infinity, result)
  return e.node('ReduceMax', [x!], result, { axes, keepdims: 0 })
})

export const cumulativeSum = whole<{ axis: number }>((e, [x], { params: { axis }, result }) =>
  isEmpty(result) ? x! : e.node('CumSum', [x!, e.scalar(axis, 'int32')], result)
)

/** The indices of all elements, least first: of equal ones TopK takes that with the least index. NaN counts as infinity. */
export const argsort = whole<{ axis: number }>((e, [x], { params: { axis }, result }) => {
  if (isEmpty(result)) return cast(e, x!, 'int32')
  const ordered = x!.dtype === 'bool' ? cast(e, x!, 'int32') : x!
  const numbers =
    ordered.dtype === 'float32'
      ? elementwise(e, 'Where', [elementwise(e, 'IsNaN', [ordered], 'bool'), e.scalar(Infinity), ordered], 'float32')
      : ordered
  const { shape } = result
  const parts = [
    { dtype: numbers.dtype, shape },
    { dtype: 'int64', shape }
  ] as const
  const [, indices] = e.nodes('TopK', [numbers, e.list([shape[axis]!])], parts, { axis, largest: 0, sorted: 1 })
  return cast(e, indices!, 'int32')
})
