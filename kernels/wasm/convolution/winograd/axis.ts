/**
 * One axis of a fast convolution: how it is cut into tiles, and the small matrices that transform a tile.
 *
 * A tile computes m outputs from r taps of the filter. The m outputs' cotangents z and the taps w are read as polynomials
 * of degree m - 1 and r - 1. Their product has n = m + r - 1 coefficients, so its values at n points determine it, and
 * the sum over z_p w_u x_(p+u) takes n multiplications instead of m r. The points are 0, 1, infinity and, for longer
 * tiles, -1: every coefficient of a transform is 0, 1 or 1/2 up to its sign, so next to no precision is lost.
 *
 * @see Winograd, Arithmetic Complexity of Computations (1980)
 * @see Lavin and Gray, Fast Algorithms for Convolutional Neural Networks (2016)
 * @category wasm
 */

/** `count` neighbouring tiles of equal length, from tile number `first` and output number `start` on. */
export interface TileRun {
  readonly first: number
  readonly count: number
  readonly start: number
  readonly outputs: number
  readonly points: 3 | 4
}

/** An axis along which y has `size` elements and the filter `taps` times `stride`. */
export interface Axis {
  readonly size: number
  readonly taps: number
  readonly stride: number
  /** Elements of x, with its border, that y depends on. */
  readonly reach: number
  readonly runs: readonly TileRun[]
  readonly tiles: number
  /** The number of tiles that have the fourth point; they come first. */
  readonly longTiles: number
}

/** Cuts an axis into tiles; undefined where its filter has not two or three taps a phase. */
export const axisOf = (size: number, kernel: number, stride: number): Axis | undefined => {
  const taps = kernel / stride
  if (taps !== 2 && taps !== 3) return undefined
  const [long, short] = [5 - taps, 4 - taps]
  let shorts = 0
  while ((size - shorts * short) % long !== 0) shorts++
  const longs = (size - shorts * short) / long
  if (longs < 0) return undefined
  const runs: readonly TileRun[] = [
    { first: 0, count: longs, start: 0, outputs: long, points: 4 },
    { first: longs, count: shorts, start: longs * long, outputs: short, points: 3 }
  ]
  return {
    ...{ size, taps, stride, reach: stride * (size + taps - 1) },
    ...{ runs: runs.filter(({ count }) => count > 0), tiles: longs + shorts, longTiles: longs }
  }
}

/** Rows of coefficients. */
export type Matrix = readonly (readonly number[])[]

/** Returns the matrix that takes the values of a polynomial with `terms` coefficients at the points 0, 1, infinity and -1. */
export const evaluation = (terms: number): Matrix => {
  const row = (of: (i: number) => number): readonly number[] => Array.from({ length: terms }, (_, i) => of(i))
  return [row((i) => (i === 0 ? 1 : 0)), row(() => 1), row((i) => (i === terms - 1 ? 1 : 0)), row((i) => (-1) ** i)]
}

/** For n points, what each one's value contributes to the sum over x_j c_j, c_j being the polynomial's coefficients. */
const interpolation: Readonly<Record<3 | 4, Matrix>> = {
  3: [
    [1, -1, 0],
    [0, 1, 0],
    [0, -1, 1]
  ],
  4: [
    [1, 0, -1, 0],
    [0, 0.5, 0.5, 0],
    [0, -1, 0, 1],
    [0, -0.5, 0.5, 0]
  ]
}

/** The array that a transform is of: windows of x overlap and come in phases where there is a stride, those of y do not. */
export type Role = 'x' | 'y'

/** Returns the matrix of a tile's transform, [points, elements of the window]. */
export const matrixOf = (role: Role, { points, outputs }: TileRun): Matrix =>
  role === 'x' ? interpolation[points] : evaluation(outputs).slice(0, points)

/** Returns the steps between neighbours of a window, which is also the number of phases. */
export const phasesOf = (role: Role, { stride }: Axis): number => (role === 'x' ? stride : 1)

/** Returns the number of elements that all windows cover together. */
export const extentOf = (role: Role, { size, reach }: Axis): number => (role === 'x' ? reach : size)

export const transposed = (matrix: Matrix): Matrix => (matrix[0] ?? []).map((_, j) => matrix.map((row) => row[j]!))
