/** Primitives that put elements in other places, as ONNX. */
import type { DType } from '../../tensor/dtype.ts'
import type { Shape } from '../../tensor/shape.ts'
import { range } from '../../tensor/shape.ts'
import {
  filled,
  isEmpty,
  pad as padded,
  reshape as reshaped,
  slice as sliced,
  transpose as transposed
} from './emitter.ts'
import { repeating, whole } from './rule.ts'

export const identity = repeating((_, [x]) => x!)

export const reshape = whole<{ shape: Shape }>((e, [x], { params: { shape } }) => reshaped(e, x!, shape))

export const transpose = whole<{ permutation: readonly number[] }>((e, [x], { params: { permutation } }) =>
  transposed(e, x!, permutation)
)

/** What is repeated stays as it is, with axes of extent 1: whoever needs all of it repeats it. */
export const broadcastInDim = repeating<{ shape: Shape; axes: readonly number[] }>((e, [x], { params }) => {
  if (x!.shape.length === 0) return x!
  const shape = params.shape.map(() => 1)
  params.axes.forEach((axis, i) => (shape[axis] = x!.shape[i]!))
  return reshaped(e, x!, shape)
})

export const slice = whole<Readonly<Record<'start' | 'limit' | 'stride', readonly number[]>>>(
  (e, [x], { params: { start, limit, stride } }) => sliced(e, x!, start, limit, stride)
)

/** Elements get so many neighbours behind each axis of their own, which then are one axis with theirs. */
export const pad = whole<Readonly<Record<'low' | 'high' | 'interior', readonly number[]>>>(
  (e, [x, value], { params }) => {
    const { low, high, interior } = params
    if (interior.every((n) => n === 0)) return padded(e, x!, low, high, value)
    const pairs = x!.shape.flatMap((n) => [n, 1])
    const apart = padded(
      e,
      reshaped(e, x!, pairs),
      pairs.map(() => 0),
      interior.flatMap((n) => [0, n]),
      value
    )
    const together = reshaped(
      e,
      apart,
      x!.shape.map((n, i) => n * (interior[i]! + 1))
    )
    return padded(
      e,
      together,
      low,
      high.map((n, i) => (x!.shape[i] === 0 ? n : n - interior[i]!)),
      value
    )
  }
)

export const concat = whole<{ axis: number }>((e, operands, { params, result }) => {
  if (isEmpty(result)) return filled(e, 0, result)
  const [first, ...others] = operands.filter((x) => !isEmpty(x))
  return others.length === 0 ? first! : e.node('Concat', [first!, ...others], result, { axis: params.axis })
})

export const reverse = whole<{ axes: readonly number[] }>((e, [x], { params: { axes }, result }) => {
  if (axes.length === 0 || isEmpty(result)) return x!
  const extents = axes.map((axis) => result.shape[axis]!)
  // Before the first element lies -1 from the front, which from the end is -n - 1.
  const ends = extents.map((n) => -n - 1)
  const steps = axes.map(() => -1)
  return e.node('Slice', [x!, e.list(extents.map((n) => n - 1)), e.list(ends), e.list(axes), e.list(steps)], result)
})

export const iota = repeating<{ shape: Shape; axis: number; dtype: DType }>(
  (e, _, { params: { shape, axis, dtype } }) => {
    const numbers = range(shape[axis]!)
    const along = shape.map((n, i) => (i === axis ? n : 1))
    return e.constant(dtype, along, dtype === 'int32' ? Int32Array.from(numbers) : Float32Array.from(numbers))
  }
)
