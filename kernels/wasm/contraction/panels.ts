/**
 * The blocked product: a chunk packs its panels of the right factor into the thread's scratch, once a block of the
 * contracted axis, and runs the tiles over them. Chunks share nothing, so no barrier is needed.
 *
 * @category wasm
 */
import { branchIf, call, defineFunction, forRange, i32, ifThen, loop, select } from '../encoder/index.ts'
import type { Body, Code, FunctionRef, Local, Module, Operand } from '../encoder/index.ts'
import type { Output } from './output.ts'
import type { PackFunction } from './pack.ts'
import type { Plan } from './plan.ts'
import { defineTiles, FIRST, LAST } from './tile.ts'
import type { TileFunction, TileStrides } from './tile.ts'

/** run(chunk, scratch): scratch is the calling thread's own, at least `scratchBytes` long and aligned to 16. */
export interface Kernel {
  readonly run: FunctionRef<readonly ['i32', 'i32'], 'none'>
  readonly chunks: number
  readonly scratchBytes: number
}

type Indices = Readonly<Record<'batch' | 'row' | 'column' | 'k', Operand<'i32'>>>

/** Where a factor is read from: in place, or packed by a function. Strides in bytes. */
export type Left =
  | {
      readonly kind: 'direct'
      readonly address: (at: Indices) => Code<'i32'>
      readonly row: number
      readonly depth: number
    }
  | {
      readonly kind: 'packed'
      readonly row: number
      readonly depth: number
      /** Scratch for the rows of one pass. */
      readonly bytes: number
      readonly pack: (
        target: Code<'i32'>,
        batch: Code<'i32'>,
        row: Code<'i32'>,
        rows: Code<'i32'>,
        k: Code<'i32'>,
        count: Code<'i32'>
      ) => Code
    }

export type Right =
  | { readonly kind: 'direct'; readonly address: (at: Indices) => Code<'i32'>; readonly depth: number }
  | { readonly kind: 'packed'; readonly pack: PackFunction; readonly packLast: PackFunction; readonly table?: boolean }

export interface PanelProduct {
  readonly batch: number
  readonly k: number
  readonly plan: Plan
  readonly left: Left
  readonly right: Right
  readonly accumulate: boolean
  readonly output: Output
}

/** Bytes a panel's table of columns takes in scratch, before its data. */
export const tableBytes = (vectors: number): number => vectors * 16

/** Bytes of one packed panel. */
const panelBytes = ({ right, plan }: PanelProduct): number =>
  right.kind === 'packed' ? plan.depth * plan.vectors * 16 + (right.table === true ? tableBytes(plan.vectors) : 0) : 0

/** One tile function for each height, for whole panels and for the last. */
const tileFunctions = (
  module: Module,
  { plan, left, right, accumulate, output }: PanelProduct
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
    return defineTiles(module, shape, { ...options, strides: strides(shape.vectors) })
  }
  return plan.segments.map(({ rows }) => {
    const last = define(rows, lastColumns)
    return { last, whole: panels === 1 || lastColumns === vectors * 4 ? last : define(rows, vectors * 4) }
  })
}

/** Calls `whole` or, on the last panel if it differs, `last`. */
const eitherPanel = <F>(whole: F, last: F, panel: Local<'i32'>, panels: number, place: (f: F) => Body): Body =>
  whole === last ? place(last) : ifThen(i32.eq(panel, panels - 1), place(last), place(whole))

/** The tiles [from, to) of one panel. */
const defineColumn = (
  module: Module,
  product: PanelProduct
): FunctionRef<readonly ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'], 'none'> => {
  const { plan, left, right } = product
  const functions = tileFunctions(module, product)
  return defineFunction(
    module,
    { params: ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'] },
    (scope, panel, from, to, batch, k, count, flags, packedLeft, packedRight) => {
      const [row, tiles, a, b, column] = scope.locals('i32', 5) as unknown as [
        Local<'i32'>,
        Local<'i32'>,
        Local<'i32'>,
        Local<'i32'>,
        Local<'i32'>
      ]
      const table = right.kind === 'packed' && right.table === true
      let firstTile = 0
      let firstRow = 0
      const parts = plan.segments.map(({ rows, count: number }, s): Body => {
        const [start, startRow] = [firstTile, firstRow]
        firstTile += number
        firstRow += number * rows
        const low = select('i32', i32.gtS(from, start), from, start)
        const high = select('i32', i32.ltS(to, start + number), to, start + number)
        const { whole, last } = functions[s] as (typeof functions)[number]
        return [
          row.set(low),
          tiles.set(i32.sub(high, row)),
          ifThen(i32.gtS(tiles, 0), [
            row.set(i32.add(startRow, i32.mul(i32.sub(row, start), rows))),
            a.set(
              left.kind === 'direct'
                ? left.address({ batch, row, k, column: 0 })
                : i32.add(packedLeft, i32.mul(i32.sub(row, tileRow(plan, from)), left.row))
            ),
            eitherPanel(whole, last, panel, plan.panels, (tile) =>
              call(tile, a, b, tiles, row, column, batch, count, flags, packedRight)
            )
          ])
        ]
      })
      return [
        column.set(i32.mul(panel, plan.vectors * 4)),
        b.set(
          right.kind === 'direct'
            ? right.address({ batch, row: 0, k, column })
            : i32.add(packedRight, table ? tableBytes(plan.vectors) : 0)
        ),
        parts
      ]
    }
  )
}

