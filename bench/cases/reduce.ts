import { mean, reduceMax, sum } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import type { Bench, Group } from '../measure/bench.ts'
import { computing } from './computing.ts'
import { jobOf } from '../measure/job.ts'
import { mulberry32, uniform } from '../measure/random.ts'

interface Reduction {
  readonly name: string
  readonly of: (x: Tensor) => Tensor
  readonly shape: (rows: number, columns: number) => readonly number[]
}

const reductions: readonly Reduction[] = [
  { name: 'sum of all', of: (x) => sum(x), shape: () => [] },
  { name: 'mean of rows', of: (x) => mean(x, { axes: [1] }), shape: (rows) => [rows] },
  { name: 'sum of columns', of: (x) => sum(x, { axes: [0] }), shape: (_, columns) => [columns] },
  { name: 'max of rows', of: (x) => reduceMax(x, { axes: [1] }), shape: (rows) => [rows] }
]

const totalOf = (numbers: Float32Array): number => {
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  for (let i = 0; i < numbers.length; i += 4) {
    a += numbers[i]!
    b += numbers[i + 1]!
    c += numbers[i + 2]!
    d += numbers[i + 3]!
  }
  return a + b + c + d
}

/** Reductions of one matrix, against a loop that adds it up with four sums. */
const groupOf = ([rows, columns]: readonly [number, number]): Group => {
  const x = uniform([rows, columns], 0.5, mulberry32(6), 0)
  const loop = `loop over ${rows}x${columns}`
  const bytes = 4 * rows * columns
  const numbers = Float32Array.from(x.data)
  return {
    jobs: reductions.map(({ name, of, shape }) =>
      jobOf(
        { name: `reduce ${name} ${rows}x${columns}`, bytes, against: loop },
        computing({ x }, [shape(rows, columns)], (held) => [of(held.x)])
      )
    ),
    floors: [
      {
        name: loop,
        bytes,
        advance: async (steps) => {
          let total = 0
          for (let step = 0; step < steps; step++) total += totalOf(numbers)
          if (Number.isNaN(total)) throw new Error('the loop made a NaN')
        }
      }
    ]
  }
}

const sizes: readonly (readonly [number, number])[] = [
  [256, 128],
  [1024, 1024]
]

export const reduce: Bench = { name: 'reduce', groups: () => sizes.map(groupOf) }
