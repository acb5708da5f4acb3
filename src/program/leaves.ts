import { literal as literalScalar } from '../nest/expression.ts'
import { fail } from '../tensor/error.ts'
import type { Aval, Tensor } from '../tensor/tensor.ts'
import type { Primitive } from './primitive.ts'

/** The three primitives without operands: where a Program's values come from. None depends on what is differentiated or mapped. */
const leaf = {
  linearity: 'none',
  batch: () => fail('InvalidArgument', { op: 'vmap', expected: 'a batched operand', actual: 'a leaf' })
} as const

/** A parameter of a Program. Never consed: each is a variable of its own. `label` says whose. */
export const input: Primitive<{ label: string; aval: Aval }> = {
  ...leaf,
  name: 'input',
  shape: (_, { aval }) => aval,
  evaluate: () => () => undefined,
  lower: () => ({ kind: 'routine' })
}

/** A tensor that the traced function captured: a snapshot, known by identity. */
export const constant: Primitive<{ tensor: Tensor }> = {
  ...leaf,
  name: 'constant',
  shape: (_, { tensor }) => ({ shape: tensor.shape, dtype: tensor.dtype }),
  evaluate:
    (_, __, { tensor }) =>
    (___, output) => {
      output.set(tensor.data)
    },
  lower: () => ({ kind: 'routine' })
}

/** A scalar number. It stays a double in the Program; an engine rounds it. */
export const literal: Primitive<{ value: number; dtype: Aval['dtype'] }> = {
  ...leaf,
  name: 'literal',
  shape: (_, { dtype }) => ({ shape: [], dtype }),
  evaluate:
    (_, __, { value }) =>
    (___, output) => {
      output[0] = value
    },
  lower: (_, result, { value }) => ({
    kind: 'nest',
    domain: [],
    dtype: result.dtype,
    body: literalScalar(value, result.dtype)
  })
}
