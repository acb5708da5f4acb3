import type { BinaryName, CompareName, UnaryName } from '../nest/functions.ts'
import type { DType } from '../tensor/dtype.ts'
import type { Shape } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { Tangent } from './tangent.ts'

/** Elementwise: a Zero gives a Zero where the primitive is linear. */
export type UnaryOp = <T extends Tangent>(x: T) => T
/** Elementwise, operands of one shape (nothing broadcasts here) or a number, which takes the other operand's shape. */
export interface BinaryOp {
  (x: Tensor, y: Tensor | number): Tensor
  (x: number, y: Tensor): Tensor
  (x: Tangent, y: Tangent | number): Tangent
}

/** Which axes of a and b are contracted (pairwise) and which are batch axes (pairwise). Result: [batch..., a's rest, b's rest]. */
export interface DotAxes {
  readonly contract: readonly [readonly number[], readonly number[]]
  readonly batch: readonly [readonly number[], readonly number[]]
}

/**
 * The parameters shared by the three convolution primitives, with x [G, N, C, ...in], w [G, O, C, ...kernel] and
 * y [G, N, O, ...out]: y[g,n,o,p] = sum over c, k of x[g,n,c, p * stride + k * dilation - low] * w[g,o,c,k].
 * `input`, `kernel` and `output` are the spatial extents, all given, so that each of the three knows its result.
 */
export interface Convolution {
  readonly stride: readonly number[]
  readonly low: readonly number[]
  readonly dilation: readonly number[]
  readonly input: readonly number[]
  readonly kernel: readonly number[]
  readonly output: readonly number[]
}

/** Bilinear over tensors, Zero where an operand is. */
export interface BilinearOp<P> {
  (x: Tensor, y: Tensor, params: P): Tensor
  (x: Tangent, y: Tangent, params: P): Tangent
}

/**
 * The primitives as typed functions: what their own rules are written in, and what src/ops composes. Eager outside a
 * trace, staged inside one.
 */
export interface Vocabulary extends Readonly<Record<UnaryName, UnaryOp> & Record<BinaryName, BinaryOp>> {
  /** bool of a comparison. */
  readonly compare: (x: Tensor, y: Tensor | number, name: CompareName) => Tensor
  /** x where `when` (bool, same shape) holds, y elsewhere. */
  readonly select: {
    (when: Tensor, x: Tensor | number, y: Tensor): Tensor
    (when: Tensor, x: Tensor, y: Tensor | number): Tensor
    (when: Tensor, x: Tangent, y: Tangent): Tangent
  }
  readonly convert: (x: Tensor, dtype: DType) => Tensor
  readonly stopGradient: (x: Tensor) => Tensor
  readonly reshape: <T extends Tangent>(x: T, shape: Shape) => T
  /** Axis i of the result is axis permutation[i] of x. */
  readonly transpose: <T extends Tangent>(x: T, permutation: readonly number[]) => T
  /** Axis i of x becomes axis axes[i] of the result; an extent of 1 may grow. axes ascend. */
  readonly broadcastInDim: <T extends Tangent>(x: T, shape: Shape, axes: readonly number[]) => T
  readonly reduceSum: <T extends Tangent>(x: T, axes: readonly number[]) => T
  readonly reduceMax: (x: Tensor, axes: readonly number[]) => Tensor
  /** start inclusive, limit exclusive, stride positive. */
  readonly slice: <T extends Tangent>(
    x: T,
    start: readonly number[],
    limit: readonly number[],
    stride?: readonly number[]
  ) => T
  /** `value` is a scalar; low and high may be negative (cropping), interior puts that many between neighbours. */
  readonly pad: {
    (
      x: Tensor,
      value: Tensor | number,
      low: readonly number[],
      high: readonly number[],
      interior?: readonly number[]
    ): Tensor
    (
      x: Tangent,
      value: Tangent | number,
      low: readonly number[],
      high: readonly number[],
      interior?: readonly number[]
    ): Tangent
  }
  readonly concat: { (xs: readonly Tensor[], axis: number): Tensor; (xs: readonly Tangent[], axis: number): Tangent }
  readonly reverse: <T extends Tangent>(x: T, axes: readonly number[]) => T
  readonly dotGeneral: BilinearOp<DotAxes>
  /** y from x and w. */
  readonly conv: BilinearOp<Convolution>
  /** x's cotangent from y's and w: the transposed convolution. */
  readonly convInputGradient: BilinearOp<Convolution>
  /** w's cotangent from x and y's. */
  readonly convFilterGradient: BilinearOp<Convolution>
  /** x [B..., N, S...], indices int32 [B..., I] -> [B..., I, S...]: rows of axis `batch` (the number of leading B axes). Out of range reads 0. */
  readonly gather: <T extends Tangent>(x: T, indices: Tensor, batch: number) => T
  /** x [B..., N, S...] plus updates [B..., I, S...] added at rows indices [B..., I]; repeated indices accumulate, those out of range are dropped. */
  readonly scatterAdd: {
    (x: Tensor, indices: Tensor, updates: Tensor, batch: number): Tensor
    (x: Tangent, indices: Tensor, updates: Tangent, batch: number): Tangent
  }
  readonly cumulativeSum: <T extends Tangent>(x: T, axis: number) => T
  /** int32 (or float32) 0, 1, 2 ... along `axis`. */
  readonly iota: (shape: Shape, axis: number, dtype?: DType) => Tensor
  /** int32 indices that sort x ascending along `axis`; ties keep their order, NaN goes last. */
  readonly argsort: (x: Tensor, axis: number) => Tensor
  /** One word (0 or 1) of the Threefry-2x32 block of a key and a counter, each two int32 of one shape. */
  readonly threefry: (key0: Tensor, key1: Tensor, counter0: Tensor, counter1: Tensor, word: 0 | 1) => Tensor
  /** float32 in [0, 1) of 32 random bits: k * 2^-24 with k the upper 24. */
  readonly bitsToUnit: (bits: Tensor) => Tensor
  /** A literal of that value everywhere: a scalar, broadcast. */
  readonly full: (shape: Shape, value: number, dtype?: DType) => Tensor
  /** The tensor itself, or zeros for a Zero. */
  readonly instantiate: (x: Tangent) => Tensor
}
