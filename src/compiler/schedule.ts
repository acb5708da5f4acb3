import type { Scalar } from '../nest/expression.ts'
import type { FusedNest } from '../nest/fused.ts'
import type { Convolution } from '../program/vocabulary.ts'
import type { Params } from '../program/primitive.ts'
import type { Data, DType } from '../tensor/dtype.ts'
import type { Shape } from '../tensor/shape.ts'
import type { Strided } from '../tensor/strided.ts'
import type { Aval } from '../tensor/tensor.ts'

/**
 * What a program comes to on any device: buffers, and kernels that read some and write others. Plain data.
 *
 *     program ──optimize──▶ program ──schedule──▶ Schedule ──plan──▶ Plan (an offset for every buffer)
 *
 * `kernels` are in an order in which each comes after those it needs. `levels` groups them: the kernels of one level do
 * not depend on each other, so a device needs one barrier a level and may run the kernels between two barriers at once.
 * A buffer is written by one kernel, whole; values that are one another under another shape share a buffer.
 */
export interface Schedule {
  readonly buffers: readonly Buffer[]
  readonly kernels: readonly Kernel[]
  /** Indices of kernels: together 0, 1, 2 ... in order. */
  readonly levels: readonly (readonly number[])[]
  /** The buffer of each input of the program, used or not. */
  readonly inputs: readonly number[]
  /** The buffer of each output; two outputs may be one buffer, and an output may be an input or a constant. */
  readonly outputs: readonly number[]
}

/** Storage of `size` elements, row-major under whatever shape it is read. */
export interface Buffer {
  readonly dtype: DType
  readonly size: number
  readonly role: Role
}

export type Role =
  | { readonly kind: 'input'; readonly index: number }
  /** Numbers that the program captured; a float32 constant may come as a Float64Array, to be rounded. */
  | { readonly kind: 'constant'; readonly data: Data }
  | { readonly kind: 'temporary' }

/** A buffer as a kernel sees it. */
export interface Read {
  readonly buffer: number
  readonly shape: Shape
  /** The number of the buffer's element that is the first one read (default 0): only loops over bodies read pieces. */
  readonly start?: number
}

export interface KernelAccess {
  readonly reads: readonly Read[]
  /** One buffer an output. */
  readonly writes: readonly number[]
  /** Names of the primitives that went into it, in the order of the program; one that is there twice is there twice. */
  readonly primitives: readonly string[]
}

/** A loop nest with one or several outputs over one domain. Operand i of its bodies is reads[i]. */
export interface Loops extends KernelAccess {
  readonly kind: 'loops'
  readonly nest: FusedNest
}

/**
 * What becomes of the finished elements of a contraction or convolution. In the bodies, operand 0 is the finished
 * element itself, `load(0, [])`, and operand i behind it is the element of reads[i + 1] that lies at
 * start + sum of stride times output index, `load(i, [])`: `strides` has one number an axis of the kernel's domain.
 * Without further work there is one output with the body `load(0, [])`. Every output has the layout of the result.
 */
export interface Epilogue {
  readonly outputs: readonly { readonly dtype: DType; readonly body: Scalar }[]
  /** Of reads[2], reads[3] ... */
  readonly operands: readonly Strided[]
}

/** Elements between neighbours of a matrix; `row` and `column` of a are i and k, of b k and j, of c i and j. */
export interface MatrixStrides {
  readonly batch: number
  readonly row: number
  readonly column: number
}
export interface Matrix {
  readonly start: number
  readonly strides: MatrixStrides
}

/**
 * c[b, i, j] = sum over k of a[b, i, k] b[b, k, j]. a is in reads[0], b in reads[1]. Transposed and repeated operands are
 * strides (0 where repeated; none is negative). The epilogue's domain is [batch, m, n]. float32 alone.
 */
export interface Contraction extends KernelAccess {
  readonly kind: 'contraction'
  readonly batch: number
  readonly m: number
  readonly n: number
  readonly k: number
  readonly a: Matrix
  readonly b: Matrix
  readonly c: Matrix
  readonly epilogue: Epilogue
}

/** One of the three convolutions, of reads[0] and reads[1] as they lie. The epilogue's domain is the result's shape. */
export interface Convolving extends KernelAccess {
  readonly kind: 'conv' | 'convInputGradient' | 'convFilterGradient'
  readonly params: Convolution
  readonly result: Shape
  readonly epilogue: Epilogue
}

/**
 * x [batches, rows, size] plus updates [batches, picked, size] at rows indices [batches, picked]; those out of range are
 * dropped. reads: indices, updates, and x unless it is the number `base` everywhere.
 */
export interface ScatterAdd extends KernelAccess {
  readonly kind: 'scatterAdd'
  readonly batches: number
  readonly rows: number
  readonly picked: number
  readonly size: number
  readonly base: number | undefined
}

/** Sums along the middle axis of [blocks, extent, inner]. */
export interface CumulativeSum extends KernelAccess {
  readonly kind: 'cumulativeSum'
  readonly blocks: number
  readonly extent: number
  readonly inner: number
}

/** A primitive that no loop nest describes (sorting): `evaluate` of the registry's entry of that name is its meaning. */
export interface Routine extends KernelAccess {
  readonly kind: 'routine'
  readonly primitive: string
  readonly params: Params
  readonly operands: readonly Aval[]
  readonly result: Aval
}

export type Kernel = Loops | Contraction | Convolving | ScatterAdd | CumulativeSum | Routine

/** What a device can take, and what its emitters can do. */
export interface ScheduleOptions {
  /** Buffers that one kernel may read and write (default 64). 7 leaves room for WebGPU's 8 storage buffers. */
  readonly maxOperands?: number
  /** Operations that one kernel's bodies may have, counted as a tree (default 4000). */
  readonly maxBody?: number
  /** Operations that may lie one within another in a body (default 256): emitters descend into bodies by recursion. */
  readonly maxDepth?: number
  /**
   * Whether a value that two kernels compute may come to two results, by multiplications and additions contracted in one of
   * them (default false). Then what is compared with a reduction of itself is stored.
   */
  readonly contracts?: boolean
  /** Whether finished elements of contractions and convolutions may be worked on before they are stored (default true). */
  readonly epilogues?: boolean
  /** Whether kernels may have several outputs (default true). */
  readonly multipleOutputs?: boolean
}
