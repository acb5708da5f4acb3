/**
 * Computes products of few rows where both factors are contiguous along k: inner products, vectors along k, nothing packed.
 * A tile is `rows` x `columns` running sums of four lanes each, folded once at the end.
 *
 * @category wasm
 */
import {
  branchIf,
  call,
  defineFunction,
  f32x4,
  forRange,
  i32,
  ifThen,
  loop,
  multiplyAdd,
  sequence,
  shuffle32
} from '../encoder/index.ts'
import type { Body, Code, FunctionRef, Local, Module, Operand, Scope } from '../encoder/index.ts'
import { readLanes } from './lanes.ts'
import { linearOutput } from './output.ts'
import type { PackRowsFunction } from './pack.ts'
import type { ChunkFunction } from './chunkFunction.ts'
import { addressAt } from './place.ts'
import type { Contraction } from './problem.ts'

/** Computes one tile. `a` and `b` are the addresses of its first row of a and of its first column of b. */
type DotFunction = FunctionRef<Readonly<Record<'a' | 'b' | 'row' | 'column' | 'batch', 'i32'>>, 'none'>

interface DotShape {
  readonly rows: number
  readonly columns: number
}

/** Computes the vector of four vectors' sums; missing ones count as zero. */
const foldFour = (sums: readonly Local<'v128'>[]): Code<'v128'> => {
  const [a, b, c, d] = Array.from({ length: 4 }, (_, i) => sums[i] ?? f32x4.const(0)) as [
    Code<'v128'>,
    Code<'v128'>,
    Code<'v128'>,
    Code<'v128'>
  ]
  const pairs = (x: Code<'v128'>, y: Code<'v128'>): Code<'v128'> =>
    f32x4.add(shuffle32(x, y, 0, 1, 4, 5), shuffle32(x, y, 2, 3, 6, 7))
  const [left, right] = [pairs(a, b), pairs(c, d)]
  return f32x4.add(shuffle32(left, right, 0, 2, 4, 6), shuffle32(left, right, 1, 3, 5, 7))
}

/** Defines the function that computes one tile; `strides` are the bytes between rows of a and of b. */
const defineDots = (
  module: Module,
  { rows, columns }: DotShape,
  strides: readonly [number, number],
  problem: Contraction
): DotFunction =>
  defineFunction(
    module,
    { params: { a: 'i32', b: 'i32', row: 'i32', column: 'i32', batch: 'i32' } },
    (scope, { a, b, row, column, batch }) => {
      const { k, c, epilogue, accumulate } = problem
      const add = multiplyAdd(module)
      const unroll = Math.max(1, Math.floor(4 / (rows * columns)))
      const whole = Math.floor(k / (4 * unroll)) * 4 * unroll
      const sums = scope.locals('v128', rows * columns * unroll)
      const [left, right] = [scope.locals('v128', rows), scope.locals('v128', columns)]
      const step = (u: number, count: number): Body => [
        right.map((vector, j) => vector.set(readLanes(b, j * strides[1] + u * 16, 4, count))),
        left.map((vector, i) => vector.set(readLanes(a, i * strides[0] + u * 16, 4, count))),
        left.map((x, i) =>
          right.map((y, j) => {
            const sum = sums[(u * rows + i) * columns + j] as Local<'v128'>
            return sum.set(add(x, y, sum))
          })
        )
      ]
      const move = (bytes: number): Body => [a.set(i32.add(a, bytes)), b.set(i32.add(b, bytes))]
      const end = scope.local('i32')
      const main: Body = [
        end.set(i32.add(b, whole * 4)),
        loop((again) => [
          Array.from({ length: unroll }, (_, u) => step(u, 4)),
          move(unroll * 16),
          branchIf(again, i32.ltU(b, end))
        ])
      ]
      const rest = Array.from({ length: Math.ceil((k - whole) / 4) }, (_, u) => step(u, Math.min(4, k - whole - u * 4)))
      const each = rows * columns
      const join = sums
        .slice(each)
        .map((sum, i) => (sums[i % each] as Local<'v128'>).set(f32x4.add(sums[i % each] as Local<'v128'>, sum)))
      const table = scope.local('i32')
      const { prepare, load, finish } = linearOutput(c, epilogue)(
        scope,
        { rows, vectors: 1, columns },
        { row, column, batch, table }
      )
      return [
        whole > 0 ? main : [],
        rest,
        join,
        prepare,
        Array.from({ length: rows }, (_, i) => {
          const sum = sums[i * columns] as Local<'v128'>
          const folded = foldFour(sums.slice(i * columns, (i + 1) * columns))
          return sequence(sum.set(accumulate === true ? f32x4.add(folded, load(i, 0)) : folded), finish(sum, i, 0))
        })
      ]
    }
  )

