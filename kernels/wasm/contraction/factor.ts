/**
 * Where the blocked product finds its factors. Either one is read in place at constant strides, or copied into the
 * thread's scratch by functions that may compute what they copy: so convolutions gather patches while they pack.
 *
 * @category wasm
 */
import type { Body, Code, Local, Operand } from '../encoder/index.ts'

export type Indices = Readonly<Record<'batch' | 'row' | 'column' | 'k', Operand<'i32'>>>

/** Read in place: address of an element, and bytes between neighbours. */
export interface DirectLeft {
  readonly kind: 'direct'
  readonly address: (at: Indices) => Code<'i32'>
  readonly row: number
  readonly depth: number
}

/** Rows [row, row + rows) and steps [k, k + count) of the left factor. */
export type LeftBlock = Readonly<Record<'batch' | 'row' | 'rows' | 'k' | 'count', Code<'i32'>>>

export interface PackedLeft {
  readonly kind: 'packed'
  /** Bytes between neighbours in the copy, and of a whole copy. */
  readonly row: number
  readonly depth: number
  readonly bytes: number
  readonly pack: (target: Code<'i32'>, block: LeftBlock) => Code
}

export interface DirectRight {
  readonly kind: 'direct'
  readonly address: (at: Indices) => Code<'i32'>
  readonly depth: number
}

/** Steps [k, k + count) of one panel that starts at `column`; `source` and `origin` as in `RightBlock`. */
export type PanelBlock = Readonly<Record<'batch' | 'column' | 'k' | 'count' | 'source' | 'origin', Code<'i32'>>>

/** Steps [k, k + count) of the panels from column `origin` to column `end`. */
export type RightBlock = Readonly<Record<'batch' | 'origin' | 'end' | 'k' | 'count', Code<'i32'>>>

export interface PackedRight {
  readonly kind: 'packed'
  /** Writes [table], then [k][4 * vectors] at `target`; the last panel may be narrower. */
  readonly pack: (panel: 'whole' | 'last', target: Code<'i32'>, block: PanelBlock) => Code
  /** Whether a table of column offsets precedes each panel. */
  readonly table?: boolean
  /** Something to prepare before packing, once a block or once for the panels packed together. */
  readonly source?: {
    readonly each: 'block' | 'pass'
    readonly bytes: number
    /** Sets `source` to where the panels are gathered from; `room` is scratch of so many bytes. */
    readonly prepare: (source: Local<'i32'>, room: Code<'i32'>, block: RightBlock) => Body
  }
}

export type Left = DirectLeft | PackedLeft
export type Right = DirectRight | PackedRight

/** Returns the bytes of a panel's table of column offsets. */
export const tableBytes = (vectors: number): number => vectors * 16
