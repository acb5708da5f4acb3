/** Solving and spectra of maps that are given as functions. */
import { describe, expect, it } from 'vitest'
import { Program, tensor } from '../../src/index.ts'
import { conjugateGradient } from '../../src/linalg/conjugateGradient.ts'
import { singularValues } from '../../src/linalg/decompositions.ts'
import { lanczos, powerIteration } from '../../src/linalg/krylov.ts'
import { solve } from '../../src/linalg/solve.ts'
import { add, mul } from '../../src/ops/arithmetic.ts'
import { sqrt, tanh } from '../../src/ops/elementary.ts'
import { matmul } from '../../src/ops/matmul.ts'
import { sum } from '../../src/ops/reduction.ts'
import { transpose } from '../../src/ops/shaping.ts'
import { errorAgainst } from '../../src/tensor/compare.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { grad } from '../../src/transform/grad.ts'
import { jacfwd } from '../../src/transform/jacobian.ts'
import { jvp } from '../../src/transform/jvp.ts'
import { vjp } from '../../src/transform/vjp.ts'
import { drawsFrom, drawTensor } from '../support/draws.ts'

const random = (shape: readonly number[], seed: number): Tensor => {
  const d = drawsFrom(seed)
  return drawTensor(shape, () => d.real(-1, 1))
}
const near = (actual: Tensor, expected: Tensor, tolerance: number): void => {
  expect(errorAgainst(actual.data, expected.data)).toBeLessThan(tolerance)
}

const x = random([6, 5], 1)
/** Positive definite. */
const a = matmul(transpose(x), x)
const b = random([5], 2)

describe('conjugateGradient', () => {
  it('solves in as many steps as there are numbers, and no more move it', () => {
    for (const steps of [5, 9])
      near(
        conjugateGradient((v: Tensor) => matmul(a, v), b, { steps }),
        solve(a, b),
        1e-9
      )
    const early = conjugateGradient((v: Tensor) => matmul(a, v), b, { steps: 2 })
    expect(errorAgainst(early.data, solve(a, b).data)).toBeGreaterThan(1e-3)
  })
  it('of 0 is 0, and its gradient is finite', () => {
    const solution = (right: Tensor): Tensor => conjugateGradient((v: Tensor) => matmul(a, v), right, { steps: 3 })
    const none = mul(b, 0)
    expect(solution(none).data.every((value) => value === 0)).toBe(true)
    expect(grad((right: Tensor) => sum(solution(right)))(none).data.every(Number.isFinite)).toBe(true)
  })
  it('takes trees, and differentiates by what the map closes over', () => {
    const tree = { first: random([2], 3), second: [random([1, 3], 4)] as [Tensor] }
    const apply = (m: Tensor, v: typeof tree): typeof tree => ({
      first: mul(v.first, sum(m)),
      second: [mul(v.second[0], 2)]
    })
    const solution = conjugateGradient((v: typeof tree) => apply(a, v), tree, { steps: 2 })
    near(solution.second[0], mul(tree.second[0], 0.5), 1e-12)
    // For maps that are symmetric: of others it solves nothing.
    const symmetric = (m: Tensor): Tensor => mul(add(m, transpose(m)), 0.5)
    const value = (m: Tensor): Tensor => sum(conjugateGradient((v: Tensor) => matmul(symmetric(m), v), b, { steps: 5 }))
    near(grad(value)(a), grad((m: Tensor) => sum(solve(symmetric(m), b)))(a), 1e-6)
  })
})

describe('a solution that is there', () => {
  it('stays, in single precision too, however small what is left of b', () => {
    const single = (x: Tensor): Tensor => ({ ...x, data: Float32Array.from(x.data) })
    const almost = single(add(mul(a, 1e-4), tensor(Float64Array.from({ length: 25 }, (_, i) => Number(i % 6 === 0)), [5, 5]))) // prettier-ignore
    for (const scale of [1, 1e-9, 1e-16, 1e9]) {
      const right = single(mul(b, scale))
      const solution = (v: Tensor): Tensor => conjugateGradient((u: Tensor) => matmul(almost, u), v, { steps: 40 })
      near(mul(solution(right), 1 / scale), mul(solve(almost, right), 1 / scale), 1e-6)
      expect(grad((v: Tensor) => sum(solution(v)))(right).data.every((x) => Math.abs(x) < 10)).toBe(true)
    }
  })
})

