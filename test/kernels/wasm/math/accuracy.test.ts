import { describe, expect, it } from 'vitest'
import type { UnaryName } from '../../../../src/nest/functions.ts'
import { erf, logistic, softplus } from '../../../../src/nest/special.ts'
import { pow } from '../../../../kernels/wasm/math/index.ts'
import { floatOf, patternOf, ulps } from '../support/ulp.ts'
import { block, vectorFunction } from '../support/vectorFunction.ts'

/** Points a function, spread over all bit patterns; SADDLEPOINT_MATH_POINTS=4294967296 is every float. */
const points = Number(process.env['SADDLEPOINT_MATH_POINTS'] ?? 2 ** 20)
const report = process.env['SADDLEPOINT_MATH_REPORT'] !== undefined

const exact: Readonly<Record<UnaryName, (x: number) => number>> = {
  neg: (x) => -x,
  exp: Math.exp,
  log: Math.log,
  log1p: Math.log1p,
  expm1: Math.expm1,
  sin: Math.sin,
  cos: Math.cos,
  tanh: Math.tanh,
  logistic,
  softplus,
  erf,
  sqrt: Math.sqrt,
  abs: Math.abs,
  sign: Math.sign,
  floor: Math.floor
}

/** Where a function changes its ways, overflows, underflows or saturates. */
const thresholds: readonly number[] = [
  0,
  1,
  -1,
  -104,
  -103.97208,
  -103.27893,
  -88.72284,
  -87.33655,
  -88,
  88,
  88.72284,
  89,
  -17.32868,
  9.01,
  8.66434,
  10,
  0.34657,
  0.5,
  0.70710678,
  1.41421356,
  -0.29289322,
  0.41421356,
  0.9277,
  3.8325,
  4,
  -16.635532,
  16.635532,
  Math.PI / 4,
  Math.PI / 2,
  Math.PI,
  2 * Math.PI,
  1.17549435e-38,
  2 ** -26,
  2 ** -24,
  2 ** 22,
  2 ** 23,
  2 ** 24,
  2 ** 28,
  2 ** 31,
  Infinity,
  3.4028235e38
]

/** Calls `use` with blocks of floats. */
const sweep = (x: Float32Array, use: (count: number) => void): void => {
  let count = 0
  const add = (value: number): void => {
    x[count++] = value
    if (count === block) {
      use(count)
      count = 0
    }
  }
  const step = 2 ** 32 / points
  for (let pattern = 0; pattern < 2 ** 32; pattern += step) add(floatOf(Math.floor(pattern) | 0))
  for (const at of thresholds.flatMap((value) => [value, -value]))
    for (let i = -256; i <= 256; i++) add(floatOf((patternOf(at) + i) | 0))
  // Where numbers in networks are.
  for (let i = 0; i < points / 8; i++) add(20 * (i / (points / 8)) - 10)
  while (count % 4 !== 0) x[count++] = NaN
  use(count)
}

describe('functions of one float', () => {
  it.each(Object.keys(exact) as UnaryName[])('%s is within 4 ulp', (name) => {
    const { x, result, run } = vectorFunction((math) => math[name])
    const f = exact[name]
    let worst = 0
    let at = 0
    let zeros = 0
    sweep(x, (count) => {
      run(count)
      for (let i = 0; i < count; i++) {
        const value = f(x[i]!)
        const error = ulps(result[i]!, value)
        if (error > worst) [worst, at] = [error, x[i]!]
        if (error === 0 && value === 0 && !Object.is(value, result[i])) zeros++
      }
    })
    if (report) console.log(`${name.padEnd(9)} ${String(worst)} ulp at ${String(at)}`)
    expect(worst, `at ${String(at)}`).toBeLessThanOrEqual(4)
    expect(zeros, 'zeros of the wrong sign').toBe(0)
  })
})

describe('pow', () => {
  const { x, y, result, run } = vectorFunction(() => pow)
  const check = (count: number): readonly [number, number, number] => {
    run(count)
    let worst: readonly [number, number, number] = [0, 0, 0]
    for (let i = 0; i < count; i++) {
      const error = ulps(result[i]!, Math.pow(x[i]!, y[i]!))
      if (error > worst[0]) worst = [error, x[i]!, y[i]!]
    }
    return worst
  }

  it('has the special values of Math.pow', () => {
    const special = [
      0,
      -0,
      1,
      -1,
      2,
      -2,
      3,
      -3,
      0.5,
      -0.5,
      1.5,
      -2.5,
      Infinity,
      -Infinity,
      NaN,
      1e-45,
      -1e-45,
      3e38,
      -3e38,
      2 ** 24,
      2 ** 24 - 1,
      -(2 ** 23) - 1,
      0.99999994,
      1.0000001
    ]
    special.forEach((a, i) =>
      special.forEach((b, j) => {
        x[i * special.length + j] = a
        y[i * special.length + j] = b
      })
    )
    expect(check(special.length ** 2)).toEqual([
      expect.toSatisfy((n: number) => n <= 1),
      expect.any(Number),
      expect.any(Number)
    ])
    for (let i = 0; i < special.length ** 2; i++)
      expect(Object.is(result[i], Math.fround(Math.pow(x[i]!, y[i]!))), `${x[i]!} ^ ${y[i]!}`).toBe(true)
  })

  it('is within 4 ulp', () => {
    let state = 1
    const random = (): number => (state = (Math.imul(state, 1664525) + 1013904223) | 0)
    let worst: readonly [number, number, number] = [0, 0, 0]
    for (let n = 0; n < points; n += block) {
      for (let i = 0; i < block; i++) {
        // Any base, and an exponent for which the power is a float more often than not.
        x[i] = i % 2 === 0 ? floatOf(random()) : Math.abs(floatOf(random()))
        const kind = i % 4
        y[i] =
          kind < 2
            ? (random() / 2 ** 31) * (150 / Math.max(1e-9, Math.abs(Math.log2(Math.abs(x[i]!)))))
            : kind === 2
              ? random() >> 27
              : floatOf(random())
      }
      const found = check(block)
      if (found[0] > worst[0]) worst = found
    }
    if (report) console.log(`pow       ${worst.join()}`)
    expect(worst[0], worst.join()).toBeLessThanOrEqual(4)
  })
})
