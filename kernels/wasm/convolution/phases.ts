/**
 * A strided convolution's adjoint falls apart into phases: the pixels of x with the same remainder modulo the stride see
 * the same taps, and each phase is an ordinary convolution of y with stride 1. Nothing is multiplied with inserted zeros.
 *
 * @category wasm
 */

/** One axis: pixels first, first + stride ...; tap i is kernel index taps[i] and reads y at pixel + offset + i * step. */
export interface Phase {
  readonly first: number
  readonly pixels: number
  /** Kernel indices in the order of the positions they read. Empty: these pixels get nothing. */
  readonly taps: readonly number[]
  readonly offset: number
  readonly step: number
}

export const phasesAlong = (
  size: number,
  kernel: number,
  stride: number,
  low: number,
  dilation: number
): readonly Phase[] =>
  Array.from({ length: Math.min(stride, size) }, (_, first) => {
    const taps = Array.from({ length: kernel }, (_, tap) => tap)
      .filter((tap) => (first + low - tap * dilation) % stride === 0)
      .toReversed()
    const reads = taps.map((tap) => (first + low - tap * dilation) / stride)
    const [offset = 0, second = offset] = reads
    return { first, pixels: Math.ceil((size - first) / stride), taps, offset, step: second - offset }
  })
