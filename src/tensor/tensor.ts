import type { Data, DType } from './dtype.ts'
import { fail } from './error.ts'
import type { Shape } from './shape.ts'
import { showShape } from './shape.ts'

/**
 * Holds an immutable array of numbers, row-major. Outside a trace `data` is a plain typed array; inside one a Tensor
 * stands for a value that is yet to be computed, and reading its `data` throws the error TracedRead.
 */
export interface Tensor {
  readonly shape: Shape
  readonly dtype: DType
  readonly data: Data
}

/** Describes a value by shape and dtype alone (an abstract value): what a tracer knows of it. */
export interface Aval {
  readonly shape: Shape
  readonly dtype: DType
}

/** Shows an element type and a shape: `float32[2, 3]`. */
export const showAval = ({ dtype, shape }: Aval): string => `${dtype}${showShape(shape)}`

const withoutNumbers = {
  get data(): Data {
    return fail('TracedRead', {
      op: 'data',
      expected: 'a tensor with numbers',
      actual: `the shape ${showAval(this as unknown as Aval)} alone`,
      hint: 'Where shapes are checked no number is computed: return tensors instead of reading them'
    })
  }
}

/** Returns a stand-in for any tensor of that shape and dtype. It takes no memory, and reading its `data` throws TracedRead. */
export const blank = ({ shape, dtype }: Aval): Tensor =>
  // The getter sits on a prototype, so that spreading a stand-in never reads it.
  Object.assign(Object.create(withoutNumbers) as Tensor, { shape, dtype })

export const isTensor = (x: unknown): x is Tensor =>
  typeof x === 'object' && x !== null && 'dtype' in x && 'shape' in x && Array.isArray(x.shape)
