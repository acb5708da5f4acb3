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
import type { Module } from '../encoder/index.ts'
import { linearOutput } from './output.ts'
import { definePack, definePackRows } from './pack.ts'
import { definePanelProduct } from './panels.ts'
import type { Kernel, Left, Right } from './panels.ts'
import { planPanels } from './plan.ts'
import { transposeContraction } from './problem.ts'
import type { Contraction, Factor } from './problem.ts'

/** Vectors of a tile of few rows: as many accumulators as registers allow. */
const wideVectors: Readonly<Record<number, number>> = { 1: 7, 2: 4, 3: 2, 4: 2 }

const isContiguous = ({ strides, prologue }: Factor): boolean => strides.column === 1 && prologue === undefined

const leftOf = (module: Module, { a }: Contraction, depth: number): Left =>
  a.prologue === undefined
    ? {
        kind: 'direct',
        address: ({ batch, row, k }) => addressAt(a.address, a.strides, { batch, row, column: k }),
        row: a.strides.row * 4,
        depth: a.strides.column * 4
      }
    : { kind: 'packed', pack: definePackRows(module, a, depth * 4) }

const rightOf = (module: Module, { m, n, b }: Contraction, vectors: number): Right => {
  if (m <= 4 && isContiguous(b))
    return {
      kind: 'direct',
      address: ({ batch, k, column }) => addressAt(b.address, b.strides, { batch, row: k, column }),
      depth: b.strides.row * 4
    }
  const width = vectors * 4
  const columns = n - (Math.ceil(n / width) - 1) * width
  const packLast = definePack(module, b, { vectors: Math.ceil(columns / 4), columns })
  const pack = columns === width || n <= width ? packLast : definePack(module, b, { vectors, columns: width })
  return { kind: 'packed', pack, packLast }
}

const prefersTranspose = ({ n, m, c, a, b }: Contraction): boolean => {
  if (m <= 4 && isContiguous(b)) return false
  if (n <= 4 && a.strides.row === 1 && a.prologue === undefined) return true
  return c.strides.column !== 1 && c.strides.row === 1
}

/** Adds the functions of one contraction to `module`. */
export const emitContraction = (module: Module, problem: Contraction): Kernel => {
  const oriented = prefersTranspose(problem) ? transposeContraction(problem) : problem
  const { batch, m, k, b } = oriented
  const vectors = m <= 4 && isContiguous(b) ? (wideVectors[m] ?? 2) : 2
  const plan = planPanels(oriented, vectors)
  return definePanelProduct(module, {
    batch,
    k,
    plan,
    left: leftOf(module, oriented, plan.depth),
    right: rightOf(module, oriented, vectors),
    accumulate: oriented.accumulate ?? false,
    output: linearOutput(oriented.c, oriented.epilogue)
  })
}
