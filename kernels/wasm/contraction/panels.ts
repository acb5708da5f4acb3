/**
 * Emits the blocked product: for each block of the contracted axis a chunk packs some panels of the right factor into the
 * thread's scratch and runs the tiles over them. Chunks share nothing, so no barrier is needed.
 *
 * @category wasm
 */
import { branchIf, call, defineFunction, forRange, i32, loop, select } from '../encoder/index.ts'
import type { Body, Code, Local, Module, Operand, Scope } from '../encoder/index.ts'
import { defineColumn, eitherPanel, tileRow } from './column.ts'
import type { PanelProduct } from './column.ts'
import { tableBytes } from './factor.ts'
import type { ChunkFunction } from './chunkFunction.ts'
import { FIRST, LAST } from './tile.ts'

interface Locals {
  readonly batch: Local<'i32'>
  readonly lastItem: Local<'i32'>
  readonly panel: Local<'i32'>
  readonly firstPanel: Local<'i32'>
  readonly endPanel: Local<'i32'>
  /** The panels packed together. */
  readonly passPanel: Local<'i32'>
  readonly passEndPanel: Local<'i32'>
  readonly tile: Local<'i32'>
  readonly firstTile: Local<'i32'>
  readonly endTile: Local<'i32'>
  readonly passEndTile: Local<'i32'>
  readonly block: Local<'i32'>
  readonly k: Local<'i32'>
  readonly count: Local<'i32'>
  readonly flags: Local<'i32'>
  readonly panelAt: Local<'i32'>
  readonly leftAt: Local<'i32'>
  readonly room: Local<'i32'>
  readonly source: Local<'i32'>
  readonly origin: Local<'i32'>
  readonly end: Local<'i32'>
}

const createLocals = (scope: Scope): Locals => {
  const local = (): Local<'i32'> => scope.local('i32')
  return {
    ...{ batch: local(), lastItem: local(), panel: local(), firstPanel: local(), endPanel: local() },
    ...{ passPanel: local(), passEndPanel: local(), tile: local(), firstTile: local(), endTile: local() },
    ...{ passEndTile: local(), block: local(), k: local(), count: local(), flags: local(), panelAt: local() },
    ...{ leftAt: local(), room: local(), source: local(), origin: local(), end: local() }
  }
}

const smaller = (a: Code<'i32'>, limit: Operand<'i32'>): Code<'i32'> => select('i32', i32.ltS(a, limit), a, limit)

/** Sets a local to the end of a range: `start + step`, at most `limit`. */
const setEnd = (local: Local<'i32'>, start: Local<'i32'>, step: number, limit: Operand<'i32'>): Body => [
  local.set(i32.add(start, step)),
  local.set(smaller(local, limit))
]

/** Sets the range of items, panels and tiles that a chunk stands for. */
const decode = ({ plan, batch }: PanelProduct, chunk: Local<'i32'>, l: Locals): Body => {
  const { rowChunks, columnChunks } = plan
  const perItem = rowChunks * columnChunks
  return [
    l.batch.set(i32.mul(i32.divU(chunk, perItem), plan.itemsPerChunk)),
    setEnd(l.lastItem, l.batch, plan.itemsPerChunk, batch),
    l.firstPanel.set(i32.mul(i32.remU(chunk, columnChunks), plan.panelsPerChunk)),
    setEnd(l.endPanel, l.firstPanel, plan.panelsPerChunk, plan.panels),
    l.firstTile.set(i32.mul(i32.divU(i32.remU(chunk, perItem), columnChunks), plan.tilesPerChunk)),
    setEnd(l.endTile, l.firstTile, plan.tilesPerChunk, plan.tiles)
  ]
}

