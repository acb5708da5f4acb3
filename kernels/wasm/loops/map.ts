/**
 * Emits a unit of a nest without reduction: a piece of a row, or of several rows where an operand is transposed (tile.ts).
 *
 * @category wasm
 */
import { i32, ifThen } from '../encoder/index.ts'
import type { Body, Local } from '../encoder/index.ts'
import type { Emitter } from './frame.ts'
import { rounds } from './rounds.ts'
import { storeCode } from './store.ts'
import { heldValue } from './values.ts'

/** Makes the code of `rows` rows of a piece (default: one row). */
const rowsOf = (e: Emitter, piece: Local<'i32'>, outputs: readonly number[], rows?: number): Body => {
  const { roots, dtypes, pieces } = e.walk
  return rounds(e, pieces, piece, (vectors) => {
    const all =
      rows === undefined
        ? vectors
        : vectors.flatMap((at) => Array.from({ length: rows }, (_, row) => ({ ...at, row, rows })))
    // Everything is read before anything is written: an output may lie where an input does.
    const results = all.map((at) => roots.map((root) => heldValue(e, root, at)))
    const { statements } = e.frames.at(-1)!
    all.forEach((at, v) =>
      outputs.forEach((address, n) => statements.push(storeCode(e, address, dtypes[n]!, results[v]![n]!, at)))
    )
  })
}

/** Makes the code of a unit. `first` is the number of the unit's first row, where it has several. */
export const mapUnit = (
  e: Emitter,
  piece: Local<'i32'>,
  first: Local<'i32'> | undefined,
  outputs: readonly number[]
): Body => {
  const { tile } = e.walk
  if (tile === undefined || first === undefined) return rowsOf(e, piece, outputs)
  const rest = tile.axis.extent % tile.rows
  const whole = rowsOf(e, piece, outputs, tile.rows)
  if (rest === 0) return whole
  return ifThen(i32.ltS(first, tile.axis.extent - rest), whole, rowsOf(e, piece, outputs, rest))
}
