/**
 * Loads and stores the elements of a tile whose columns lie wherever a table says: pixels of several images, or of one
 * phase of a strided convolution.
 *
 * @category wasm
 */
import { i32, sequence } from '../encoder/index.ts'
import type { Code, Local } from '../encoder/index.ts'
import { gatherLanes, readLanes, scatterLanes, writeLanes } from '../contraction/lanes.ts'
import { countOf, finishWith } from '../contraction/output.ts'
import type { Output } from '../contraction/output.ts'
import { addressAt, placeAt } from '../contraction/place.ts'
import type { ElementAccess, Epilogue, Matrix, Strides } from '../contraction/problem.ts'

/** Returns the loads and stores of a tile whose columns a table places, by bytes from the row's start, each or in fours. */
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
