import { matmul } from '../../src/index.ts'
import type { Bench } from '../measure/bench.ts'
import { computing } from './computing.ts'
import type { Job } from '../measure/job.ts'
import { jobOf } from '../measure/job.ts'
import { between, mulberry32, uniform, weights } from '../measure/random.ts'

interface Size {
  readonly m: number
  readonly k: number
  readonly n: number
}

/** Products a step: enough that the step, not its call, is what one times. */
const repeatsOf = ({ m, k, n }: Size): number => Math.min(16, Math.max(1, Math.round(8e6 / (2 * m * k * n))))

const nameOf = ({ m, k, n }: Size): string => `gemm ${m}x${k}x${n}`

/** x_i w for several x_i. */
const product = (size: Size, rateAgainst?: string): Job => {
  const { m, k, n } = size
  const repeats = repeatsOf(size)
  const random = mulberry32(3)
  const operands = {
    xs: Array.from({ length: repeats }, () => uniform([m, k], 1, random)),
    w: weights([k, n], k, random)
  }
  return jobOf(
    {
      name: nameOf(size),
      script: 'gemm',
      sizes: { ...size, repeats },
      ...(rateAgainst === undefined ? {} : { rateAgainst })
    },
    computing(
      operands,
      operands.xs.map(() => [m, n]),
      ({ xs, w }) => xs.map((x) => matmul(x, w))
    )
  )
}

const square = (n: number): Size => ({ m: n, k: n, n })
const sizes: readonly Size[] = [...[64, 128, 256, 512, 1024, 127, 130].map(square), { m: 17, k: 1000, n: 33 }]

export const gemm: Bench = {
  name: 'gemm',
  groups: () => sizes.map((size) => ({ jobs: [product(size)] })),
  drawn: (random) =>
    Array.from({ length: 3 }, () => {
      const size = { m: between(48, 320, random), k: between(96, 260, random), n: between(96, 260, random) }
      return { jobs: [product(square(256)), product(size, nameOf(square(256)))] }
    })
}