it.each<readonly [string, (steps: number) => Program.Program]>([
  ['conjugateGradient', (steps) => Program.of((v: Tensor) => conjugateGradient((u: Tensor) => matmul(a, u), v, { steps }), b)],
  ['its gradient', (steps) => Program.of(grad((v: Tensor) => sum(conjugateGradient((u: Tensor) => matmul(a, u), v, { steps }))), b)],
  ['powerIteration', (steps) => Program.of((v: Tensor) => powerIteration((u: Tensor) => matmul(a, u), v, { steps }), b)],
  ['lanczos', (steps) => Program.of((v: Tensor) => lanczos((u: Tensor) => matmul(a, u), v, { steps }), b)]
])('the program of %s is no longer for more steps', (_, program) => {
  expect(Program.count(program(4))).toEqual(Program.count(program(3)))
}) // prettier-ignore

describe('powerIteration and lanczos', () => {
  const weights = random([4, 3], 6)
  const network = (z: Tensor): Tensor => tanh(matmul(weights, z))
  const z = random([3], 7)
  /** v -> J' (J v), without J. */
  const gram =
    (point: Tensor) =>
    (v: Tensor): Tensor => {
      const [, pullback] = vjp(network, point)
      return pullback(jvp(network, [point], [v])[1])[0]
    }
  const spectrum = (point: Tensor): Tensor => singularValues(jacfwd(network)(point))

  it('find the largest singular value of a Jacobian, and its derivative', () => {
    const exact = grad((point: Tensor) => sum(mul(spectrum(point), { ...z, data: new Float64Array([1, 0, 0]) })))(z)
    const byPower = (point: Tensor): Tensor => sqrt(powerIteration(gram(point), random([3], 8), { steps: 200 })[0])
    expect(byPower(z).data[0]).toBeCloseTo(spectrum(z).data[0]!, 10)
    near(grad(byPower)(z), exact, 1e-8)
  })
  it('lanczos gives all of them after as many steps as dimensions, with their derivatives', () => {
    const values = (point: Tensor): Tensor => lanczos(gram(point), random([3], 9), { steps: 3 })
    const exact = (point: Tensor): Tensor => mul(spectrum(point), spectrum(point))
    expect([...values(z).data].reverse().map((value, i) => value - exact(z).data[i]!)).toSatisfy((errors: number[]) =>
      errors.every((error) => Math.abs(error) < 1e-12)
    )
    near(grad((point: Tensor) => sum(values(point)))(z), grad((point: Tensor) => sum(exact(point)))(z), 1e-10)
  })
  it('lanczos finds the outermost ones early', () => {
    const diagonal = { ...random([60], 1), data: Float64Array.from({ length: 60 }, (_, i) => (i === 59 ? 100 : i)) }
    const values = lanczos((v: Tensor) => mul(diagonal, v), random([60], 5), { steps: 12 })
    expect(values.data[11]).toBeCloseTo(100, 8)
  })
  it('lanczos adds zeros where the start lies in a smaller space that the map keeps', () => {
    const diagonal = tensor(Float64Array.of(1, 2, 3, 4, 5), [5])
    const few = tensor(Float64Array.of(0.3, 0, 0.7, 0, 0), [5])
    const values = lanczos((v: Tensor) => mul(diagonal, v), few, { steps: 5 })
    near(values, tensor(Float64Array.of(0, 0, 0, 1, 3), [5]), 1e-14)
  })
  it('a vector of length 0 stays one', () => {
    const [value, vector] = powerIteration((v: Tensor) => matmul(a, v), mul(b, 0), { steps: 2 })
    expect([value.data[0], ...vector.data]).toEqual([0, 0, 0, 0, 0, 0])
  })
  it('what does not fit is refused', () => {
    expect(() => lanczos((v: Tensor) => v, b, { steps: 6 })).toThrow('at most 5 steps')
    expect(() => conjugateGradient((v: Tensor) => matmul(x, v), b, { steps: 1 })).toThrow('ShapeMisfit in conjugateGradient: expected a result of the map shaped like the vector') // prettier-ignore
    expect(() => powerIteration((v: Tensor) => v, b, { steps: 0 })).toThrow('InvalidArgument in powerIteration')
  })
})
