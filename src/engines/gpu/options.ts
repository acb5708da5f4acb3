import type { GpuMode } from './modes.ts'

export interface GpuOptions {
  /** Back end of gpu.js. */
  readonly mode: GpuMode
  /** Whether the webasm mode uses gpu.js's threads (default: where they pay). */
  readonly threads?: boolean
  /**
   * Hears why gpu.js runs a plan kernel by kernel where the mode runs plans whole, and allows it. Without it, that is the
   * fault `Degraded`.
   */
  readonly onDegraded?: (reason: string) => void
}
