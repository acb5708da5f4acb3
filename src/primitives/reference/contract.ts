import type { Data } from '../../tensor/dtype.ts'

/**
 * The one matrix product behind dotGeneral and the convolutions. Each matrix is read in place, the element of line i
 * and depth k lying at start + lines[i] + depth[k], so that no transposed copy or unfolded image is ever made.
 */
export interface Factor {
  readonly lines: Int32Array
  readonly depth: Int32Array
}

/** result[start + rows[i] + columns[j]] (+)= sum over k of left[i, k] * right[j, k], the same many k in both. */
export interface Contraction {
  readonly left: Factor
  readonly right: Factor
  readonly rows: Int32Array
  readonly columns: Int32Array
  readonly accumulate: boolean
}

const tileExtent = 64
const depthExtent = 256

// Scratch of one call, small enough for a cache. Calls never overlap: evaluation is synchronous.
const leftPanel = new Float64Array(tileExtent * depthExtent)
const rightPanel = new Float64Array(tileExtent * depthExtent)
const tile = new Float64Array(tileExtent * tileExtent)

/** Copies `count` lines and `depth` steps into groups of four lines side by side, filled up with zeros. */
const pack = (
  panel: Float64Array,
  { lines, depth }: Factor,
  data: Data,
  start: number,
  line: number,
  count: number,
  step: number,
  steps: number
): void => {
  let p = 0
  for (let i = 0; i < count; i += 4) {
    if (i + 4 <= count) {
      const first = start + lines[line + i]!
      const second = start + lines[line + i + 1]!
      const third = start + lines[line + i + 2]!
      const fourth = start + lines[line + i + 3]!
      for (let k = step; k < step + steps; k++, p += 4) {
        const offset = depth[k]!
        panel[p] = data[first + offset]!
        panel[p + 1] = data[second + offset]!
        panel[p + 2] = data[third + offset]!
        panel[p + 3] = data[fourth + offset]!
      }
    } else
      for (let k = step; k < step + steps; k++)
        for (let r = i; r < i + 4; r++) panel[p++] = r < count ? data[start + lines[line + r]! + depth[k]!]! : 0
  }
}

/** Adds a product of 4 x 4 to the tile: sixteen sums in registers. */
const multiply = (p: number, q: number, steps: number, at: number): void => {
  let c00 = 0, c01 = 0, c02 = 0, c03 = 0 // prettier-ignore
  let c10 = 0, c11 = 0, c12 = 0, c13 = 0 // prettier-ignore
  let c20 = 0, c21 = 0, c22 = 0, c23 = 0 // prettier-ignore
  let c30 = 0, c31 = 0, c32 = 0, c33 = 0 // prettier-ignore
  for (let k = 0; k < steps; k++, p += 4, q += 4) {
    const b0 = rightPanel[q]!
    const b1 = rightPanel[q + 1]!
    const b2 = rightPanel[q + 2]!
    const b3 = rightPanel[q + 3]!
    const a0 = leftPanel[p]!
    c00 += a0 * b0
    c01 += a0 * b1
    c02 += a0 * b2
    c03 += a0 * b3
    const a1 = leftPanel[p + 1]!
    c10 += a1 * b0
    c11 += a1 * b1
    c12 += a1 * b2
    c13 += a1 * b3
    const a2 = leftPanel[p + 2]!
    c20 += a2 * b0
    c21 += a2 * b1
    c22 += a2 * b2
    c23 += a2 * b3
    const a3 = leftPanel[p + 3]!
    c30 += a3 * b0
    c31 += a3 * b1
    c32 += a3 * b2
    c33 += a3 * b3
  }
  addRow(at, c00, c01, c02, c03)
  addRow(at + tileExtent, c10, c11, c12, c13)
  addRow(at + 2 * tileExtent, c20, c21, c22, c23)
  addRow(at + 3 * tileExtent, c30, c31, c32, c33)
}

const addRow = (at: number, a: number, b: number, c: number, d: number): void => {
  tile[at]! += a
  tile[at + 1]! += b
  tile[at + 2]! += c
  tile[at + 3]! += d
}

/** Sums are in double precision, whatever the data is. */
export const contract = (
  { left, right, rows, columns, accumulate }: Contraction,
  a: Data,
  aStart: number,
  b: Data,
  bStart: number,
  result: Data,
  resultStart: number
): void => {
  const steps = left.depth.length
  for (let column = 0; column < columns.length; column += tileExtent) {
    const width = Math.min(tileExtent, columns.length - column)
    for (let row = 0; row < rows.length; row += tileExtent) {
      const height = Math.min(tileExtent, rows.length - row)
      tile.fill(0, 0, Math.ceil(height / 4) * 4 * tileExtent)
      for (let step = 0; step < steps; step += depthExtent) {
        const some = Math.min(depthExtent, steps - step)
        pack(leftPanel, left, a, aStart, row, height, step, some)
        pack(rightPanel, right, b, bStart, column, width, step, some)
        for (let j = 0; j < width; j += 4)
          for (let i = 0; i < height; i += 4) multiply(i * some, j * some, some, i * tileExtent + j)
      }
      for (let i = 0; i < height; i++) {
        const start = resultStart + rows[row + i]!
        for (let j = 0; j < width; j++) {
          const at = start + columns[column + j]!
          const value = tile[i * tileExtent + j]!
          result[at] = accumulate ? result[at]! + value : value
        }
      }
    }
  }
}
