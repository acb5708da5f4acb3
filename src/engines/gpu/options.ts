import type { GpuMode } from './modes.ts'

/** Options of an engine on gpu.js. */
export interface GpuOptions {
  /** The mode of gpu.js. */
  readonly mode: GpuMode
  /** Whether the webasm mode uses gpu.js's threads (default: for programs large enough that they save time). */
  readonly threads?: boolean
  /**
   * Is called with the reason when gpu.js runs a program kernel by kernel, slowly, in a mode that runs programs as one plan.
   * Without this option that is the fault `Degraded`.
   */
  readonly onDegraded?: (reason: string) => void
  /**
   * The most operations, iterations counted, of a loop that is written out (default 1000): it takes longer to compile, and no values
   * come and go between the host and the device while it runs. A `whileLoop` of more than 8 iterations stays a loop, which stops early.
   */
  readonly writtenOut?: number
}
