import type { Shape } from '../../src/tensor/shape.ts'
import type { Range } from './ranges.ts'

/** An array that a nest reads, or a number that is the same everywhere, which is then written into the source. */
export interface KernelOperand {
  readonly shape: Shape
  readonly value?: number
  /** What its integers lie between (default: all that float32 holds exactly). */
  readonly range?: Range
}
