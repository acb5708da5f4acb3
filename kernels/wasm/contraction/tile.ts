/**
 * The innermost kernel: a column of register tiles. Each tile is `rows` x `vectors` accumulators over one block of the
 * contracted axis; the function walks down `tiles` of them, so that one call is long enough to pay for itself and short
 * enough for the engine to replace it by optimized code.
 *
 * A loop over k is not unrolled here: V8 moves pure arithmetic behind the loads of a whole basic block, so every step of
 * unrolling keeps more loaded values alive, and one step of a tile of 4 rows and 2 vectors fills the 15 registers: 4 + 2
 * loaded values, 8 sums and a product. V8's own unrolling keeps the steps in separate blocks and does no such harm
 * (bench/NOTES.md). Only a contracted axis of up to `SHORT` steps is written out, without a loop.
 *
 * @category wasm
 */
import { branchIf, defineFunction, f32x4, i32, ifThen, loop, multiplyAdd, sequence, v128 } from '../encoder/index.ts'
import type { Body, Code, FunctionRef, Local, Module, Scope } from '../encoder/index.ts'
import { readLanes } from './lanes.ts'
import type { Output, TileShape } from './output.ts'

/** Strides of the operands in bytes. A row of b has its columns side by side. */
export interface TileStrides {
  /** From a row of a to the next. */
  readonly aRow: number
  /** From a step of the contracted axis to the next, in a. */
  readonly aDepth: number
  /** The same in b. */
  readonly bDepth: number
}

/**
 * Computes `tiles` tiles below each other. `a` and `b` are the addresses of the first tile's operands; `row`, `column` and
 * `batch` the indices of its first element; `depth` the steps of this block of the contracted axis; `flags` tells whether
 * the block is the `FIRST`, the `LAST`, both or neither; `table` is the address of the column table, where the output has
 * one. `tiles` and `depth` are at least 1. Where there is one block only, `depth` and `flags` are not read.
 */
export type TileFunction = FunctionRef<
  Readonly<Record<'a' | 'b' | 'tiles' | 'row' | 'column' | 'batch' | 'depth' | 'flags' | 'table', 'i32'>>,
  'none'
>

/** Bits of `flags`: the block is the first, or the last, of the contracted axis. */
export const FIRST = 1
export const LAST = 2

/** Steps of a contracted axis up to which they are written out instead of a loop. */
const SHORT = 3

export interface TileOptions {
  readonly strides: TileStrides
  /** The number of steps, where there is one block only. */
  readonly depth: number | undefined
  /** Whether b is packed, so that whole vectors may be read at its edge. */
  readonly packed: boolean
  /** Whether the product is added to what C holds. */
  readonly accumulate: boolean
  /** Loads and stores the elements of C (output.ts). */
  readonly output: Output
}

/** Returns the code that adds the products of one block of the contracted axis to the sums of a tile. */
const steps = (
  module: Module,
  { rows, vectors, columns }: TileShape,
  { packed, strides: { aRow, aDepth, bDepth } }: TileOptions,
  depth: number | Local<'i32'>,
  a: Local<'i32'>,
  b: Local<'i32'>,
  sums: readonly Local<'v128'>[],
  scope: Scope
): Body => {
  const right = scope.locals('v128', vectors)
  const left = scope.local('v128')
  const add = multiplyAdd(module)
  const step = (from: { readonly a: Code<'i32'>; readonly b: Code<'i32'> }, index: number): Body => [
    right.map((vector, v) =>
      vector.set(readLanes(from.b, index * bDepth + v * 16, 4, packed ? 4 : Math.min(4, columns - v * 4)))
    ),
    Array.from({ length: rows }, (_, r) => [
      left.set(v128.load32Splat(from.a, index * aDepth + r * aRow)),
      right.map((vector, v) => {
        const sum = sums[r * vectors + v] as Local<'v128'>
        return sum.set(add(left, vector, sum))
      })
    ])
  ]
  if (typeof depth === 'number' && depth <= SHORT) return Array.from({ length: depth }, (_, k) => step({ a, b }, k))
  const [at, bt, end] = scope.locals('i32', 3)
  return [
    at.set(a),
    bt.set(b),
    end.set(i32.add(b, i32.mul(depth, bDepth))),
    loop((again) => [
      step({ a: at, b: bt }, 0),
      at.set(i32.add(at, aDepth)),
      bt.set(i32.add(bt, bDepth)),
      branchIf(again, i32.ltU(bt, end))
    ])
  ]
}

/** Defines the function that computes a column of tiles of one shape. */
export const defineTiles = (module: Module, shape: TileShape, options: TileOptions): TileFunction =>
  defineFunction(
    module,
    {
      params: {
        a: 'i32',
        b: 'i32',
        tiles: 'i32',
        row: 'i32',
        column: 'i32',
        batch: 'i32',
        depth: 'i32',
        flags: 'i32',
        table: 'i32'
      }
    },
    (scope, { a, b, tiles, row, column, batch, depth, flags, table }) => {
      const { accumulate, strides } = options
      const sums = scope.locals('v128', shape.rows * shape.vectors)
      const { prepare, load, store, finish, advance } = options.output(scope, shape, { row, column, batch, table })
      const each = (action: (sum: Local<'v128'>, r: number, v: number) => Code): Code =>
        sequence(sums.map((sum, i) => action(sum, Math.floor(i / shape.vectors), i % shape.vectors)))
      const clear = each((sum) => sum.set(f32x4.const(0)))
      const resume = each((sum, r, v) => sum.set(load(r, v)))
      const single = options.depth !== undefined
      return [
        prepare,
        loop((again) => [
          accumulate ? resume : single ? clear : ifThen(i32.and(flags, FIRST), clear, resume),
          steps(module, shape, options, options.depth ?? depth, a, b, sums, scope),
          single ? each(finish) : ifThen(i32.and(flags, LAST), each(finish), each(store)),
          a.set(i32.add(a, shape.rows * strides.aRow)),
          row.set(i32.add(row, shape.rows)),
          advance,
          tiles.set(i32.sub(tiles, 1)),
          branchIf(again, tiles)
        ])
      ]
    }
  )