/** First row of a tile. */
const tileRow = ({ segments }: Plan, tile: Operand<'i32'>): Code<'i32'> => {
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

/** Assembles the kernel. */
export const definePanelProduct = (module: Module, product: PanelProduct): Kernel => {
  const { plan, left, right, batch: items, k: depth } = product
  const column = defineColumn(module, product)
  const bytes = panelBytes(product)
  const rightBytes = bytes * plan.panelsPerChunk
  const { chunks, rowChunks, columnChunks, itemsPerChunk, tilesPerChunk, panelsPerChunk, tilesPerPass } = plan
  const run = defineFunction(module, { params: ['i32', 'i32'] }, (scope, chunk, scratch) => {
    const names = [
      'batch',
      'lastItem',
      'panel',
      'firstPanel',
      'endPanel',
      'tile',
      'firstTile',
      'endTile',
      'passEnd',
      'block',
      'k',
      'count',
      'flags',
      'at',
      'leftAt'
    ] as const
    const l = Object.fromEntries(names.map((name) => [name, scope.local('i32')])) as Record<
      (typeof names)[number],
      Local<'i32'>
    >
    const smaller = (a: Code<'i32'>, limit: Operand<'i32'>): Code<'i32'> => select('i32', i32.ltS(a, limit), a, limit)
    const overPanels = (body: Body): Code =>
      forRange(l.panel, l.firstPanel, l.endPanel, 1, [
        l.at.set(i32.add(scratch, i32.mul(i32.sub(l.panel, l.firstPanel), bytes))),
        body
      ])
    const packRight: Body =
      right.kind === 'packed'
        ? overPanels(
            eitherPanel(right.pack, right.packLast, l.panel, plan.panels, (pack) =>
              call(pack, l.at, l.batch, i32.mul(l.panel, plan.vectors * 4), l.k, l.count)
            )
          )
        : []
    const packLeft: Body =
      left.kind === 'packed'
        ? left.pack(
            l.leftAt,
            l.batch,
            tileRow(plan, l.tile),
            i32.sub(tileRow(plan, l.passEnd), tileRow(plan, l.tile)),
            l.k,
            l.count
          )
        : []
    const pass: Body = [
      l.passEnd.set(i32.add(l.tile, tilesPerPass)),
      l.passEnd.set(smaller(l.passEnd, l.endTile)),
      packLeft,
      overPanels(call(column, l.panel, l.tile, l.passEnd, l.batch, l.k, l.count, l.flags, l.leftAt, l.at))
    ]
    const blocks: Body = [
      l.k.set(i32.mul(l.block, plan.depth)),
      l.count.set(smaller(i32.sub(depth, l.k), plan.depth)),
      l.flags.set(
        i32.or(select('i32', l.block, 0, FIRST), select('i32', i32.eq(l.block, plan.depthBlocks - 1), LAST, 0))
      ),
      packRight,
      l.tile.set(l.firstTile),
      loop((again) => [pass, l.tile.set(l.passEnd), branchIf(again, i32.ltS(l.tile, l.endTile))])
    ]
    const perItem = rowChunks * columnChunks
    return [
      l.leftAt.set(i32.add(scratch, rightBytes)),
      l.batch.set(i32.mul(i32.divU(chunk, perItem), itemsPerChunk)),
      l.lastItem.set(i32.add(l.batch, itemsPerChunk)),
      l.lastItem.set(smaller(l.lastItem, items)),
      l.firstPanel.set(i32.mul(i32.remU(chunk, columnChunks), panelsPerChunk)),
      l.endPanel.set(i32.add(l.firstPanel, panelsPerChunk)),
      l.endPanel.set(smaller(l.endPanel, plan.panels)),
      l.firstTile.set(i32.mul(i32.divU(i32.remU(chunk, perItem), columnChunks), tilesPerChunk)),
      l.endTile.set(i32.add(l.firstTile, tilesPerChunk)),
      l.endTile.set(smaller(l.endTile, plan.tiles)),
      forRange(l.batch, l.batch, l.lastItem, 1, forRange(l.block, 0, plan.depthBlocks, 1, blocks))
    ]
  })
  return { run, chunks, scratchBytes: rightBytes + (left.kind === 'packed' ? left.bytes : 0) }
}
