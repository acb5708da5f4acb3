/**
 * Chooses how to compute a contraction.
 *
 * 1. Rows and columns are swapped so that vectors run along an axis where C, or a narrow B, is contiguous.
 * 2. At most four rows with a right factor contiguous along its columns: no packing, one wide tile.
 * 3. Otherwise the right factor is packed into panels of eight columns and the left one read in place.
 *
 * @category wasm
 */
import { addressAt } from './place.ts'
import { call } from '../encoder/index.ts'
import type { Module } from '../encoder/index.ts'
import { defineDotProduct } from './dots.ts'
import { linearOutput } from './output.ts'
import { definePack, definePackRows } from './pack.ts'
import { definePanelProduct } from './panels.ts'
import type { Left, Right } from './factor.ts'
import type { ChunkFunction } from './chunkFunction.ts'
import { planPanels } from './plan.ts'
import type { Tiling } from './plan.ts'
import { transposeContraction, transposeFactor } from './problem.ts'
import type { Contraction, Factor } from './problem.ts'

/** The number of vectors of a tile of few rows: as many accumulators as registers allow. */
const wideVectors: Readonly<Record<number, number>> = { 1: 7, 2: 4, 3: 2, 4: 2 }

/** Bytes between rows of the right factor below which it is read in place however often. */
const NEAR = 512
/** Rows of C up to which it is read in place if its rows lie up to so many bytes apart. */
const SOME_ROWS = 64
const NOT_FAR = 4096

/**
 * Whether the right factor is read in place: packing it pays only where its rows are far apart and used often. One row
 * for all k would give the tile, whose end is an address in it, no end.
 */
const readsInPlace = ({ m, b: { strides, prologue } }: Contraction): boolean =>
  strides.column === 1 &&
  strides.row !== 0 &&
  prologue === undefined &&
  (m <= 4 || (m <= SOME_ROWS ? strides.row * 4 <= NOT_FAR : strides.row * 4 < NEAR))

/** Bytes between steps of k from which a transposed left factor is copied: its columns then fall on one another in the cache. */
const FAR = 4096

const leftOf = (module: Module, { a, n }: Contraction, { depth, tilesPerPass }: Tiling): Left => {
  if (a.strides.row === 1 && (a.prologue !== undefined || (n >= 64 && a.strides.column * 4 >= FAR))) {
    const stride = tilesPerPass * 16 + 64
    const pack = definePackRows(module, transposeFactor(a), stride)
    return {
      kind: 'packed',
      row: 4,
      depth: stride,
      bytes: stride * depth,
      pack: (to, { batch, row, rows, k, count }) =>
        call(pack, { target: to, batch, row: k, rows: count, k: row, count: rows })
    }
  }
  if (a.prologue !== undefined) {
    const pack = definePackRows(module, a, depth * 4)
    return {
      kind: 'packed',
      row: depth * 4,
      depth: 4,
      bytes: tilesPerPass * 16 * depth,
      pack: (to, { batch, row, rows, k, count }) => call(pack, { target: to, batch, row, rows, k, count })
    }
  }
  return {
    kind: 'direct',
    address: ({ batch, row, k }) => addressAt(a.address, a.strides, { batch, row, column: k }),
    row: a.strides.row * 4,
    depth: a.strides.column * 4
  }
}

const rightOf = (module: Module, problem: Contraction, vectors: number): Right => {
  const { n, b } = problem
  if (readsInPlace(problem))
    return {
      kind: 'direct',
      address: ({ batch, k, column }) => addressAt(b.address, b.strides, { batch, row: k, column }),
      depth: b.strides.row * 4
    }
  const width = vectors * 4
  const columns = n - (Math.ceil(n / width) - 1) * width
  const packLast = definePack(module, b, { vectors: Math.ceil(columns / 4), columns })
  const pack = columns === width || n <= width ? packLast : definePack(module, b, { vectors, columns: width })
  return {
    kind: 'packed',
    pack: (which, to, { batch, column, k, count }) =>
      call(which === 'last' ? packLast : pack, { target: to, batch, column, k, count })
  }
}

/** Returns the number of steps of k from which inner products of so many rows are the fastest way. */
const leastDepth = (rows: number): number => (rows <= 3 ? 8 : rows <= 8 ? 64 : rows <= 24 ? 512 : Infinity)

const isDeep = ({ strides, prologue }: Factor, axis: 'row' | 'column'): boolean =>
  strides[axis] === 1 && prologue === undefined

/** Turns a contraction so that inner products suit it; undefined where they do not. */
const asDots = (problem: Contraction): Contraction | undefined => {
  const turned = problem.m <= problem.n ? problem : transposeContraction(problem)
  const { a, b, m, k } = turned
  return k >= leastDepth(m) && isDeep(b, 'row') && (m <= 3 || isDeep(a, 'column')) ? turned : undefined
}

const prefersTranspose = (problem: Contraction): boolean => {
  const { m, n, a, c } = problem
  if (m <= 4 && readsInPlace(problem)) return false
  if (n <= 4 && a.strides.row === 1 && a.prologue === undefined) return true
  return c.strides.column !== 1 && c.strides.row === 1
}

/** Adds the functions of one contraction to `module`. */
export const emitContraction = (module: Module, problem: Contraction): ChunkFunction => {
  const dots = asDots(problem)
  if (dots !== undefined) {
    const { a, k } = dots
    return defineDotProduct(module, dots, isDeep(a, 'column') ? undefined : definePackRows(module, a, k * 4))
  }
  const oriented = prefersTranspose(problem) ? transposeContraction(problem) : problem
  const { batch, m, k } = oriented
  const vectors = readsInPlace(oriented) ? (wideVectors[m] ?? 2) : 2
  const plan = planPanels(oriented, vectors, { rowBytes: oriented.c.strides.row * 4 })
  return definePanelProduct(module, {
    batch,
    k,
    plan,
    left: leftOf(module, oriented, plan),
    right: rightOf(module, oriented, vectors),
    accumulate: oriented.accumulate ?? false,
    output: linearOutput(oriented.c, oriented.epilogue)
  })
}
