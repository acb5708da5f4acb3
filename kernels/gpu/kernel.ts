import type { Shape } from '../../src/tensor/shape.ts'

/** An array that a kernel reads, or a number that is the same everywhere, which is then written into the source. */
export interface KernelOperand {
  readonly shape: Shape
  readonly value?: number
}

/** One kernel of gpu.js: result[this.thread.x] for flat row-major arrays. */
export interface Kernel {
  /** Starts with exactly `function`; strings survive minifiers, functions do not. */
  readonly source: string
  /** The operands that are its arguments, in order. */
  readonly reads: readonly number[]
  /** Elements of the result. */
  readonly size: number
  /** Elements computed: a multiple of 4, or the vector units stay idle. */
  readonly cells: number
}

/** What two kernels share exactly when one compiled kernel serves for both: gpu.js compiles one for each size of result. */
export const kindOf = ({ source, cells }: Kernel): string => `${String(cells)} ${source}`
