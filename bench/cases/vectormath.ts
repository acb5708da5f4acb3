import { cos, exp, expm1, log, log1p, pow, sigmoid, sin, softplus, tanh } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import type { Bench, Group } from '../measure/bench.ts'
import { computing } from './computing.ts'
import { jobOf } from '../measure/job.ts'
import { mulberry32, uniform } from '../measure/random.ts'

interface Function1 {
  readonly name: string
  readonly of: (x: Tensor) => Tensor
  readonly inJavaScript: (x: number) => number
}

const functions: readonly Function1[] = [
  { name: 'exp', of: exp, inJavaScript: Math.exp },
  { name: 'log', of: log, inJavaScript: Math.log },
  { name: 'expm1', of: expm1, inJavaScript: Math.expm1 },
  { name: 'log1p', of: log1p, inJavaScript: Math.log1p },
  { name: 'tanh', of: tanh, inJavaScript: Math.tanh },
  { name: 'sin', of: sin, inJavaScript: Math.sin },
  { name: 'cos', of: cos, inJavaScript: Math.cos },
  { name: 'pow 1.5', of: (x) => pow(x, 1.5), inJavaScript: (x) => Math.pow(x, 1.5) },
  { name: 'sigmoid', of: sigmoid, inJavaScript: (x) => 1 / (1 + Math.exp(-x)) },
  { name: 'softplus', of: softplus, inJavaScript: (x) => Math.log1p(Math.exp(x)) }
]

const elements = 1 << 16

/** One function of a vector, against a loop over JavaScript's own. */
const groupOf = ({ name, of, inJavaScript }: Function1): Group => {
  const x = uniform([elements], 2, mulberry32(7), 0.01)
  const [source, target] = [x.data, new Float32Array(elements)]
  const loop = `loop over Math: ${name}`
  const bytes = 8 * elements
  return {
    jobs: [
      jobOf(
        { name: `vectormath ${name}`, bytes, against: loop },
        computing({ x }, [[elements]], (held) => [of(held.x)])
      )
    ],
    floors: [
      {
        name: loop,
        bytes,
        advance: async (steps) => {
          for (let step = 0; step < steps; step++)
            for (let i = 0; i < elements; i++) target[i] = inJavaScript(source[i]!)
        }
      }
    ]
  }
}

export const vectormath: Bench = { name: 'vectormath', groups: () => functions.map(groupOf) }
