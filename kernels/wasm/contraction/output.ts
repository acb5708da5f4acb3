/**
 * Loads and stores the elements of C that a register tile computes: partial sums between blocks of the contracted axis,
 * the epilogue at the end. Columns lie at a fixed stride; convolutions have another form, where a table says where.
 *
 * @category wasm
 */
import { i32, sequence } from '../encoder/index.ts'
import type { Code, Local, Scope } from '../encoder/index.ts'
import { readLanes, writeLanes } from './lanes.ts'
import { addressAt, placeAt } from './place.ts'
import type { Epilogue, Matrix, ElementAccess } from './problem.ts'

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
export const finishWith = (
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

/** Counts the columns that a vector of a tile has. */
export const countOf = ({ columns }: TileShape, vector: number): number => Math.min(4, columns - vector * 4)

/** Returns the loads and stores of a tile whose columns lie at a fixed stride. */
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
