/**
 * Reads transposed operands. Where the elements of four lanes lie far apart in an operand, but those of four rows side by
 * side, a square of four by four elements is read along the rows and transposed in registers.
 *
 * @category wasm
 */
import { shuffle32 } from '../encoder/index.ts'
import type { Code } from '../encoder/index.ts'
import { keep } from '../math/index.ts'
import type { Sink } from '../math/index.ts'
import type { Loop, Collapsed } from './collapse.ts'
import { inputsOf, reachable } from './graph.ts'
import type { Node } from './graph.ts'
import type { Linear } from './linear.ts'
import { vectorCost } from './weigh.ts'

export interface Tile {
  readonly axis: Loop
  /** How many rows a unit has: 4 or 8. */
  readonly rows: number
}

/** Tells whether an offset has lanes apart and rows side by side. */
export const isTransposed = (offset: Linear, lane: number, row: number): boolean =>
  Math.abs(offset.terms.get(lane) ?? 0) > 1 && offset.terms.get(row) === 1

/** Tells whether rows differ by a constant in the offsets of loads, and in nothing else. */
const isPlain = (nodes: readonly Node[], roots: readonly number[], order: readonly number[], axis: Loop): boolean =>
  !roots.includes(axis.id) &&
  order.every((id) => {
    const node = nodes[id]!
    if (node.kind !== 'load') return !inputsOf(node).includes(axis.id)
    return inputsOf(node).every((input) => input === axis.id || (nodes[input]!.axes & axis.bit) === 0)
  })

/** Returns the axis whose rows are taken several at a time, where an operand is transposed. */
export const tileOf = (
  work: Pick<Collapsed, 'nodes' | 'roots'>,
  outer: readonly Loop[],
  lane: Loop
): Tile | undefined => {
  const { nodes, roots } = work
  const order = reachable(work)
  const axis = outer.find(
    ({ id, extent }) =>
      extent >= 4 &&
      order.some((n) => {
        const node = nodes[n]!
        return node.kind === 'load' && node.dtype !== 'bool' && isTransposed(node.offset, lane.id, id)
      })
  )
  if (axis === undefined || lane.extent < 4 || !isPlain(nodes, roots, order, axis)) return undefined
  return { axis, rows: vectorCost(work, lane) < 4 && axis.extent >= 8 ? 8 : 4 }
}

/** Transposes a square of four vectors. */
export const turned = (sink: Sink, rows: readonly Code<'v128'>[]): readonly Code<'v128'>[] => {
  const [a, b, c, d] = rows.map((row): Code<'v128'> => keep(sink, row)) as [
    Code<'v128'>,
    Code<'v128'>,
    Code<'v128'>,
    Code<'v128'>
  ]
  const ab = keep(sink, shuffle32(a, b, 0, 4, 1, 5))
  const cd = keep(sink, shuffle32(c, d, 0, 4, 1, 5))
  const abHigh = keep(sink, shuffle32(a, b, 2, 6, 3, 7))
  const cdHigh = keep(sink, shuffle32(c, d, 2, 6, 3, 7))
  return [
    shuffle32(ab, cd, 0, 1, 4, 5),
    shuffle32(ab, cd, 2, 3, 6, 7),
    shuffle32(abHigh, cdHigh, 0, 1, 4, 5),
    shuffle32(abHigh, cdHigh, 2, 3, 6, 7)
  ].map((column) => keep(sink, column))
}
