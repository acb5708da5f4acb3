/**
 * How a nest is walked: which axis the lanes lie along, how many vectors a round has, what a unit of work is, and where
 * sums are cut. All of it follows from shapes alone, so results do not depend on who computes which units.
 *
 * @category wasm
 */
import type { FusedNest } from '../../../src/nest/fused.ts'
import { literal } from '../../../src/nest/expression.ts'
import type { DType } from '../../../src/tensor/dtype.ts'
import { sizeOf, stridesOf } from '../../../src/tensor/shape.ts'
import { breadthOf } from './breadth.ts'
import { collapse } from './collapse.ts'
import type { Loop } from './collapse.ts'
import { buildGraph, reachable } from './graph.ts'
import type { Node } from './graph.ts'
import type { OperandType } from './operandType.ts'
import { mergeRepeats } from './repeats.ts'
import { tileOf } from './tile.ts'
import type { Tile } from './tile.ts'
import { isCheap, pointCost, vectorCost } from './weigh.ts'

/** A nest over a box of a result: elements of the result between its neighbours, and before its first one. */
export interface Box {
  readonly nest: FusedNest
  readonly strides: readonly number[]
  readonly start: number
}

/** A count of things cut into pieces of `size`, the last of them shorter. */
export interface Cut {
  readonly count: number
  readonly size: number
}

export interface Walk {
  readonly nodes: readonly Node[]
  readonly roots: readonly number[]
  readonly dtypes: readonly DType[]
  readonly operands: readonly OperandType[]
  /** Elements of an output. */
  readonly size: number
  /** Elements of an output before the first that is written. */
  readonly start: number
  /** Domain axes that the units walk, all but that of the lanes. */
  readonly outer: readonly Loop[]
  readonly lane: Loop
  /** Vectors a round. */
  readonly vectors: number
  /** Pieces of the lanes' axis, of which a unit has one. */
  readonly pieces: Cut
  /** A further axis, of which a unit has several rows, so that what lies the other way in memory is read in squares. */
  readonly tile: Tile | undefined
  readonly units: number
  /** Nanoseconds a unit, roughly. */
  readonly cost: number
  readonly reduction: ReductionWalk | undefined
}

export interface ReductionWalk {
  readonly combine: 'sum' | 'max'
  /** Reduced axes without that of the lanes. */
  readonly loops: readonly Loop[]
  /** Whether the lanes lie along a reduced axis. */
  readonly across: boolean
  /** Pieces of the first of the loops (of the lanes' axis if there is none), each summed up apart. */
  readonly blocks: Cut
  /** A unit is one block, its result a partial one, and a second nest combines them. */
  readonly staged: boolean
}

const cut = (extent: number, size: number): Cut => ({ count: Math.max(1, Math.ceil(extent / size)), size })

/** A lane axis where there is none. */
const single: Loop = { id: -1, extent: 1, bit: 0, stride: 1 }

/** Points that are summed up in one go, along one chain for each accumulator. */
const blockPoints = 4096

/** So many that a round's overhead is small beside its work, and that registers suffice. */
const vectorsFor = (cost: number, extent: number, sums = 1): number => {
  const most = cost <= 1.3 ? Math.max(1, Math.min(4, Math.floor(8 / sums))) : cost <= 3.5 ? 2 : 1
  return Math.max(1, Math.min(most, Math.floor(extent / 4)))
}

/** Registers that V8 has for vectors, less one to work with. */
const registers = 14
/** Instructions of a round that are worth their time of compilation. */
const longest = 1000

/**
 * Of a nest without reduction. Where all is cheap arithmetic, results wait for one another more than for the units that
 * compute them, so as many vectors take turns as there are registers for.
 */
const vectorsInTurns = (base: Base, lane: Loop, cost: number): number => {
  const usual = vectorsFor(cost, lane.extent)
  if (!isCheap(base, lane)) return usual
  const { alive, shared } = breadthOf(base, lane)
  const most = Math.min(8, (registers - shared) / alive, longest / reachable(base).length, lane.extent / 4)
  return Math.max(usual, 2 ** Math.floor(Math.log2(Math.max(1, most))))
}

type Base = Pick<Walk, 'nodes' | 'roots' | 'dtypes' | 'operands' | 'size' | 'start'>

