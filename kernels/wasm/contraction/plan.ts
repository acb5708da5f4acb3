/**
 * Sizes decided before any code is emitted: register tiles, blocks and chunks. Everything follows from the problem
 * alone, never from the number of threads, so results do not depend on it.
 *
 * @category wasm
 */

/** `count` tiles of `rows` rows each, one under the other. */
export interface Segment {
  readonly rows: number
  readonly count: number
}

export interface Tiling {
  readonly segments: readonly Segment[]
  readonly tiles: number
  /** Vectors of four columns in a panel, the number of panels, and the columns of the last one. */
  readonly vectors: number
  readonly panels: number
  readonly lastColumns: number
  /** Blocks of the contracted axis: all of `depth`, but the last. */
  readonly depth: number
  readonly depthBlocks: number
  /** A chunk is `tilesPerChunk` x `panelsPerChunk`, or, where one matrix is little work, `itemsPerChunk` whole items of the batch. */
  readonly tilesPerChunk: number
  readonly panelsPerChunk: number
  /** Panels packed together: they fill half of the second-level cache's share. */
  readonly panelsPerPass: number
  readonly rowChunks: number
  readonly columnChunks: number
  readonly itemsPerChunk: number
  readonly chunks: number
  /** Tiles per pass over the panels, so that their rows stay in the second-level cache. */
  readonly tilesPerPass: number
}

/** Multiply-adds that are worth a chunk of their own: about 10 microseconds. */
const CHUNK = 2 ** 18
const MOST_CHUNKS = 16
/** Steps of the contracted axis per block: a panel of 8 columns then takes 16 KiB of the first-level cache. */
const DEPTH = 512
/** Bytes of the left factor that should stay in the second-level cache. */
const CACHE = 2 ** 18

/** Cuts rows into tiles of four and, for what is left, of three: both run at full speed, two and one do not. */
export const rowSegments = (rows: number): readonly Segment[] => {
  const three = rows < 3 ? 0 : rows === 5 ? 1 : (4 - (rows % 4)) % 4
  const four = rows < 3 || rows === 5 ? 0 : (rows - 3 * three) / 4
  const last = rows < 3 ? rows : rows === 5 ? 2 : 0
  return [
    { rows: 4, count: four },
    { rows: 3, count: three },
    { rows: last, count: last === 0 ? 0 : 1 }
  ].filter(({ count }) => count > 0)
}

const ceilDivide = (a: number, b: number): number => Math.ceil(a / b)
const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value))

/** With so few steps of k the stores of C are most of the work. */
const FEW_STEPS = 8

/** Returns how many rows so many bytes apart can have a line each in the first-level cache: sets span 4 KiB, in 12 ways. */
const rowsCached = (rowBytes: number): number => {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b))
  return (12 * 4096) / divisor(4096, rowBytes % 4096)
}

/** What a caller may know better. */
export interface PlanOptions {
  /** Steps of the contracted axis per block. */
  readonly depth?: number
  /** Panels that a chunk should have at least, where work shared by its panels would be repeated otherwise. */
  readonly leastPanels?: number
  /** Bytes between rows of C. */
  readonly rowBytes?: number
}

/** Plans `batch` products of m x k by k x n in panels of 4 * `vectors` columns. */
export const planPanels = (
  { batch, m, n, k }: Readonly<Record<'batch' | 'm' | 'n' | 'k', number>>,
  vectors: number,
  options: PlanOptions = {}
): Tiling => {
  const segments = rowSegments(m)
  const tiles = segments.reduce((sum, { count }) => sum + count, 0)
  const panels = ceilDivide(n, vectors * 4)
  const depthBlocks = ceilDivide(k, options.depth ?? DEPTH)
  const depth = options.depth ?? ceilDivide(k, depthBlocks)
  const item = m * n * k
  const wanted = clamp(Math.round(item / CHUNK), 1, MOST_CHUNKS)
  const least = options.leastPanels ?? (m * depth * 4 > CACHE ? 8 : 1)
  const panelsPerChunk = Math.min(panels, Math.max(least, ceilDivide(panels, wanted)))
  const columnChunks = ceilDivide(panels, panelsPerChunk)
  const tilesPerChunk = clamp(ceilDivide(tiles, ceilDivide(wanted, columnChunks)), Math.min(16, tiles), tiles)
  const rowChunks = options.leastPanels === undefined ? ceilDivide(tiles, tilesPerChunk) : 1
  const itemsPerChunk =
    rowChunks * columnChunks > 1
      ? 1
      : clamp(Math.floor(CHUNK / item), 1, ceilDivide(batch, Math.min(batch, MOST_CHUNKS)))
  return {
    segments,
    tiles,
    vectors,
    panels,
    lastColumns: n - (panels - 1) * vectors * 4,
    depth,
    depthBlocks,
    tilesPerChunk: rowChunks === 1 ? tiles : tilesPerChunk,
    panelsPerChunk,
    panelsPerPass: Math.min(panelsPerChunk, Math.max(1, Math.floor(CACHE / (depth * vectors * 16)))),
    rowChunks,
    columnChunks,
    itemsPerChunk,
    chunks: rowChunks * columnChunks * ceilDivide(batch, itemsPerChunk),
    tilesPerPass: Math.max(
      2,
      Math.min(
        Math.floor(CACHE / (depth * 16)),
        k <= FEW_STEPS ? Math.floor(rowsCached(options.rowBytes ?? 4) / 6) : Infinity
      )
    )
  }
}
