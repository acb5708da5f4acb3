/** Functions of matrices against what they are by other ways, to third order, at eigenvalues that are equal, close and apart. */
import { describe, expect, it } from 'vitest'
import {
  add,
  div,
  exp,
  grad,
  hvp,
  inverse,
  jvp,
  log,
  logdet,
  matmul,
  matrixFunction,
  matrixSqrt,
  mul,
  qr,
  sqrt,
  square,
  stack,
  sum,
  tensor,
  transpose,
  vmap
} from '../../src/index.ts'
import { errorAgainst } from '../../src/tensor/compare.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { drawsFrom, drawTensor } from '../support/draws.ts'

const random = (shape: readonly number[], seed: number): Tensor => {
  const d = drawsFrom(seed)
  return drawTensor(shape, () => d.real(-1, 1))
}
const doubles = (shape: readonly number[], values: Iterable<number>): Tensor => tensor(Float64Array.from(values), shape)
const near = (actual: Tensor, expected: Tensor, tolerance: number): void => {
  expect(errorAgainst(actual.data, expected.data)).toBeLessThanOrEqual(tolerance)
}
const n = 4
const q = qr(random([n, n], 3))[0]
const withEigenvalues = (values: readonly number[]): Tensor => matmul(mul(q, doubles([1, n], values)), transpose(q))
const directions = [5, 6, 7].map((seed) => {
  const e = random([n, n], seed)
  return add(e, transpose(e))
})
type Of = (a: Tensor) => Tensor
const along =
  (f: Of, e: Tensor): Of =>
  (a) =>
    jvp(f, [a], [e])[1]
/** A function's derivatives from the zeroth on, each along one more direction, by forward mode. */
const derivatives = (f: Of, order: number): readonly Of[] =>
  directions.slice(0, order).reduce<readonly Of[]>((all, e) => [...all, along(all.at(-1)!, e)], [f])
/** Gradients of what depends on all of f, and of its derivatives, reverse over forward and forward over reverse. */
const gradients = (f: Of): readonly Of[] => {
  const weights = random([n, n], 9)
  const scalar = (g: Of) => (a: Tensor) => sum(mul(g(a), weights))
  return [grad(scalar(f)), grad(scalar(along(f, directions[0]!))), along(grad(scalar(f)), directions[0]!)]
}
const cube = (a: Tensor): Tensor => matmul(a, matmul(a, a))
/** exp by its series, for small matrices. */
const series = (a: Tensor): Tensor => {
  let [all, term] = [withEigenvalues([1, 1, 1, 1]), withEigenvalues([1, 1, 1, 1])]
  for (let k = 1; k < 30; k++) {
    term = mul(matmul(term, a), 1 / k)
    all = add(all, term)
  }
  return all
}

const spectra: Readonly<Record<string, readonly number[]>> = {
  apart: [0.3, 0.7, 1.5, 2],
  'two equal': [0.4, 1.2, 1.2, 2],
  'all equal': [1, 1, 1, 1],
  'two pairs': [0.5, 0.5, 2, 2],
  'two close': [0.4, 1.2, 1.2 + 1e-7, 2],
  'a tenth of a thousandth apart': [0.4, 1.2, 1.2001, 2],
  'over four decades': [1e-3, 1.1e-3, 1, 10]
}

describe.each(Object.entries(spectra))('of eigenvalues %s', (_, spectrum) => {
  const a = withEigenvalues(spectrum)
  it.each<readonly [string, (x: Tensor) => Tensor, (a: Tensor) => Tensor, number]>([
    ['x²', square, (x) => matmul(x, x), 1e-9],
    ['x³', (x) => mul(x, square(x)), cube, 1e-9],
    ['1 / x', (x) => div(1, x), inverse, 1e-7],
    ['√x', sqrt, matrixSqrt, 1e-7],
    ['exp x', (x) => exp(mul(x, 0.1)), (x) => series(mul(x, 0.1)), 1e-9]
  ])('%s is what it is otherwise, and so are its derivatives', (__, f, otherwise, tolerance) => {
    const own = (x: Tensor): Tensor => matrixFunction(f, x)
    const ofSymmetric = (x: Tensor): Tensor => otherwise(mul(add(x, transpose(x)), 0.5))
    const [actual, expected] = [own, ofSymmetric].map((g) => [...derivatives(g, 2), ...gradients(g)])
    const errors = actual!.map((one, i) => errorAgainst(one(a).data, expected![i]!(a).data))
    expect(errors.map((error) => (error <= tolerance ? 0 : error))).toEqual(errors.map(() => 0))
  })
  it('the sum of log over the eigenvalues is logdet, in reverse mode, too', () => {
    const eye = withEigenvalues([1, 1, 1, 1])
    const byTrace = (x: Tensor): Tensor => sum(mul(matrixFunction(log, x), eye))
    near(grad(byTrace)(a), grad(logdet)(a), 1e-8)
    near(hvp(byTrace)(a, directions[0]!), hvp(logdet)(a, directions[0]!), 1e-8)
  })
})

it.each(['two equal', 'over four decades'])('third derivatives of x³ are right, too: %s', (name) => {
  const of = (g: Of): Tensor => derivatives(g, 3)[3]!(withEigenvalues(spectra[name]!))
  near(
    of((x) => matrixFunction((w) => mul(w, square(w)), x)),
    of(cube),
    1e-7
  )
})

it('takes batches, under vmap, too, and reads the symmetric part', () => {
  const [one, two] = [withEigenvalues(spectra['two equal']!), withEigenvalues(spectra['apart']!)]
  const both = stack([one, two])
  const gradient = grad((x: Tensor) => sum(mul(matrixFunction(exp, x), directions[0]!)))
  const expected = stack([gradient(one), gradient(two)])
  near(gradient(both), expected, 1e-12)
  near(vmap(gradient)(both), expected, 1e-12)
  near(gradient(one), transpose(gradient(one)), 1e-12)
})

it('keeps digits between close eigenvalues in single precision', () => {
  const single = (x: Tensor): Tensor => ({ ...x, data: Float32Array.from(x.data) })
  for (const spectrum of Object.values(spectra)) {
    const of = (x: Tensor): Tensor => jvp((y: Tensor) => matrixFunction(square, y), [x], [directions[0]!])[1]
    const a = withEigenvalues(spectrum)
    const [wide, narrow] = [
      of(a),
      jvp((y: Tensor) => matrixFunction(square, y), [single(a)], [single(directions[0]!)])[1]
    ]
    near(narrow, wide, 1e-5)
  }
})

it.each<readonly [string, () => unknown, string]>([
  ['what is no function', () => matrixFunction(3 as never, q), 'InvalidArgument in matrixFunction'],
  ['no square', () => matrixFunction(exp, random([2, 3], 1)), 'ShapeMisfit in matrixFunction: expected square matrices'],
  ['a function that gives another shape', () => matrixFunction((w) => sum(w), withEigenvalues([1, 2, 3, 4])), 'ShapeMisfit in matrixFunction: expected a function that treats each number by itself'],
  ['a function that gives nothing', () => matrixFunction((() => undefined) as never, withEigenvalues([1, 2, 3, 4])), 'got no tensor']
])('refuses %s', (_, f, message) => {
  expect(f).toThrow(message)
}) // prettier-ignore
