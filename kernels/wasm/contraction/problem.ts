/**
 * What a contraction is: C[b, i, j] (+)= sum over k of A[b, i, k] * B[b, k, j], everything but addresses known when code
 * is emitted. Strides are in elements and may be anything, so a transposed operand is only another pair of strides and a
 * broadcast one has stride 0.
 *
 * @category wasm
 */
import type { Code, Local, Operand, Scope } from '../encoder/index.ts'

/** Elements between neighbours along each axis. */
export interface Strides {
  readonly batch: number
  readonly row: number
  readonly column: number
}

/** Where a vector of up to four elements of a matrix stands. Lanes lie along one axis. */
export interface ElementAccess {
  /** Elements of a tensor laid out as the matrix itself. */
  readonly like: (base: Operand<'i32'>) => Code<'v128'>
  /** Elements of another tensor over the same index space: `read(bias, { batch: 0, row: 0, column: 1 })`. */
  readonly read: (base: Operand<'i32'>, strides: Strides) => Code<'v128'>
  /** Writes elements of a further output. */
  readonly write: (base: Operand<'i32'>, strides: Strides, value: Local<'v128'>) => Code
  /** The same for one laid out as the matrix itself. */
  readonly writeLike: (base: Operand<'i32'>, value: Local<'v128'>) => Code
}

/** Applied to the elements of an operand when they are loaded: a fused producer. */
export type Prologue = (value: Code<'v128'>, at: ElementAccess, scope: Scope) => Code<'v128'>

/** Applied to a finished element of C before it is stored. Statements that have to run before go through `before`. */
export type Epilogue = (
  value: Local<'v128'>,
  at: ElementAccess,
  scope: Scope,
  before: (statement: Code) => void
) => Code<'v128'>

export interface Matrix {
  readonly address: Operand<'i32'>
  readonly strides: Strides
}

export interface Factor extends Matrix {
  readonly prologue?: Prologue
}

export interface Contraction {
  readonly batch: number
  readonly m: number
  readonly n: number
  readonly k: number
  readonly a: Factor
  readonly b: Factor
  readonly c: Matrix
  /** C += instead of C =. */
  readonly accumulate?: boolean
  readonly epilogue?: Epilogue
}

/** Swaps rows and columns in the coordinates that a hook uses. */
const transposeStrides = ({ batch, row, column }: Strides): Strides => ({ batch, row: column, column: row })

const transposePlace = ({ like, read, write, writeLike }: ElementAccess): ElementAccess => ({
  like,
  writeLike,
  read: (base, strides) => read(base, transposeStrides(strides)),
  write: (base, strides, value) => write(base, transposeStrides(strides), value)
})

const transposeMatrix = <M extends Matrix>(matrix: M): M => ({ ...matrix, strides: transposeStrides(matrix.strides) })

export const transposeFactor = ({ prologue, ...rest }: Factor): Factor => ({
  ...transposeMatrix(rest),
  ...(prologue && { prologue: (value, at, scope) => prologue(value, transposePlace(at), scope) })
})

/** Returns the same contraction read the other way: the transpose of C is the transpose of B times that of A. */
export const transposeContraction = ({ m, n, a, b, c, epilogue, ...rest }: Contraction): Contraction => ({
  ...rest,
  m: n,
  n: m,
  a: transposeFactor(b),
  b: transposeFactor(a),
  c: transposeMatrix(c),
  ...(epilogue && { epilogue: (value, at, scope, before) => epilogue(value, transposePlace(at), scope, before) })
})
