import { describe, expect, it } from 'vitest'
import type { Scalar } from '../../../../src/nest/expression.ts'
import type { BinaryName, UnaryName } from '../../../../src/nest/functions.ts'
import { axis, binary, literal, load, unary } from '../../../../src/nest/expression.ts'
import type { Operand } from '../../../../src/nest/interpret.ts'
import { gpuModes } from '../../../support/gpuModes.ts'
import { trialOf } from '../support/jobs.ts'
import type { SiteOptions } from '../support/running.ts'
import { runInPipeline } from '../support/running.ts'

const elements = (
  body: (...xs: readonly Scalar[]) => Scalar,
  xs: readonly Float32Array[],
  options: SiteOptions = {}
) => {
  const shape = [xs[0]!.length]
  const operands: readonly Operand[] = xs.map((data) => ({ data, shape }))
  const nest = {
    kind: 'nest',
    domain: shape,
    dtype: 'float32',
    body: body(...xs.map((_, i) => load(i, [axis(0)], 'float32')))
  } as const
  return trialOf(nest, operands, options)
}

/** Both signs of all magnitudes, and a fine grid where functions bend. */
const everywhere = Float32Array.from([
  ...Array.from({ length: 2001 }, (_, i) => (i - 1000) / 100),
  ...Array.from({ length: 1500 }, (_, i) => (i % 2 === 0 ? 1 : -1) * 2 ** ((i - 750) / 6)),
  ...Array.from({ length: 1024 }, (_, i) => (i - 512) * 15.97),
  ...[0, -0, Infinity, -Infinity, NaN, 0.3, -0.3, 0.5, -0.5, 0.84375, 44.5, 88.7, 88.8, -88.8, 89.5, 104, 8191, 8193]
])

interface Worst {
  readonly error: number
  readonly at: number
}

const worstOf = (errors: readonly number[]): Worst =>
  errors.reduce<Worst>((worst, error, at) => (error <= worst.error ? worst : { error, at }), { error: 0, at: -1 })

/** The greatest error relative to the value; below the smallest normal number none is asked for. */
const relativeError = (actual: Float32Array, expected: ArrayLike<number>): Worst =>
  worstOf(
    Array.from(actual, (a, i) => {
      const e = expected[i]!
      if (Object.is(a, e) || a === e || Math.abs(a - e) < 2 ** -126) return 0
      const error = Math.abs(a - e) / Math.abs(e)
      return Number.isNaN(error) ? Infinity : error
    })
  )

/** The same relative to the largest value. */
const errorOfLargest = (actual: Float32Array, expected: ArrayLike<number>): Worst => {
  const largest = Math.max(...Array.from(expected, Math.abs))
  return worstOf(
    Array.from(actual, (a, i) => {
      const error = Math.abs(a - expected[i]!) / largest
      return Number.isNaN(error) ? Infinity : error
    })
  )
}

const bounds: Readonly<Record<UnaryName, number>> = {
  neg: 0,
  exp: 1.5e-7,
  log: 3e-7,
  log1p: 3e-7,
  expm1: 4e-7,
  sin: 4e-6,
  cos: 4e-6,
  tanh: 4e-7,
  logistic: 4e-7,
  softplus: 4e-7,
  erf: 4e-7,
  sqrt: 0,
  abs: 0,
  sign: 0,
  floor: 0
}

/** Where devices have the number formats of JavaScript, everything is asked; they run with and without e^x of their own. */
const exactModes = gpuModes.filter((mode) => mode === 'webasm' || mode === 'cpu')

