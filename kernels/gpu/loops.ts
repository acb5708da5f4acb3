import type { Shape } from '../../src/tensor/shape.ts'
import type { Line, Term } from './source.ts'
import { numeral } from './source.ts'

/** The loops of a reduction, outermost first, each with bounds that are literals: others gpu.js cuts at 1000 in silence. */
export interface Loops {
  readonly counters: readonly { readonly name: string; readonly count: number }[]
  /** Index along each axis of the reduction. */
  readonly indices: readonly Term[]
  /** 1 where an index is one of the axis's own; beyond, its last one comes again. */
  readonly inside: readonly Term[]
}

/** A float32 sum in one run loses a digit for each few hundred terms: longer axes are summed in runs, and those summed. */
const longestRun = 512

/** Length of the runs: a divisor near the square root if there is one, so that nothing is left over. */
export const runLength = (extent: number): number => {
  const root = Math.ceil(Math.sqrt(extent))
  for (let n = root; n <= Math.min(4 * root, longestRun); n++) if (extent % n === 0) return n
  return root
}

export const loopsOver = (extents: Shape, line: Line): Loops => {
  const counters: { name: string; count: number }[] = []
  const inside: Term[] = []
  const open = (count: number): Term => {
    const name = `r${String(counters.length)}`
    counters.push({ name, count })
    return { text: name, depth: counters.length }
  }
  const indices = extents.map((extent) => {
    if (extent === 1) return numeral(0)
    if (extent <= longestRun) return open(extent)
    const run = runLength(extent)
    const outer = open(Math.ceil(extent / run))
    const index = line`${outer} * ${run} + ${open(run)}`
    if (extent % run === 0) return index
    inside.push(line`${index} < ${extent} ? 1 : 0`)
    return line`Math.min(${index}, ${extent - 1})`
  })
  return { counters, indices, inside }
}
