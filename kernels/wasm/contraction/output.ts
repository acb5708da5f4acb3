/**
 * How a register tile meets C: partial sums in and out between blocks of the contracted axis, the epilogue at the end.
 * Columns lie at a fixed stride, or, for convolutions, wherever a table says.
 *
 * @category wasm
 */
import { i32, sequence } from '../encoder/index.ts'
import type { Code, Local, Scope } from '../encoder/index.ts'
import { gatherLanes, readLanes, scatterLanes, writeLanes } from './lanes.ts'
import { addressAt, placeAt } from './place.ts'
import type { Epilogue, Matrix, ElementAccess, Strides } from './problem.ts'

/** `rows` x `vectors` accumulators; `columns` of the 4 * vectors exist. */
export interface TileShape {
  readonly rows: number
  readonly vectors: number
  readonly columns: number
}

/** Locals of the tile function: indices of the tile's first element, and the address of its column table. */
export interface Position {
  readonly batch: Local<'i32'>
  readonly row: Local<'i32'>
  readonly column: Local<'i32'>
  readonly table: Local<'i32'>
}

export interface TileOutput {
  /** Once a call. */
  readonly prepare: Code
  readonly load: (row: number, vector: number) => Code<'v128'>
  readonly store: (sum: Local<'v128'>, row: number, vector: number) => Code
  readonly finish: (sum: Local<'v128'>, row: number, vector: number) => Code
  /** To the tile below. */
  readonly advance: Code
}

export type Output = (scope: Scope, shape: TileShape, position: Position) => TileOutput

/** Runs the epilogue and stores. */
const finishWith = (
  scope: Scope,
  epilogue: Epilogue | undefined,
  sum: Local<'v128'>,
  place: ElementAccess,
  store: (value: Local<'v128'>) => Code
): Code => {
  if (epilogue === undefined) return store(sum)
  const statements: Code[] = []
  const value = epilogue(sum, place, scope, (statement) => statements.push(statement))
  return sequence(statements, sum.set(value), store(sum))
}

const countOf = ({ columns }: TileShape, vector: number): number => Math.min(4, columns - vector * 4)

/** Columns at a fixed stride. */
export const linearOutput =
  ({ address, strides }: Matrix, epilogue: Epilogue | undefined): Output =>
  (scope, shape, { batch, row, column }) => {
    const c = scope.local('i32')
    const offset = (r: number, v: number): number => 4 * (r * strides.row + v * 4 * strides.column)
    const store: TileOutput['store'] = (sum, r, v) =>
      writeLanes(c, offset(r, v), strides.column * 4, countOf(shape, v), sum)
    return {
      prepare: c.set(addressAt(address, strides, { batch, row, column })),
      load: (r, v) => readLanes(c, offset(r, v), strides.column * 4, countOf(shape, v)),
      store,
      finish: (sum, r, v) => {
        const index = {
          batch,
          row,
          column,
          rowOffset: r,
          columnOffset: v * 4,
          lanes: 'column',
          count: countOf(shape, v)
        } as const
        return finishWith(scope, epilogue, sum, placeAt(index, strides), (value) => store(value, r, v))
      },
      advance: c.set(i32.add(c, shape.rows * strides.row * 4))
    }
  }

/** Columns wherever the table of byte offsets (from the row's start) says, each or in aligned groups of four. */
export const tableOutput =
  (
    { address, strides }: { readonly address: Matrix['address']; readonly strides: Omit<Strides, 'column'> },
    group: 1 | 4,
    epilogue: Epilogue | undefined
  ): Output =>
  (scope, shape, { batch, row, column, table }) => {
    const start = { ...strides, column: 0 }
    const c = scope.local('i32')
    const cells = scope.locals('i32', Math.ceil(shape.columns / group))
    const at = (base: Code<'i32'>, cell: number): Code<'i32'> => i32.add(base, cells[cell] as Local<'i32'>)
    const readAt = (base: Code<'i32'>, r: number, v: number): Code<'v128'> => {
      const count = countOf(shape, v)
      const offset = r * strides.row * 4
      return group === 4
        ? readLanes(at(base, v), offset, 4, count)
        : gatherLanes((lane) => at(base, v * 4 + lane), offset, count)
    }
    const writeAt = (base: Code<'i32'>, r: number, v: number, value: Local<'v128'>): Code => {
      const count = countOf(shape, v)
      const offset = r * strides.row * 4
      return group === 4
        ? writeLanes(at(base, v), offset, 4, count, value)
        : scatterLanes((lane) => at(base, v * 4 + lane), offset, count, value)
    }
    const elsewhere = (base: Parameters<ElementAccess['like']>[0]): Code<'i32'> => i32.add(i32.sub(c, address), base)
    return {
      prepare: sequence(
        c.set(addressAt(address, start, { batch, row, column })),
        cells.map((cell, i) => cell.set(i32.load(table, i * 4)))
      ),
      load: (r, v) => readAt(c, r, v),
      store: (sum, r, v) => writeAt(c, r, v, sum),
      finish: (sum, r, v) => {
        const index = {
          batch,
          row,
          column,
          rowOffset: r,
          columnOffset: 0,
          lanes: 'column',
          count: countOf(shape, v)
        } as const
        const place: ElementAccess = {
          like: (base) => readAt(elsewhere(base), r, v),
          read: placeAt(index, start).read,
          write: (base, _, value) => writeAt(elsewhere(base), r, v, value),
          writeLike: (base, value) => writeAt(elsewhere(base), r, v, value)
        }
        return finishWith(scope, epilogue, sum, place, (value) => writeAt(c, r, v, value))
      },
      advance: c.set(i32.add(c, shape.rows * strides.row * 4))
    }
  }
