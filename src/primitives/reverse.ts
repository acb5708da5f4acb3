import { axis, int, load, minus } from '../nest/expression.ts'
import { isNode } from '../program/node.ts'
import type { Primitive, View } from '../program/primitive.ts'
import { copyView } from './reference/copyStrided.ts'
import { requireAxes } from './rules/requirements.ts'

const view: View<{ axes: readonly number[] }> = ({ shape }, { start, strides }, _, { axes }) => ({
  start: axes.reduce((sum, a) => sum + (shape[a]! - 1) * strides[a]!, start),
  strides: strides.map((stride, a) => (axes.includes(a) ? -stride : stride))
})

/** Elements in opposite order along `axes`. Its own transpose. */
export const reverse: Primitive<{ axes: readonly number[] }> = {
  name: 'reverse',
  shape: ([x], { axes }) => {
    requireAxes('reverse', x!, axes)
    return { shape: x!.shape, dtype: x!.dtype }
  },
  evaluate: ([x], result, params) => copyView(view, x!, result, params),
  view,
  linearity: { in: [0], how: 'jointly' },
  transpose: (o, cotangent, _, __, { axes }) => o.reverse(cotangent, axes),
  batch: (o, [x], _, { axes }) =>
    o.reverse(
      x!,
      axes.map((a) => a + 1)
    ),
  lower: ([x], result, { axes }) => ({
    kind: 'nest',
    domain: result.shape,
    dtype: result.dtype,
    body: load(
      0,
      result.shape.map((n, a) => (axes.includes(a) ? minus(int(n - 1), axis(a)) : axis(a))),
      x!.dtype
    )
  }),
  simplify: (o, [x], { axes }) => {
    const moving = axes.filter((a) => x!.shape[a]! > 1)
    if (moving.length === 0) return x
    if (moving.length < axes.length) return o.reverse(x!, moving)
    if (!isNode(x) || x.primitive !== reverse) return undefined
    const inner = x.params['axes'] as readonly number[]
    const once = [...inner.filter((a) => !axes.includes(a)), ...axes.filter((a) => !inner.includes(a))]
    return o.reverse(x.operands[0]!, once)
  }
}