/** Cuts an axis of `size` into tiles of `width` and a narrower one. */
const runsOf = (
  size: number,
  width: number
): readonly { readonly start: number; readonly end: number; readonly width: number }[] => {
  const whole = size - (size % width)
  return [
    { start: 0, end: whole, width },
    { start: whole, end: size, width: size - whole }
  ].filter(({ start, end }) => end > start)
}

const CHUNK = 2 ** 18

/** Defines the kernel; `packLeft` copies the rows of a to scratch first, where they are not contiguous along k. */
export const defineDotProduct = (
  module: Module,
  problem: Contraction,
  packLeft: PackRowsFunction | undefined
): ChunkFunction => {
  const { batch: items, m, n, k, a, b } = problem
  const width = m < 2 ? 4 : 3
  const leftStride = packLeft === undefined ? a.strides.row * 4 : k * 4
  const strides = [leftStride, b.strides.column * 4] as const
  const tiles = Math.ceil(n / width)
  const tilesPerChunk = Math.ceil(tiles / Math.max(1, Math.min(64, tiles, Math.round((m * n * k) / CHUNK))))
  const columnChunks = Math.ceil(tiles / tilesPerChunk)
  const itemsPerChunk =
    columnChunks > 1 ? 1 : Math.max(1, Math.min(Math.floor(CHUNK / (m * n * k)), Math.ceil(items / 64)))
  const columnRuns = runsOf(n, width)
  const rowRuns = runsOf(m, 3)
  const functions = columnRuns.map((columns) =>
    rowRuns.map((rows) => defineDots(module, { rows: rows.width, columns: columns.width }, strides, problem))
  )
  const overRows = (
    scope: Scope,
    from: Code<'i32'>,
    column: Local<'i32'>,
    batch: Local<'i32'>,
    perRun: readonly DotFunction[]
  ): Body => {
    const row = scope.local('i32')
    return rowRuns.map((run, r) =>
      forRange(
        row,
        run.start,
        run.end,
        run.width,
        call(perRun[r] as DotFunction, {
          a: i32.add(from, i32.mul(row, leftStride)),
          b: addressAt(b.address, b.strides, { batch, row: 0, column }),
          row,
          column,
          batch
        })
      )
    )
  }
  const run = defineFunction(module, { params: { chunk: 'i32', scratch: 'i32' } }, (scope, { chunk, scratch }) => {
    const [batch, lastItem, column, first, end, from] = scope.locals('i32', 6)
    const bounded = (local: Local<'i32'>, value: Operand<'i32'>, limit: number): Body => [
      local.set(value),
      ifThen(i32.gtS(local, limit), local.set(limit))
    ]
    return [
      batch.set(i32.mul(i32.divU(chunk, columnChunks), itemsPerChunk)),
      bounded(lastItem, i32.add(batch, itemsPerChunk), items),
      first.set(i32.mul(i32.remU(chunk, columnChunks), tilesPerChunk * width)),
      bounded(end, i32.add(first, tilesPerChunk * width), n),
      forRange(batch, batch, lastItem, 1, [
        packLeft === undefined
          ? from.set(addressAt(a.address, a.strides, { batch, row: 0, column: 0 }))
          : [from.set(scratch), call(packLeft, { target: from, batch, row: 0, rows: m, k: 0, count: k })],
        column.set(first),
        columnRuns.map((columns, i) => {
          const perRun = functions[i] as readonly DotFunction[]
          const stop = scope.local('i32')
          return [
            bounded(stop, end, columns.end),
            forRange(column, column, stop, columns.width, overRows(scope, from, column, batch, perRun))
          ]
        })
      ])
    ]
  })
  return {
    run,
    chunks: columnChunks * Math.ceil(items / itemsPerChunk),
    scratchBytes: packLeft === undefined ? 0 : m * k * 4
  }
}
