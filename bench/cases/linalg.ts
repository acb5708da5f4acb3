import { cholesky, eigh, qr, singularValues, svd, triangularSolve } from '../../src/index.ts'
import type { Shape, Tensor } from '../../src/index.ts'
import type { Bench } from '../measure/bench.ts'
import { computing } from './computing.ts'
import type { Job } from '../measure/job.ts'
import { jobOf } from '../measure/job.ts'
import { mulberry32, uniform } from '../measure/random.ts'

/** So many n x n matrices. */
interface Size {
  readonly count: number
  readonly n: number
}

interface Decomposition {
  readonly f: (a: Tensor, b: Tensor) => readonly Tensor[]
  readonly shapes: (count: number, n: number) => readonly Shape[]
}

const matrix = (count: number, n: number): Shape => [count, n, n]

const decompositions: Readonly<Record<string, Decomposition>> = {
  cholesky: { f: (a) => [cholesky(a)], shapes: (count, n) => [matrix(count, n)] },
  triangularSolve: { f: (a, b) => [triangularSolve(a, b)], shapes: (count, n) => [matrix(count, n)] },
  eigh: { f: (a) => eigh(a), shapes: (count, n) => [[count, n], matrix(count, n)] },
  qr: { f: (_, b) => qr(b), shapes: (count, n) => [matrix(count, n), matrix(count, n)] },
  svd: { f: (_, b) => svd(b), shapes: (count, n) => [matrix(count, n), [count, n], matrix(count, n)] },
  singularValues: { f: (_, b) => [singularValues(b)], shapes: (count, n) => [[count, n]] }
}

/** Symmetric, with n added to the diagonal: positive definite. */
const definite = ({ count, n }: Size): Tensor => {
  const x = uniform([count, n, n], 1, mulberry32(3))
  const data = x.data.map((value, k) => {
    const [i, j] = [Math.floor(k / n) % n, k % n]
    return (value + x.data[k - i * n - j + j * n + i]!) / 2 + (i === j ? n : 0)
  })
  return { ...x, data }
}

const job = (name: string, size: Size): Job => {
  const { f, shapes } = decompositions[name]!
  const { count, n } = size
  const operands = { a: definite(size), b: uniform([count, n, n], 1, mulberry32(5)) }
  return jobOf(
    { name: `${name} ${count}x${n}x${n}`, script: 'linalg', sizes: { count, n } },
    computing(operands, shapes(count, n), ({ a, b }) => f(a, b))
  )
}

export const linalg: Bench = {
  name: 'linalg',
  groups: () =>
    Object.keys(decompositions).map((name) => ({
      jobs: [
        { count: 8, n: 64 },
        { count: 2, n: 256 }
      ].map((size) => job(name, size))
    }))
}
