import type { Scalar } from '../nest/expression.ts'
import { axis as index, compare, int, load, minus, select } from '../nest/expression.ts'
import { fail } from '../tensor/error.ts'
import { stridesOf } from '../tensor/shape.ts'
import type { Aval } from '../tensor/tensor.ts'
import type { Primitive } from '../program/primitive.ts'
import { copyStrided } from './reference/copyStrided.ts'
import { spread } from './rules/elementwise.ts'
import { requireDType, requireShape } from './rules/requirements.ts'
import { rowMajor } from '../tensor/strided.ts'

/** Starts that were found: transposition asks for those of one list of operands once for each of them. */
const knownStarts = new WeakMap<readonly Aval[], readonly [axis: number, starts: readonly number[]]>()

/** Where each operand starts along `axis` of the result. */
const startsOf = (operands: readonly Aval[], axis: number): readonly number[] => {
  const known = knownStarts.get(operands)
  if (known?.[0] === axis) return known[1]
  let end = 0
  const starts = operands.map(({ shape }) => {
    const start = end
    end += shape[axis]!
    return start
  })
  knownStarts.set(operands, [axis, starts])
  return starts
}

/** The operands one after the other along an axis. */
export const concat: Primitive<{ axis: number }> = {
  name: 'concat',
  shape: (operands, { axis }) => {
    const first = operands[0] ?? fail('ShapeMisfit', { op: 'concat', expected: 'at least one tensor', actual: 'none' })
    requireDType('concat', operands, ['float32', 'int32', 'bool'])
    const valid = Number.isInteger(axis) && axis >= 0 && axis < first.shape.length
    requireShape(valid, 'concat', operands, 'an axis of the tensors', `axis ${axis}`)
    const fits = operands.every(
      ({ shape }) => shape.length === first.shape.length && shape.every((n, i) => i === axis || n === first.shape[i])
    )
    requireShape(fits, 'concat', operands, `tensors that differ along axis ${axis} alone`)
    const extent = operands.reduce((sum, x) => sum + x.shape[axis]!, 0)
    return { shape: first.shape.with(axis, extent), dtype: first.dtype }
  },
  evaluate: (operands, result, { axis }) => {
    const strides = stridesOf(result.shape)
    const starts = startsOf(operands, axis)
    const copies = operands.map((x, i) =>
      copyStrided(x.shape, rowMajor(x.shape), { start: starts[i]! * strides[axis]!, strides })
    )
    return (inputs, y) => {
      for (let i = 0; i < copies.length; i++) copies[i]!(inputs[i]!, y)
    }
  },
  linearity: 'jointly in all',
  transpose: (o, cotangent, i, operands, { axis }) => {
    const x = operands[i]!
    const start = startsOf(operands, axis)[i]!
    return o.slice(
      cotangent,
      x.shape.map((_, a) => (a === axis ? start : 0)),
      x.shape.map((n, a) => (a === axis ? start + n : n))
    )
  },
  batch: (o, operands, batched, { axis }, size) =>
    o.concat(
      operands.map((x, i) => spread(o, x, batched[i]!, size)),
      axis + 1
    ),
  lower: (operands, result, { axis }) => {
    const starts = startsOf(operands, axis)
    const own = (i: number): Scalar => {
      const x = operands[i]!
      const place = x.shape.map((_, a) => (a === axis ? minus(index(a), starts[i]!) : index(a)))
      return load(i, place, x.dtype)
    }
    /** The element of whichever of the operands `from` to before `to` it lies in, found by halving. */
    const element = (from: number, to: number): Scalar => {
      if (to - from === 1) return own(from)
      const middle = from + Math.ceil((to - from) / 2)
      return select(compare('lt', index(axis), int(starts[middle]!)), element(from, middle), element(middle, to))
    }
    return { kind: 'nest', domain: result.shape, dtype: result.dtype, body: element(0, operands.length) }
  },
  simplify: (o, operands, { axis }) => {
    const filled = operands.filter((x) => x.shape[axis] !== 0)
    if (filled.length === operands.length) return operands.length === 1 ? operands[0] : undefined
    return filled.length === 0 ? operands[0] : o.concat(filled, axis)
  }
}