describe.each(
  exactModes.flatMap((mode) => [
    { mode, quads: false },
    { mode, quads: true }
  ])
)('on $mode, quads $quads', ({ mode, quads }) => {
  it.each(Object.entries(bounds) as [UnaryName, number][])(
    '%s is right within %d of its value, on all numbers',
    async (name, bound) => {
      const job = elements((x) => unary(name, x), [everywhere], { quads })
      const [actual] = (await runInPipeline(mode, [job])).results
      const { error, at } = relativeError(actual!, job.expected)
      expect(error, `f(${everywhere[at]}) = ${actual![at]}, not ${job.expected[at]}`).toBeLessThanOrEqual(bound)
    }
  )

  const bases = [-3, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3, NaN, Infinity, -Infinity]
  const exponents = [-3, -2.5, -2, -1, -0.5, 0, 0.5, 1, 2, 2.5, 3, 4, 16777216, NaN, Infinity]
  const pairs = bases.flatMap((x) => exponents.map((y) => [x, y] as const))
  const [x, y] = [Float32Array.from(pairs, ([a]) => a), Float32Array.from(pairs, ([, b]) => b)]
  it.each(['pow', 'max', 'min', 'add', 'sub', 'mul', 'div'] satisfies BinaryName[])(
    '%s is right for any two numbers',
    async (name) => {
      const job = elements((a, b) => binary(name, a, b), [x, y], { quads })
      const [actual] = (await runInPipeline(mode, [job])).results
      const wrong = pairs.flatMap(([a, b], i) =>
        Object.is(actual![i], job.expected[i]) ||
        Math.abs(actual![i]! - job.expected[i]!) <= 1e-6 * Math.abs(job.expected[i]!)
          ? []
          : [`${name}(${a}, ${b}) = ${actual![i]}, not ${job.expected[i]}`]
      )
      expect(wrong).toEqual([])
    }
  )
})

const grid = (low: number, high: number, count = 4096): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1))

describe.each(
  gpuModes.flatMap((mode) => [
    { mode, quads: false },
    { mode, quads: true }
  ])
)('of the largest value, on $mode, quads $quads', ({ mode, quads }) => {
  it.each<readonly [UnaryName, number, number]>([
    ['exp', -87, 0],
    ['exp', 0, 30],
    ['exp', 60, 88],
    ['log', 0.97, 1.03],
    ['log', 1e-3, 4],
    ['log', 1, 1e30],
    ['log1p', -0.9, 2],
    ['log1p', -1e-4, 1e-4],
    ['expm1', -1e-4, 1e-4],
    ['expm1', -20, 20],
    ['sin', -10, 10],
    ['sin', -1e-3, 1e-3],
    ['sin', -8000, 8000],
    ['cos', -10, 10],
    ['cos', 1.57, 1.5716],
    ['cos', -8000, 8000],
    ['tanh', -1e-4, 1e-4],
    ['tanh', -200, 200],
    ['logistic', -200, 200],
    ['logistic', -80, -20],
    ['softplus', -200, 200],
    ['softplus', -80, -10],
    ['erf', -4, 4],
    ['erf', -1e-4, 1e-4],
    ['sqrt', 0, 100],
    ['floor', -100, 100],
    ['sign', -1, 1]
  ])('%s is right to 1e-5 from %d to %d', async (name, low, high) => {
    const job = elements((x) => unary(name, x), [grid(low, high)], { quads })
    const [actual] = (await runInPipeline(mode, [job])).results
    const { error, at } = errorOfLargest(actual!, job.expected)
    expect(error, `${actual![at]}, not ${job.expected[at]}`).toBeLessThan(1e-5)
  })

  it.each<readonly [string, number, number, number, number]>([
    ['decays of averages', 0.9, 0.9999, 1, 1],
    ['decays over many steps', 0.99, 0.9999, 1, 3000],
    ['roots', 0.01, 100, -0.5, 0.5],
    ['powers of broken order', 0.1, 20, -3, 7.5],
    ['large ones', 1, 1e6, 0, 2.9]
  ])('pow is right to 1e-5 for %s', async (_, lowBase, highBase, lowExponent, highExponent) => {
    const [x, y] = [grid(lowBase, highBase), grid(lowExponent, highExponent)]
    const job = elements((a, b) => binary('pow', a, b), [x, y.toSorted((a, b) => Math.sin(a * 1e4) - Math.sin(b * 1e4))], { quads }) // prettier-ignore
    const [actual] = (await runInPipeline(mode, [job])).results
    expect(errorOfLargest(actual!, job.expected).error).toBeLessThan(1e-5)
  })

  it.each([-7, -2, -1, 0, 1, 5, 6, 15])(
    'pow is right to the digit for the number %d, any sign of the base',
    async (n) => {
      const x = Float32Array.from([...grid(-3, 3, 256), -1, 1, 2, -2])
      const job = elements((a) => binary('pow', a, literal(n)), [x], { quads })
      const [actual] = (await runInPipeline(mode, [job])).results
      const { error, at } = relativeError(actual!, job.expected)
      expect(error, `${x[at]}^${n} = ${actual![at]}, not ${job.expected[at]}`).toBeLessThan(1e-6)
    }
  )
})
