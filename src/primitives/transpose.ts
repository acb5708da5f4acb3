import { axis, load } from '../nest/expression.ts'
import { fail } from '../tensor/error.ts'
import { showShape, range } from '../tensor/shape.ts'
import { rowMajor } from '../tensor/strided.ts'
import type { Node } from '../program/node.ts'
import type { Primitive, View } from '../program/primitive.ts'
import { sourceIndices } from './reference/sourceIndices.ts'

const inverse = (permutation: readonly number[]): readonly number[] => permutation.map((_, i) => permutation.indexOf(i))

const view: View<{ permutation: readonly number[] }> = (_, { start, strides }, __, { permutation }) => ({
  start,
  strides: permutation.map((axis) => strides[axis]!)
})

/** Axis i of the result is axis permutation[i] of x. Its own transpose, with the inverse permutation. */
export const transpose: Primitive<{ permutation: readonly number[] }> = {
  name: 'transpose',
  shape: ([x], { permutation }) => {
    const sorted = permutation.toSorted((a, b) => a - b)
    if (sorted.length !== x!.shape.length || sorted.some((axis, i) => axis !== i))
      fail('ShapeMisfit', {
        op: 'transpose',
        expected: `a permutation of the axes ${showShape(range(x!.shape.length))}`,
        actual: showShape(permutation)
      })
    return { shape: permutation.map((axis) => x!.shape[axis]!), dtype: x!.dtype }
  },
  evaluate: ([x], result, { permutation }) => {
    const { strides } = view(x!, rowMajor(x!.shape), result, { permutation })
    const source = sourceIndices(result.shape, strides)
    return ([a], y) => {
      for (let i = 0; i < y.length; i++) y[i] = a![source[i]!]!
    }
  },
  view,
  linearity: { in: [0], how: 'jointly' },
  transpose: (o, cotangent, _, __, { permutation }) => o.transpose(cotangent, inverse(permutation)),
  batch: (o, [x], _, { permutation }) => o.transpose(x!, [0, ...permutation.map((axis) => axis + 1)]),
  lower: ([x], result, { permutation }) => ({
    kind: 'nest',
    domain: result.shape,
    dtype: result.dtype,
    body: load(0, inverse(permutation).map(axis), x!.dtype)
  }),
  simplify: (o, [x], { permutation }) => {
    if (permutation.every((axis, i) => axis === i)) return x
    const { primitive, params, operands } = x as Node
    if (primitive !== transpose) return undefined
    const inner = params['permutation'] as readonly number[]
    return o.transpose(
      operands[0]!,
      permutation.map((axis) => inner[axis]!)
    )
  }
}