/** Emits all work of a chunk on one block of the contracted axis. */
const blockOf = (
  product: PanelProduct,
  l: Locals,
  scratch: Local<'i32'>,
  panelBytes: number,
  multiply: (l: Locals) => Code
): Body => {
  const { plan, left, right } = product
  const { batch, k, count, origin, end, source } = l
  const oneTilePass = plan.tilesPerChunk <= plan.tilesPerPass
  const overPanels = (body: Body): Code =>
    forRange(l.panel, l.passPanel, l.passEndPanel, 1, [
      l.panelAt.set(i32.add(scratch, i32.mul(i32.sub(l.panel, l.passPanel), panelBytes))),
      body
    ])
  const packLeft = (row: Code<'i32'>, end: Code<'i32'>): Body =>
    left.kind === 'packed' ? left.pack(l.leftAt, { batch, row, rows: i32.sub(end, row), k, count }) : []
  const prepare = (each: 'block' | 'pass'): Body =>
    right.kind === 'packed' && right.source?.each === each
      ? right.source.prepare(source, l.room, { batch, origin, end, k, count })
      : []
  const packRight: Body =
    right.kind === 'packed'
      ? overPanels(
          eitherPanel(plan, l.panel, (which) =>
            right.pack(which, l.panelAt, {
              batch,
              column: i32.mul(l.panel, plan.vectors * 4),
              k,
              count,
              source,
              origin
            })
          )
        )
      : []
  const tilePass: Body = [
    setEnd(l.passEndTile, l.tile, plan.tilesPerPass, l.endTile),
    oneTilePass ? [] : packLeft(tileRow(plan, l.tile), tileRow(plan, l.passEndTile)),
    overPanels(multiply(l)),
    l.tile.set(l.passEndTile)
  ]
  const panelPass: Body = [
    setEnd(l.passEndPanel, l.passPanel, plan.panelsPerPass, l.endPanel),
    origin.set(i32.mul(l.passPanel, plan.vectors * 4)),
    end.set(i32.mul(l.passEndPanel, plan.vectors * 4)),
    prepare('pass'),
    packRight,
    l.tile.set(l.firstTile),
    loop((again) => [tilePass, branchIf(again, i32.ltS(l.tile, l.endTile))]),
    l.passPanel.set(l.passEndPanel)
  ]
  const last = select('i32', i32.eq(l.block, plan.depthBlocks - 1), LAST, 0)
  return [
    k.set(i32.mul(l.block, plan.depth)),
    setEnd(count, k, plan.depth, product.k),
    count.set(i32.sub(count, k)),
    l.flags.set(i32.or(select('i32', l.block, 0, FIRST), last)),
    oneTilePass ? packLeft(tileRow(plan, l.firstTile), tileRow(plan, l.endTile)) : [],
    origin.set(i32.mul(l.firstPanel, plan.vectors * 4)),
    end.set(i32.mul(l.endPanel, plan.vectors * 4)),
    prepare('block'),
    l.passPanel.set(l.firstPanel),
    loop((again) => [panelPass, branchIf(again, i32.ltS(l.passPanel, l.endPanel))])
  ]
}

export const definePanelProduct = (module: Module, product: PanelProduct): ChunkFunction => {
  const { plan, left, right } = product
  const column = defineColumn(module, product)
  const table = right.kind === 'packed' && right.table === true ? tableBytes(plan.vectors) : 0
  const panelBytes = right.kind === 'packed' ? plan.depth * plan.vectors * 16 + table : 0
  const rightBytes = panelBytes * plan.panelsPerPass
  const leftBytes = left.kind === 'packed' ? left.bytes : 0
  const sourceBytes = right.kind === 'packed' ? (right.source?.bytes ?? 0) : 0
  const multiply = (l: Locals): Code =>
    call(column, {
      panel: l.panel,
      from: l.tile,
      to: l.passEndTile,
      batch: l.batch,
      k: l.k,
      count: l.count,
      flags: l.flags,
      packedLeft: l.leftAt,
      packedRight: l.panelAt
    })
  const run = defineFunction(module, { params: { chunk: 'i32', scratch: 'i32' } }, (scope, { chunk, scratch }) => {
    const l = createLocals(scope)
    const block = blockOf(product, l, scratch, panelBytes, multiply)
    return [
      l.leftAt.set(i32.add(scratch, rightBytes)),
      l.room.set(i32.add(l.leftAt, leftBytes)),
      decode(product, chunk, l),
      forRange(l.batch, l.batch, l.lastItem, 1, forRange(l.block, 0, plan.depthBlocks, 1, block))
    ]
  })
  return { run, chunks: plan.chunks, scratchBytes: rightBytes + leftBytes + sourceBytes }
}
