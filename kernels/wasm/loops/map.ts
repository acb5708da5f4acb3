/**
 * A unit of a nest without reduction: a piece of a row.
 *
 * @category wasm
 */
import type { Body, Local } from '../encoder/index.ts'
import type { Emitter } from './frame.ts'
import { rounds } from './rounds.ts'
import { storeCode } from './store.ts'
import { heldValue } from './values.ts'

export const mapUnit = (e: Emitter, piece: Local<'i32'>, outputs: readonly number[]): Body => {
  const { roots, dtypes, pieces } = e.walk
  return rounds(e, pieces, piece, (vectors) => {
    // Everything is read before anything is written: an output may lie where an input does.
    const results = vectors.map((at) => roots.map((root) => heldValue(e, root, at)))
    const { statements } = e.frames.at(-1)!
    vectors.forEach((at, v) =>
      outputs.forEach((address, n) => statements.push(storeCode(e, address, dtypes[n]!, results[v]![n]!, at)))
    )
  })
}
