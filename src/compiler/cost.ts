import type { Scalar } from '../nest/expression.ts'
import type { BinaryName, IntegerName, UnaryName } from '../nest/functions.ts'

/**
 * What work costs, in nanoseconds: the one table that fusion, `explain`, the choice of an engine and the cutting of work
 * into chunks share. Figures of CPUs were measured on one core of a 2-core x86 machine with Node 20
 * (docs/performance.md); those of GPUs are cautious guesses for kernels that share no memory.
 */

/** What a device does in a nanosecond, and what it takes before it starts. */
export interface Rates {
  /** Floating-point operations a nanosecond, in contractions and convolutions. */
  readonly flops: number
  /** Bytes a nanosecond that kernels read and write. */
  readonly bytes: number
  /** Nanoseconds before a kernel starts. */
  readonly launch: number
  /** Bytes a nanosecond between the host and the device; Infinity where they share one memory. */
  readonly transfer: number
}

export const rates = {
  /** One thread with SIMD. */
  thread: { flops: 44, bytes: 10, launch: 500, transfer: Infinity },
  /** Both threads of the machine. */
  cpu: { flops: 80, bytes: 15, launch: 500, transfer: Infinity },
  /** A GPU through gpu.js. */
  gpu: { flops: 400, bytes: 100, launch: 15_000, transfer: 3 },
  /** One thread of gpu.js's own WebAssembly mode. */
  webasm: { flops: 4.5, bytes: 15, launch: 0, transfer: Infinity }
} as const satisfies Readonly<Record<string, Rates>>

/** Nanoseconds that a float32 takes between memory and a register, on one thread. */
export const accessCost = 4 / rates.thread.bytes
/** The same for one that is read again and again, and so comes from the nearest cache. */
export const cachedAccessCost = accessCost / 10
/** Nanoseconds that fusion counts for a kernel of its own, whatever it computes. */
export const kernelCost = 400

/** Nanoseconds of one operation: as fusion counts it for one element, and as measured for a vector of four. */
interface OperationCost {
  readonly element: number
  readonly vector: number
}

const simple: OperationCost = { element: 0.1, vector: 0.13 }
/**
 * Fusion counts all transcendentals alike, and about four times as dear as they are in a vector: so a value that several
 * kernels read is rather stored than computed again.
 */
const transcendental = (vector: number): OperationCost => ({ element: 3.2, vector })

const operationCosts: Readonly<Partial<Record<UnaryName | BinaryName | IntegerName, OperationCost>>> = {
  neg: { element: 0.08, vector: simple.vector },
  abs: { element: 0.08, vector: simple.vector },
  sign: { element: 0.2, vector: simple.vector },
  floor: { element: 0.2, vector: simple.vector },
  sqrt: { element: 0.8, vector: 1.2 },
  exp: transcendental(3.4),
  expm1: transcendental(4),
  log: transcendental(5.5),
  log1p: transcendental(7),
  sin: transcendental(6),
  cos: transcendental(6),
  tanh: transcendental(4.6),
  logistic: transcendental(4.6),
  softplus: transcendental(7),
  erf: transcendental(9),
  pow: { element: 8, vector: 22 },
  div: { element: 0.6, vector: 1 },
  floorDivide: { element: 0.6, vector: 0.6 },
  modulo: { element: 0.6, vector: 0.7 },
  max: { element: simple.element, vector: 0.4 },
  min: { element: simple.element, vector: 0.4 }
}

/** Nanoseconds that one operation takes for one element, those of its operands aside. Loads and literals take none. */
export const elementCost = (e: Scalar): number => {
  switch (e.kind) {
    case 'unary':
    case 'binary':
      return (operationCosts[e.name] ?? simple).element
    case 'compare':
    case 'select':
    case 'convert':
      return simple.element
    default:
      return 0
  }
}

/** Nanoseconds of a single instruction on a vector of four. */
export const simpleVectorCost = simple.vector

/** Nanoseconds that one operation takes for a vector of four float32. */
export const vectorCostOf = (name: UnaryName | BinaryName | IntegerName): number =>
  (operationCosts[name] ?? simple).vector

/** Nanoseconds that so many multiply-adds of a contraction or convolution take on one thread. */
export const productCost = (multiplyAdds: number): number => (2 * multiplyAdds) / rates.thread.flops
