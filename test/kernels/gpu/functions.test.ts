import { describe, expect, it } from 'vitest'
import type { BinaryName, Scalar, UnaryName } from '../../../kernels/nest/expression.ts'
import { axis, binary, load, unary } from '../../../kernels/nest/expression.ts'
import type { Operand } from '../../../kernels/nest/interpret.ts'
import { trialOf } from './jobs.ts'
import { runInPipeline } from './running.ts'

const elements = (body: (...xs: readonly Scalar[]) => Scalar, ...xs: readonly Float32Array[]) => {
  const shape = [xs[0]!.length]
  const operands: readonly Operand[] = xs.map((data) => ({ data, shape }))
  const nest = {
    kind: 'nest',
    domain: shape,
    dtype: 'float32',
    body: body(...xs.map((_, i) => load(i, [axis(0)], 'float32')))
  } as const
  const job = trialOf(nest, operands)
  return { job, expected: job.expected }
}

/** Both signs of all magnitudes, and a fine grid where functions bend. */
const everywhere = Float32Array.from([
  ...Array.from({ length: 2001 }, (_, i) => (i - 1000) / 100),
  ...Array.from({ length: 1500 }, (_, i) => (i % 2 === 0 ? 1 : -1) * 2 ** ((i - 750) / 6)),
  ...[0, -0, Infinity, -Infinity, NaN, 0.3, -0.3, 0.5, -0.5, 0.84375, 44.5, 88.8, -88.8, 89.5, 104]
])

/** The greatest error relative to the value; below the smallest normal number none is asked for. */
const relativeError = (actual: ArrayLike<number>, expected: ArrayLike<number>): readonly [number, number] => {
  let [worst, at] = [0, -1]
  for (let i = 0; i < expected.length; i++) {
    const [a, e] = [actual[i]!, expected[i]!]
    if (Object.is(a, e) || a === e || Math.abs(a - e) < 2 ** -126) continue
    const error = Math.abs(a - e) / Math.abs(e)
    if (!(error <= worst)) [worst, at] = [Number.isNaN(error) ? Infinity : error, i]
  }
  return [worst, at]
}

const bounds: Readonly<Record<UnaryName, number>> = {
  neg: 0,
  exp: 0,
  log: 0,
  log1p: 3e-7,
  expm1: 4e-7,
  sin: 0,
  cos: 0,
  tanh: 4e-7,
  logistic: 3e-7,
  softplus: 4e-7,
  erf: 4e-7,
  sqrt: 0,
  abs: 0,
  sign: 0,
  floor: 0
}

describe.each(['webasm', 'cpu'] as const)('on %s', (mode) => {
  it.each(Object.entries(bounds) as [UnaryName, number][])(
    '%s is right within %d of its value, on all numbers',
    async (name, bound) => {
      const { job, expected } = elements((x) => unary(name, x), everywhere)
      const [actual] = (await runInPipeline(mode, [job])).results
      const [error, at] = relativeError(actual!, expected)
      expect(error, `f(${everywhere[at]}) = ${actual![at]}, not ${expected[at]}`).toBeLessThanOrEqual(bound)
    }
  )

  const bases = [-3, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3, NaN, Infinity, -Infinity]
  const exponents = [-3, -2.5, -2, -1, -0.5, 0, 0.5, 1, 2, 2.5, 3, 4, 16777216, NaN, Infinity]
  const pairs = bases.flatMap((x) => exponents.map((y) => [x, y] as const))
  const [x, y] = [Float32Array.from(pairs, ([a]) => a), Float32Array.from(pairs, ([, b]) => b)]
  it.each(['pow', 'max', 'min', 'add', 'sub', 'mul', 'div'] satisfies BinaryName[])(
    '%s is right for any two numbers',
    async (name) => {
      const { job, expected } = elements((a, b) => binary(name, a, b), x, y)
      const [actual] = (await runInPipeline(mode, [job])).results
      const wrong = pairs.flatMap(([a, b], i) =>
        Object.is(actual![i], expected[i]) || Math.abs(actual![i]! - expected[i]!) <= 1e-6 * Math.abs(expected[i]!)
          ? []
          : [`${name}(${a}, ${b}) = ${actual![i]}, not ${expected[i]}`]
      )
      expect(wrong).toEqual([])
    }
  )
})
