import type { DType } from '../../../src/tensor/dtype.ts'
import type { Shape } from '../../../src/tensor/shape.ts'

/** Describes an array that a nest loads from: row-major, bool as one byte an element. */
export interface OperandType {
  readonly shape: Shape
  readonly dtype: DType
}
