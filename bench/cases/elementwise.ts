import { add, leakyRelu, mul, sub } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import type { Bench, Group } from '../measure/bench.ts'
import { computing } from './computing.ts'
import { jobOf } from '../measure/job.ts'
import { mulberry32, uniform } from '../measure/random.ts'

/** One link: four operations. */
const link = (x: Tensor): Tensor => leakyRelu(sub(mul(add(x, 0.5), 0.75), 0.25), 0.2)

const chain = (links: number, x: Tensor): Tensor => Array.from({ length: links }).reduce<Tensor>((y) => link(y), x)

/** Chains over arrays that fit a cache and that do not, against a copy of the same bytes. */
const groupOf = (elements: number): Group => {
  const bytes = 8 * elements
  const copy = `copy of ${elements}`
  const [source, target] = [new Float32Array(elements), new Float32Array(elements)]
  return {
    jobs: [1, 4, 16].map((links) =>
      jobOf(
        { name: `elementwise ${4 * links} operations on ${elements}`, bytes, against: copy },
        computing({ x: uniform([elements], 1, mulberry32(5)) }, [[elements]], ({ x }) => [chain(links, x)])
      )
    ),
    floors: [
      {
        name: copy,
        bytes,
        advance: async (steps) => {
          for (let i = 0; i < steps; i++) target.set(source)
        }
      }
    ]
  }
}

export const elementwise: Bench = {
  name: 'elementwise',
  groups: () => [1 << 14, 1 << 20, 1 << 22].map(groupOf)
}
