import { axis, load, plus, times } from '../nest/expression.ts'
import { showShape } from '../tensor/shape.ts'
import type { Aval } from '../tensor/tensor.ts'
import { isNode } from '../program/node.ts'
import type { Primitive, View } from '../program/primitive.ts'
import { copyView } from './reference/copyStrided.ts'
import { requirePerAxis, requireShape } from './rules/requirements.ts'

type Slice = Readonly<Record<'start' | 'limit' | 'stride', readonly number[]>>

const extentsOf = ({ start, limit, stride }: Slice): readonly number[] =>
  start.map((first, i) => Math.ceil((limit[i]! - first) / stride[i]!))

const isWhole = (x: Aval, { start, limit, stride }: Slice): boolean =>
  x.shape.every((n, i) => start[i] === 0 && limit[i] === n && (stride[i] === 1 || n <= 1))

/** The slice that two slices after each other are. */
const merged = (inner: Slice, outer: Slice): Slice => {
  const start = outer.start.map((first, i) => inner.start[i]! + first * inner.stride[i]!)
  const stride = outer.stride.map((step, i) => step * inner.stride[i]!)
  const limit = extentsOf(outer).map((n, i) => start[i]! + (n === 0 ? 0 : (n - 1) * stride[i]! + 1))
  return { start, limit, stride }
}

const view: View<Slice> = (_, place, __, { start, stride }) => ({
  start: start.reduce((sum, n, i) => sum + n * place.strides[i]!, place.start),
  strides: place.strides.map((n, i) => n * stride[i]!)
})

/** Every stride-th element from start (inclusive) to limit (exclusive) along each axis. Its transpose is pad. */
export const slice: Primitive<Slice> = {
  name: 'slice',
  shape: ([x], params) => {
    const { start, limit, stride } = params
    requirePerAxis('slice', x!, params)
    const fits = x!.shape.every((n, i) => start[i]! >= 0 && start[i]! <= limit[i]! && limit[i]! <= n && stride[i]! >= 1)
    const given = `start ${showShape(start)}, limit ${showShape(limit)}, stride ${showShape(stride)}`
    requireShape(fits, 'slice', [x!], '0 <= start <= limit <= extent and stride >= 1 for each axis', given)
    return { shape: extentsOf(params), dtype: x!.dtype }
  },
  evaluate: ([x], result, params) => copyView(view, x!, result, params),
  view,
  linearity: { in: [0], how: 'jointly' },
  transpose: (o, cotangent, _, [x], { start, stride }) => {
    const end = cotangent.shape.map((n, i) => start[i]! + (n === 0 ? 0 : (n - 1) * stride[i]! + 1))
    return o.pad(
      cotangent,
      0,
      start,
      x!.shape.map((n, i) => n - end[i]!),
      stride.map((step) => step - 1)
    )
  },
  batch: (o, [x], _, { start, limit, stride }, size) => o.slice(x!, [0, ...start], [size, ...limit], [1, ...stride]),
  lower: ([x], result, { start, stride }) => ({
    kind: 'nest',
    domain: result.shape,
    dtype: result.dtype,
    body: load(
      0,
      start.map((first, i) => plus(times(axis(i), stride[i]!), first)),
      x!.dtype
    )
  }),
  simplify: (o, [x], params) => {
    if (isWhole(x!, params)) return x
    if (!isNode(x) || x.primitive !== slice) return undefined
    const { start, limit, stride } = merged(x.params as Slice, params)
    return o.slice(x.operands[0]!, start, limit, stride)
  }
}