const product = (axes: readonly Loop[]): number => axes.reduce((n, { extent }) => n * extent, 1)

const planMap = (base: Base, domain: readonly Loop[]): Walk => {
  const lane = domain.at(-1) ?? single
  const outer = domain.slice(0, -1)
  const tile = tileOf(base, outer, lane)
  const cost = vectorCost(base, lane)
  const vectors = tile === undefined ? vectorsInTurns(base, lane, cost) : 1
  const pieces = cut(lane.extent, tile !== undefined ? 256 : cost <= 1.3 ? 4096 : 1024)
  const rows = outer.map((axis) => (axis === tile?.axis ? Math.ceil(axis.extent / tile.rows) : axis.extent))
  const units = rows.reduce((n, m) => n * m, pieces.count)
  const points = product(domain)
  const each = (points * cost) / 4 / units + 3
  return { ...base, outer, lane, vectors, pieces, tile, units, cost: each, reduction: undefined }
}

const planReduction = (base: Base, domain: readonly Loop[], reduced: readonly Loop[], combine: 'sum' | 'max'): Walk => {
  const along = domain.at(-1) ?? single
  const total = product(reduced)
  // Lanes along a reduced axis have to be added up in the end.
  const choices = [
    { lane: along, cost: pointCost(base, along) },
    ...reduced.map((lane) => ({ lane, cost: pointCost(base, lane) + 1.5 / total }))
  ]
  const { lane, cost } = choices.reduce((best, choice) => (choice.cost < best.cost ? choice : best))
  const across = lane !== along
  const loops = reduced.filter((axis) => axis !== lane)
  const outer = across ? domain : domain.slice(0, -1)
  const narrow = vectorsFor(vectorCost(base, lane), lane.extent, base.roots.length)
  // Long rows: the more of one is read at a time, the better for the cache.
  const vectors = !across && lane.extent >= 256 ? 2 * narrow : narrow
  const pieces = across ? cut(1, 1) : cut(lane.extent, 4 * vectors)
  const parts = product(outer) * pieces.count
  // Blocks of the outermost loop. Too many partial results would cost more than they save.
  const first = loops[0] ?? lane
  const inner = total / first.extent
  const wanted = Math.max((across ? blockPoints : blockPoints / 16) / inner, first.extent / 1024)
  const step = first === lane ? 4 * vectors : 1
  const blocks = cut(first.extent, Math.max(1, Math.ceil(wanted / step)) * step)
  const staged = parts < 16 && blocks.count > 1 && total * product(domain) >= 32768
  const units = parts * (staged ? blocks.count : 1)
  return {
    ...base,
    outer,
    lane,
    vectors,
    pieces,
    tile: undefined,
    units,
    cost: (total * product(domain) * cost) / units + 3,
    reduction: { combine, loops, across, blocks, staged }
  }
}

/** Of outputs that have no element there is no plan. */
export const planWalk = (given: FusedNest, operands: readonly OperandType[], box?: Box): Walk | undefined => {
  const nest = box === undefined ? mergeRepeats(given) : given
  const extents = nest.reduction?.extents ?? []
  const size = sizeOf(nest.domain)
  if (size === 0) return undefined
  const empty = nest.reduction !== undefined && sizeOf(extents) === 0
  const bodies = nest.outputs.map(({ body, dtype }) =>
    empty ? literal(identityOf(nest.reduction.combine, dtype), dtype) : body
  )
  const graph = buildGraph(bodies, [...nest.domain, ...(empty ? [] : extents)], operands)
  const { nodes, roots, domain, reduction } = collapse(
    graph,
    nest.domain,
    empty ? [] : extents,
    box?.strides ?? stridesOf(nest.domain)
  )
  const base = { nodes, roots, dtypes: nest.outputs.map(({ dtype }) => dtype), operands, size, start: box?.start ?? 0 }
  return nest.reduction === undefined || empty || reduction.length === 0
    ? planMap(base, domain)
    : planReduction(base, domain, reduction, nest.reduction.combine)
}

/** What nothing comes to. */
export const identityOf = (combine: 'sum' | 'max', dtype: DType): number =>
  combine === 'sum' || dtype === 'bool' ? 0 : dtype === 'int32' ? -2147483648 : -Infinity
