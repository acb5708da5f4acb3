/**
 * Computes the tiles of one panel, from one tile to another. Their heights are known when code is emitted.
 *
 * @category wasm
 */
import { call, defineFunction, i32, ifThen, select } from '../encoder/index.ts'
import type { Body, Code, FunctionRef, Local, Module, Operand } from '../encoder/index.ts'
import { tableBytes } from './factor.ts'
import type { Left, Right } from './factor.ts'
import type { Output } from './output.ts'
import type { Tiling } from './plan.ts'
import { defineTiles } from './tile.ts'
import type { TileFunction, TileStrides } from './tile.ts'

export interface PanelProduct {
  readonly batch: number
  readonly k: number
  readonly plan: Tiling
  readonly left: Left
  readonly right: Right
  readonly accumulate: boolean
  readonly output: Output
  /** Tile functions to share with other products, and a name for the way in which this one writes C. */
  readonly sharing?: { readonly tiles: Map<string, TileFunction>; readonly output: string }
}

/**
 * Multiplies one panel by the tiles from number `from` to before `to`, for steps [k, k + count) of the contracted axis.
 * `flags` as in tile.ts; `packedLeft` is the address of the packed left rows from the first tile on, `packedRight` that of
 * the packed panel.
 */
export type ColumnFunction = FunctionRef<
  Readonly<Record<'panel' | 'from' | 'to' | 'batch' | 'k' | 'count' | 'flags' | 'packedLeft' | 'packedRight', 'i32'>>,
  'none'
>

/** Defines a tile function for each height of tile, for whole panels and for the last. */
const tileFunctions = (
  module: Module,
  { plan, left, right, accumulate, output, sharing }: PanelProduct
): readonly { readonly whole: TileFunction; readonly last: TileFunction }[] => {
  const { vectors, lastColumns, depth, depthBlocks, panels } = plan
  const strides = (width: number): TileStrides => ({
    aRow: left.row,
    aDepth: left.depth,
    bDepth: right.kind === 'direct' ? right.depth : width * 16
  })
  const options = { depth: depthBlocks === 1 ? depth : undefined, packed: right.kind === 'packed', accumulate, output }
  const define = (rows: number, columns: number): TileFunction => {
    const shape = { rows, columns, vectors: Math.ceil(columns / 4) }
    const steps = strides(shape.vectors)
    const key = JSON.stringify([sharing?.output, shape, steps, options.depth, options.packed])
    const known = sharing?.tiles.get(key) ?? defineTiles(module, shape, { ...options, strides: steps })
    sharing?.tiles.set(key, known)
    return known
  }
  return plan.segments.map(({ rows }) => {
    const last = define(rows, lastColumns)
    return { last, whole: panels === 1 || lastColumns === vectors * 4 ? last : define(rows, vectors * 4) }
  })
}

/** Computes the first row of a tile. */
export const tileRow = ({ segments }: Tiling, tile: Operand<'i32'>): Code<'i32'> => {
  let [firstTile, firstRow] = [0, 0]
  let row: Code<'i32'> | undefined
  for (const { rows, count } of segments) {
    const here = i32.add(firstRow, i32.mul(i32.sub(tile, firstTile), rows))
    row = row === undefined ? here : select('i32', i32.geS(tile, firstTile), here, row)
    firstTile += count
    firstRow += count * rows
  }
  return row ?? i32.const(0)
}

/** Tells whether the last panel is narrower than the others, so that it needs functions of its own. */
export const hasOtherLast = ({ panels, lastColumns, vectors }: Tiling): boolean =>
  panels > 1 && lastColumns < vectors * 4

/** Emits code for either kind of panel, and the test where both kinds exist. */
export const eitherPanel = (plan: Tiling, panel: Local<'i32'>, place: (which: 'whole' | 'last') => Body): Body =>
  hasOtherLast(plan) ? ifThen(i32.eq(panel, plan.panels - 1), place('last'), place('whole')) : place('last')

export const defineColumn = (module: Module, product: PanelProduct): ColumnFunction => {
  const { plan, left, right } = product
  const functions = tileFunctions(module, product)
  return defineFunction(
    module,
    {
      params: {
        panel: 'i32',
        from: 'i32',
        to: 'i32',
        batch: 'i32',
        k: 'i32',
        count: 'i32',
        flags: 'i32',
        packedLeft: 'i32',
        packedRight: 'i32'
      }
    },
    (scope, { panel, from, to, batch, k, count, flags, packedLeft, packedRight }) => {
      const locals = { row: scope.local('i32'), tiles: scope.local('i32'), a: scope.local('i32') }
      const { row, tiles, a } = locals
      const [b, column] = scope.locals('i32', 2)
      let firstTile = 0
      let firstRow = 0
      const parts = plan.segments.map(({ rows, count: number }, s): Body => {
        const [start, startRow] = [firstTile, firstRow]
        firstTile += number
        firstRow += number * rows
        const high = select('i32', i32.ltS(to, start + number), to, start + number)
        const { whole, last } = functions[s] as (typeof functions)[number]
        return [
          row.set(select('i32', i32.gtS(from, start), from, start)),
          tiles.set(i32.sub(high, row)),
          ifThen(i32.gtS(tiles, 0), [
            row.set(i32.add(startRow, i32.mul(i32.sub(row, start), rows))),
            a.set(
              left.kind === 'direct'
                ? left.address({ batch, row, k, column: 0 })
                : i32.add(packedLeft, i32.mul(i32.sub(row, tileRow(plan, from)), left.row))
            ),
            eitherPanel(plan, panel, (which) =>
              call(which === 'last' ? last : whole, {
                a,
                b,
                tiles,
                row,
                column,
                batch,
                depth: count,
                flags,
                table: packedRight
              })
            )
          ])
        ]
      })
      const table = right.kind === 'packed' && right.table === true ? tableBytes(plan.vectors) : 0
      return [
        column.set(i32.mul(panel, plan.vectors * 4)),
        b.set(right.kind === 'direct' ? right.address({ batch, row: 0, k, column }) : i32.add(packedRight, table)),
        parts
      ]
    }
  )
}
