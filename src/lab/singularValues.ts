import { singularValues as traced } from '../linalg/decompositions.ts'
import type { Shape } from '../tensor/shape.ts'
import { evaluate } from '../transform/evaluate.ts'

/**
 * Computes the singular values of one matrix [rows, columns] of finite numbers, descending, on the host in double
 * precision: small ones are as precise as the matrix has them.
 */
export const singularValues = (data: Float64Array, shape: Shape): readonly number[] =>
  Array.from(evaluate(traced, { precision: 'float64' })({ shape, dtype: 'float32', data }).data)
