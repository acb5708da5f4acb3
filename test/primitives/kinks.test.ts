import { describe, expect, it } from 'vitest'
import { o } from '../../src/primitives/vocabulary.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { makeTensor } from '../../src/tensor/makeTensor.ts'
import { jvp } from '../../src/transform/jvp.ts'
import { vjp } from '../../src/transform/vjp.ts'
import { isNode } from '../../src/program/node.ts'

type Scalar = (x: Tensor) => Tensor

const vector = (...values: number[]): Tensor => makeTensor(new Float64Array(values))

/** A constant inside f that tracing does not know as a literal. */
const held = (value: number): Tensor => vector(value)

const ones = (x: Tensor): Tensor => (isNode(x) ? o.full(x.shape, 1) : vector(...x.data.map(() => 1)))
const forward =
  (f: Scalar): Scalar =>
  (x) =>
    jvp(f, [x], [ones(x)])[1]
const reverse =
  (f: Scalar): Scalar =>
  (x) =>
    vjp(f, x)[1](ones(x))[0]

/** Derivative of that order at x, each order in forward and in reverse mode: they must agree. */
const derivative = (f: Scalar, x: number, order: number): number => {
  const modes = Array.from({ length: 2 ** order }, (_, bits) =>
    Array.from({ length: order }, (__, i) => ((bits >> i) & 1 ? forward : reverse)).reduce((g, mode) => mode(g), f)
  )
  const values = modes.map((g) => g(vector(x)).data[0]!)
  for (const value of values)
    if (Number.isNaN(values[0])) expect(value).toBeNaN()
    else expect(value).toBeCloseTo(values[0]!, 12)
  return values[0]! + 0
}

const derivatives = (f: Scalar, x: number, orders: number): readonly number[] =>
  Array.from({ length: orders + 1 }, (_, order) => derivative(f, x, order))

describe('at a kink', () => {
  it('abs has slope 0', () => expect(derivatives(o.abs, 0, 2)).toEqual([0, 0, 0]))
  it('max and min share the slope at a tie', () => {
    expect(derivatives((x) => o.max(x, 0), 0, 2)).toEqual([0, 0.5, 0])
    expect(derivatives((x) => o.min(x, 0), 0, 2)).toEqual([0, 0.5, 0])
    expect(derivatives((x) => o.max(x, x), 3, 1)).toEqual([3, 1])
    expect(derivatives((x) => o.max(o.mul(x, 2), o.mul(x, x)), 2, 2)).toEqual([4, 3, 1])
  })
  it('select follows the branch it takes', () => {
    const relu: Scalar = (x) => o.select(o.compare(x, 0, 'gt'), x, 0)
    expect(derivatives(relu, 0, 1)).toEqual([0, 0])
    expect(derivatives(relu, 1, 2)).toEqual([1, 1, 0])
  })
  it('sqrt has slope infinity at 0', () => expect(derivative(o.sqrt, 0, 1)).toBe(Infinity))
})

describe('softplus', () => {
  it('has the derivatives of logistic, at 0 too', () => {
    expect(derivatives(o.softplus, 0, 3)).toEqual([Math.log(2), 0.5, 0.25, 0])
  })
  it('keeps relative precision of its derivatives in both tails', () => {
    const tail = Math.exp(-40)
    for (const [x, order] of [
      [-40, 1],
      [-40, 2],
      [40, 2]
    ] as const)
      // prettier-ignore
      expect(derivative(o.softplus, x, order) / tail).toBeCloseTo(1, 14)
  })
})

describe('an untaken branch', () => {
  it('sends no tangents where the argument is made safe', () => {
    const safeRoot: Scalar = (x) => {
      const positive = o.compare(x, 0, 'gt')
      return o.select(positive, o.sqrt(o.select(positive, x, 1)), 0)
    }
    expect(derivatives(safeRoot, 0, 2)).toEqual([0, 0, 0])
  })
})

describe.for([
  ['a literal', (n: number) => n],
  ['a tensor', held]
] as const)('pow with an exponent that is %s', ([, exponent]) => {
  const power =
    (n: number): Scalar =>
    (x) =>
      o.pow(x, exponent(n))

  it('has the derivatives of a monomial at 0', () => {
    expect(derivatives(power(3), 0, 4)).toEqual([0, 0, 0, 6, 0])
    expect(derivatives(power(2), 0, 3)).toEqual([0, 0, 2, 0])
    expect(derivatives(power(1), 0, 2)).toEqual([0, 1, 0])
    expect(derivatives(power(0), 0, 2)).toEqual([1, 0, 0])
  })
  it('and at a negative base', () => {
    expect(derivatives(power(3), -2, 4)).toEqual([-8, 12, -12, 6, 0])
    expect(derivatives(power(-2), -2, 2)).toEqual([0.25, 0.25, 0.375])
  })
})

describe('pow in its exponent', () => {
  const of =
    (base: number): Scalar =>
    (y) =>
      o.pow(held(base), y)
  it('is an exponential', () => {
    const log2 = Math.log(2)
    derivatives(of(2), 3, 2).forEach((value, n) => expect(value).toBeCloseTo(8 * log2 ** n, 12))
  })
  it('is flat at base 0', () => expect(derivatives(of(0), 2, 2)).toEqual([0, 0, 0]))
  it('has no slope at a negative base', () => expect(derivative(of(-2), 2, 1)).toBeNaN())
  it('has the mixed derivative 1 / x at exponent 0', () => {
    const slope: Scalar = (y) => jvp((x: Tensor) => o.pow(x, y), [vector(4)], [vector(1)])[1]
    expect(jvp(slope, [vector(0)], [vector(1)])[1].data[0]).toBeCloseTo(0.25, 14)
  })
})

describe('stopGradient', () => {
  it('ends tangents at every level of differentiation', () => {
    const f: Scalar = (x) => o.mul(o.stopGradient(o.mul(x, x)), x)
    expect(derivatives(f, 3, 2)).toEqual([27, 9, 0])
    expect(derivatives((x) => o.stopGradient(x), 3, 2)).toEqual([3, 0, 0])
  })
})
