/**
 * Where transformed arrays lie. There is one matrix for each pair of points, and pairs fall into classes: those that all
 * tiles have, those with the fourth point along one axis, and the one with it along both, which only long tiles have.
 *
 * @category wasm
 */
import type { Axis } from './axis.ts'

/** Pairs of points [vertical, horizontal] that the same tiles have. */
export interface PointClass {
  /** Whether the vertical point, or the horizontal one, is the fourth. */
  readonly fourth: readonly [vertical: boolean, horizontal: boolean]
  readonly points: number
  readonly tiles: readonly [vertical: number, horizontal: number]
  /** How many points of other classes come before. */
  readonly before: number
}

export const classesOf = (vertical: Axis, horizontal: Axis): readonly PointClass[] => {
  let before = 0
  return [false, true].flatMap((v) =>
    [false, true].flatMap((h): PointClass[] => {
      const tiles = [v ? vertical.longTiles : vertical.tiles, h ? horizontal.longTiles : horizontal.tiles] as const
      if (tiles[0] * tiles[1] === 0) return []
      const points = (v ? 1 : 3) * (h ? 1 : 3)
      const own = { fourth: [v, h], points, tiles, before } as const
      before += points
      return [own]
    })
  )
}

/** The matrices of one class: `points` times [rows, columns], at byte address `address`. */
export interface Planes extends PointClass {
  readonly address: number
  readonly rows: number
  readonly columns: number
  /** Bytes between rows and between matrices. */
  readonly rowBytes: number
  readonly planeBytes: number
}

/** Returns the bytes between matrices: an odd number of cache lines apart, so that they spread over the cache. */
const planeBytesOf = (rows: number, rowBytes: number): number => (Math.ceil((rows * rowBytes) / 128) * 2 + 1) * 64

/** Returns the bytes of a row; rows a multiple of 4 KiB apart would meet in few sets of the cache. */
const rowBytesOf = (columns: number): number => (columns % 512 === 0 ? columns + 16 : columns) * 4

type Reserve = (bytes: number) => number

/** Places a transformed x or y: rows are channels (of x, with their phases), columns are tiles and images, images fastest. */
export const tilePlanes = (
  classes: readonly PointClass[],
  rows: number,
  images: number,
  reserve: Reserve
): readonly Planes[] =>
  classes.map((own) => {
    const columns = own.tiles[0] * own.tiles[1] * images
    const rowBytes = rowBytesOf(columns)
    const planeBytes = planeBytesOf(rows, rowBytes)
    return { ...own, rows, columns, rowBytes, planeBytes, address: reserve(planeBytes * own.points) }
  })

/** Places the transformed filter: rows are channels of y, columns channels of x with their phases. */
export const filterPlanes = (
  classes: readonly PointClass[],
  rows: number,
  columns: number,
  reserve: Reserve
): readonly Planes[] => {
  const rowBytes = columns * 4
  const planeBytes = planeBytesOf(rows, rowBytes)
  return classes.map((own) => ({
    ...own,
    ...{ rows, columns, rowBytes, planeBytes, address: reserve(planeBytes * own.points) }
  }))
}
