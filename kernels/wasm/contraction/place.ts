/**
 * Places: vectors inside a matrix, from index expressions.
 *
 * @category wasm
 */
import { i32 } from '../encoder/index.ts'
import type { Code, Operand } from '../encoder/index.ts'
import { readLanes, writeLanes } from './lanes.ts'
import type { ElementAccess, Strides } from './problem.ts'

/** Index expressions of the first lane; constant parts apart, because they cost nothing as offsets. */
export interface Index {
  readonly batch: Operand<'i32'>
  readonly row: Operand<'i32'>
  readonly column: Operand<'i32'>
  readonly rowOffset?: number
  readonly columnOffset?: number
  readonly lanes: 'row' | 'column'
  readonly count: number
}

/** Computes a byte address without the constant offsets. */
export const addressAt = (
  base: Operand<'i32'>,
  strides: Strides,
  { batch, row, column }: Pick<Index, 'batch' | 'row' | 'column'>
): Code<'i32'> =>
  i32.add(
    i32.add(i32.mul(batch, strides.batch * 4), base),
    i32.add(i32.mul(row, strides.row * 4), i32.mul(column, strides.column * 4))
  )

/** Returns the access to a place in a matrix that has `own` strides. */
export const placeAt = (index: Index, own: Strides): ElementAccess => {
  const { rowOffset = 0, columnOffset = 0 } = index
  const offset = (strides: Strides): number => 4 * (rowOffset * strides.row + columnOffset * strides.column)
  const read: ElementAccess['read'] = (base, strides) =>
    readLanes(addressAt(base, strides, index), offset(strides), strides[index.lanes] * 4, index.count)
  const write: ElementAccess['write'] = (base, strides, value) =>
    writeLanes(addressAt(base, strides, index), offset(strides), strides[index.lanes] * 4, index.count, value)
  return {
    like: (base) => read(base, own),
    read,
    write,
    writeLike: (base, value) => write(base, own, value)
  }
}
