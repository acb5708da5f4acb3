/**
 * Packs panels by gathering: a panel whose columns and whose steps of k are both triples of indices with a byte step each.
 * With pixels along the columns and (channel, tap) along k this is a patch matrix; the other way round its transpose.
 *
 * @category wasm
 */
import { branchIf, defineFunction, i32, ifThen, loop, shuffle32, v128 } from '../encoder/index.ts'
import type { Body, Code, FunctionRef, Local, Module, Scope } from '../encoder/index.ts'
import { tableBytes } from '../contraction/factor.ts'
import { gatherLanes, readLanes } from '../contraction/lanes.ts'

/** One index: how many values, and bytes between them in the source. */
export interface Index {
  readonly size: number
  readonly step: number
}

/** Slowest first. The size of the slowest is not used: it may depend on the block. */
export type Axes = readonly [Index, Index, Index]

/** Where the columns lie in C: bytes for each of their indices, one entry per column or per four. */
export interface ColumnTable {
  readonly steps: readonly [number, number, number]
  readonly start: number
  readonly group: 1 | 4
}

export interface Gather {
  readonly columns: Axes
  readonly depth: Axes
  readonly table?: ColumnTable
}

/**
 * Gathers `count` steps of k of the panel that begins at `column` to the address `target`. `source` is the address from
 * which column `origin` and those after it are gathered.
 */
export type GatherFunction = FunctionRef<
  Readonly<Record<'target' | 'source' | 'column' | 'origin' | 'count', 'i32'>>,
  'none'
>

/** Loads written out in one round of the innermost loop, at most. */
const ROUND = 36

/** Cuts the steps of k into those written out, by their offsets, and loops around them, from inner to outer. */
const roundsOf = ([outer, middle, inner]: Axes): {
  readonly offsets: readonly number[]
  readonly loops: readonly Index[]
} => {
  const along = ({ size, step }: Index): readonly number[] => Array.from({ length: size }, (_, i) => i * step)
  if (middle.size * inner.size <= ROUND)
    return { offsets: along(middle).flatMap((a) => along(inner).map((b) => a + b)), loops: [outer] }
  if (inner.size <= 16) return { offsets: along(inner), loops: [middle, outer] }
  const width = [8, 7, 6, 5, 4, 3, 2].find((divisor) => inner.size % divisor === 0) ?? 1
  return {
    offsets: along({ ...inner, size: width }),
    loops: [{ size: inner.size / width, step: inner.step * width }, middle, outer]
  }
}

/** Tells whether four neighbouring columns always share their two slower indices. */
const inFours = ([, , inner]: Axes): boolean => inner.size % 4 === 0

/** Reads four lanes `step` bytes apart; every second float comes from two whole loads. */
const readFour = (from: Code<'i32'>, offset: number, step: number, count: number): Code<'v128'> =>
  step === 8 && count === 4
    ? shuffle32(v128.load(from, offset), v128.load(from, offset + 12), 0, 2, 5, 7)
    : readLanes(from, offset, step, count)

/** Returns the table cells that columns [first, first + count) fill, and their distance in bytes from the first. */
const cellsOf = (
  table: ColumnTable | undefined,
  first: number,
  count: number
): readonly { cell: number; beyond: number }[] => {
  if (table === undefined) return []
  if (table.group === 4) return first % 4 === 0 ? [{ cell: first / 4, beyond: 0 }] : []
  return Array.from({ length: count }, (_, j) => ({ cell: first + j, beyond: j * table.steps[2] }))
}

/** Sets the address of every lane (or of every four), and writes the table on the way. */
const locate = (
  scope: Scope,
  { columns: [image, middle, inner], table }: Gather,
  lanes: readonly Local<'i32'>[],
  advance: number,
  [target, source, column, origin]: readonly [Local<'i32'>, Local<'i32'>, Local<'i32'>, Local<'i32'>]
): Body => {
  const plane = middle.size * inner.size
  const [a, b, c] = scope.locals('i32', 3)
  const dot = (p: number, q: number, r: number): Code<'i32'> =>
    i32.add(i32.add(i32.mul(a, p), i32.mul(b, q)), i32.mul(c, r))
  const next: Body = [
    c.set(i32.add(c, advance)),
    ifThen(i32.geS(c, inner.size), [
      c.set(i32.sub(c, inner.size)),
      b.set(i32.add(b, 1)),
      ifThen(i32.geS(b, middle.size), [b.set(0), a.set(i32.add(a, 1))])
    ])
  ]
  return [
    a.set(i32.divU(column, plane)),
    c.set(i32.remU(column, plane)),
    b.set(i32.divU(c, inner.size)),
    c.set(i32.remU(c, inner.size)),
    origin.set(i32.mul(i32.divU(origin, plane), image.step)),
    source.set(i32.sub(source, origin)),
    lanes.map((lane, i): Body => {
      return [
        lane.set(i32.add(source, dot(image.step, middle.step, inner.step))),
        cellsOf(table, i * advance, advance).map(({ cell, beyond }) =>
          i32.store(target, i32.add((table?.start ?? 0) + beyond, dot(...(table?.steps ?? [0, 0, 0]))), cell * 4)
        ),
        i < lanes.length - 1 ? next : []
      ]
    })
  ]
}

/** Defines the function that packs a panel of `vectors` vectors of which `columns` columns exist. */
export const defineGather = (
  module: Module,
  gather: Gather,
  { vectors, columns }: { readonly vectors: number; readonly columns: number }
): GatherFunction =>
  defineFunction(
    module,
    { params: { target: 'i32', source: 'i32', column: 'i32', origin: 'i32', count: 'i32' } },
    (scope, { target, source, column, origin, count }) => {
      const four = inFours(gather.columns)
      const lanes = scope.locals('i32', four ? vectors : columns)
      const step = gather.columns[2].step
      const { offsets, loops } = roundsOf(gather.depth)
      const vector = (v: number, offset: number): Code<'v128'> => {
        const present = Math.min(4, columns - v * 4)
        return four
          ? readFour(lanes[v] as Local<'i32'>, offset, step, present)
          : gatherLanes((lane) => lanes[v * 4 + lane] as Local<'i32'>, offset, present)
      }
      const move = (bytes: number): Body => (bytes === 0 ? [] : lanes.map((lane) => lane.set(i32.add(lane, bytes))))
      let body: Body = [
        offsets.map((offset, i) =>
          Array.from({ length: vectors }, (_, v) => v128.store(target, vector(v, offset), (i * vectors + v) * 16))
        ),
        target.set(i32.add(target, offsets.length * vectors * 16))
      ]
      const end = scope.local('i32')
      loops.forEach((axis, level) => {
        const inside = body
        if (level === loops.length - 1)
          body = loop((again) => [inside, move(axis.step), branchIf(again, i32.ltU(target, end))])
        else {
          const left = scope.local('i32')
          body = [
            left.set(axis.size),
            loop((again) => [inside, move(axis.step), left.set(i32.sub(left, 1)), branchIf(again, left)]),
            move(-axis.size * axis.step)
          ]
        }
      })
      return [
        locate(scope, gather, lanes, four ? 4 : 1, [target, source, column, origin]),
        target.set(i32.add(target, gather.table === undefined ? 0 : tableBytes(TABLE_VECTORS))),
        end.set(i32.add(target, i32.mul(count, vectors * 16))),
        body
      ]
    }
  )

/** Panels are two vectors wide, and the last, narrower one keeps the table's room. */
const TABLE_VECTORS = 2
