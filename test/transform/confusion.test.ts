import { describe, expect, it } from 'vitest'
import { add, div, mul, pow, square, sub } from '../../src/ops/arithmetic.ts'
import { where, greater } from '../../src/ops/comparison.ts'
import { stopGradient } from '../../src/ops/conversion.ts'
import { tensor } from '../../src/ops/creation.ts'
import { exp, log, sqrt } from '../../src/ops/elementary.ts'
import { mean, sum } from '../../src/ops/reduction.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { treeLeaves } from '../../src/tensor/tree.ts'
import { grad } from '../../src/transform/grad.ts'
import { jvp } from '../../src/transform/jvp.ts'
import { linearize } from '../../src/transform/linearize.ts'
import { vjp } from '../../src/transform/vjp.ts'
import { vmap } from '../../src/transform/vmap.ts'
import { double, drawn } from '../support/smooth.ts'
import { mlpParams, tanhCritic } from './networks.ts'
import type { Params } from './networks.ts'

type Scalar = (x: Tensor) => Tensor
const derivatives: Readonly<Record<string, (f: Scalar) => Scalar>> = {
  forward: (f) => (x) => jvp(f, [x], [tensor(1)])[1],
  reverse: (f) => grad(f),
  linearized: (f) => (x) => linearize(f, x)[1](tensor(1)),
  pulled: (f) => (x) => vjp(f, x)[1](tensor(1))[0]
}
const kinds = Object.keys(derivatives)
const pairs = kinds.flatMap((outer) => kinds.map((inner) => [outer, inner] as const))

describe.each(pairs)('%s over %s keeps perturbations apart', (outer, inner) => {
  const [d, e] = [derivatives[outer]!, derivatives[inner]!]
  const at = (f: Scalar, x: number): number => f(double([x], [])).data[0]!

  it('d/dx x (d/dy (x + y)) = 1', () => {
    expect(
      at(
        d((x) => mul(x, e((y) => add(x, y))(tensor(1)))),
        1
      )
    ).toBe(1)
  })

  it('d/dx x (d/dy x y) = 2 x', () => {
    expect(
      at(
        d((x) => mul(x, e((y) => mul(x, y))(tensor(2)))),
        3
      )
    ).toBe(6)
  })

  it('d/dx (d/dy x y²) at y = x is the derivative of 2 x²', () => {
    expect(
      at(
        d((x) => e((y) => mul(x, square(y)))(x)),
        3
      )
    ).toBe(12)
  })

  it('a derivative that is returned as a function keeps its own variable', () => {
    // Manzyuk et al., Perturbation confusion in forward automatic differentiation of higher-order functions (2019).
    const shifted =
      (offset: Tensor) =>
      (f: Scalar): Scalar =>
      (x) =>
        f(add(x, offset))
    const h = (y: Tensor): Tensor => e((x) => shifted(y)(shifted(y)(exp))(x))(tensor(0))
    expect(at(d(h), 0.5)).toBeCloseTo(2 * Math.exp(1), 12)
  })

  it('a constant function of the outer variable has no derivative, whatever the inner one does', () => {
    expect(
      at(
        d((x) => sub(e((y) => mul(y, x))(tensor(5)), x)),
        2
      )
    ).toBe(0)
  })

  it('three deep', () => {
    const f: Scalar = (x) => e((y) => mul(y, e((z) => mul(mul(x, y), z))(y)))(x)
    // d/dy (y · x y) at y = x is 2 x², whose derivative is 4 x.
    expect(at(d(f), 3)).toBe(12)
  })
})

describe('arguments that are not differentiated', () => {
  const critic = (x: Tensor, w: Tensor): Tensor => sum(mul(w, pow(x, 3)))
  const penalty = (w: Tensor, x: Tensor): Tensor => sum(square(grad(critic)(x, w)))
  const byClosure = (w: Tensor, x: Tensor): Tensor => sum(square(grad((y: Tensor) => critic(y, w))(x)))

  it('pass derivatives of an outer gradient', () => {
    // (3 w x²)² has the derivative 18 w x⁴ with respect to w.
    expect([...grad(penalty)(double([4]), double([2])).data]).toEqual([1152])
    expect([...grad(byClosure)(double([4]), double([2])).data]).toEqual([1152])
  })

  it('pass them in the gradient penalty of a critic, like captured ones', () => {
    const x = drawn(1, [5, 2])
    const params = mlpParams(2, 2, 4, 1)
    const gp = (slopes: Tensor): Tensor => mean(square(sub(sqrt(sum(square(slopes), { axes: [1] })), 1)))
    const total = (at: Tensor, p: Params): Tensor => sum(tanhCritic(p, at))
    const passed = grad((p: Params) => gp(grad(total)(x, p)))(params)
    const captured = grad((p: Params) => gp(grad((at: Tensor) => total(at, p))(x)))(params)
    const second = grad((p: Params) => gp(grad((q: Params, at: Tensor) => total(at, q), { argnums: 1 })(p, x)))(params)
    const numbers = (tree: Params): readonly number[] => treeLeaves(tree).flatMap(({ data }) => [...data])
    expect(numbers(passed)).toEqual(numbers(captured))
    expect(numbers(second)).toEqual(numbers(captured))
    expect(numbers(passed).some((value) => Math.abs(value) > 1e-3)).toBe(true)
    const step = 1e-5
    const shifted = (by: number): number => {
      const [first, ...rest] = params
      const w = { ...first!.w, data: Float64Array.from(first!.w.data, (value, i) => value + (i === 0 ? by : 0)) }
      return gp(grad(total)(x, [{ ...first!, w }, ...rest])).data[0]!
    }
    expect(passed[0]!.w.data[0]).toBeCloseTo((shifted(step) - shifted(-step)) / (2 * step), 7)
  })
})

describe('values of outer traces', () => {
  it('may be closed over at any depth', () => {
    const f: Scalar = (a) => {
      const inside = (b: Tensor): Tensor => {
        const lane = (c: Tensor): Tensor => jvp((e: Tensor) => mul(mul(a, b), mul(c, square(e))), [b], [a])[1]
        return sum(vmap((c: Tensor) => mul(mul(a, b), lane(c)))(tensor([1, 2])))
      }
      return grad(inside)(mul(a, a))
    }
    // Inside: a b · (a b c · 2 b a) = 2 c a³ b³; over c = 1 and 2, 6 a³ b³; its derivative 18 a³ b² at b = a² is 18 a⁷.
    expect(f(double([2], [])).data[0]).toBe(18 * 2 ** 7)
    expect(grad(f)(double([2], [])).data[0]).toBe(126 * 2 ** 6)
  })

  it('flow into vjp and linearize that are used where they were made', () => {
    const f: Scalar = (a) => {
      const [, pullback] = vjp((x: Tensor) => mul(a, square(x)), a)
      const [, push] = linearize((x: Tensor) => mul(a, square(x)), a)
      return add(pullback(a)[0], push(a))
    }
    // Both are a · 2 a · a.
    expect(grad(f)(double([3], [])).data[0]).toBe(4 * 3 * 9)
  })
})

describe('stopGradient', () => {
  it('cuts every order and mode', () => {
    const f: Scalar = (x) => mul(stopGradient(square(x)), x)
    expect(grad(f)(double([3], [])).data[0]).toBe(9)
    expect(grad(grad(f))(double([3], [])).data[0]).toBe(0)
    expect(jvp((x: Tensor) => grad(f)(x), [double([3], [])], [double([1], [])])[1].data[0]).toBe(0)
    expect(jvp(f, [double([3], [])], [double([1], [])])[1].data[0]).toBe(9)
  })

  it('of an outer variable cuts the outer derivative from inside an inner one', () => {
    const f: Scalar = (x) => grad((y: Tensor) => mul(stopGradient(x), square(y)))(x)
    // 2 x̄ y at y = x: only y moves.
    expect(grad(f)(double([3], [])).data[0]).toBe(6)
  })
})

describe('zeros that are known', () => {
  it('never meet an infinity', () => {
    const f = (x: Tensor): Tensor => mul(stopGradient(div(1, x)), 2)
    expect(grad((x: Tensor) => add(sum(f(x)), sum(x)))(double([0])).data[0]).toBe(1)
    expect(jvp((x: Tensor) => add(x, log(stopGradient(x))), [double([0])], [double([1])])[1].data[0]).toBe(1)
  })

  it('do not protect a branch that is not taken: two wheres do', () => {
    const unsafe = (x: Tensor): Tensor => sum(where(greater(x, 0), sqrt(x), 0))
    const safe = (x: Tensor): Tensor => {
      const positive = greater(x, 0)
      return sum(where(positive, sqrt(where(positive, x, 1)), 0))
    }
    expect(grad(unsafe)(double([0])).data[0]).toBeNaN()
    expect(grad(safe)(double([0])).data[0]).toBe(0)
    expect(grad((x: Tensor) => sum(grad(safe)(x)))(double([0])).data[0]).toBe(0)
  })

  it('leave the branch of a where that is constant out of the derivative', () => {
    const f = (x: Tensor): Tensor => sum(where(greater(x, 0), x, log(tensor([0]))))
    expect(grad(f)(double([2])).data[0]).toBe(1)
    expect(jvp(f, [double([2])], [double([1])])[1].data[0]).toBe(1)
  })

  it('come out as zeros where a result does not depend on a variable', () => {
    const [, dy] = jvp((x: Tensor) => [tensor([1, 2]), mul(x, 0), x] as const, [double([3])], [double([1])])
    expect(dy.map(({ data }) => [...data])).toEqual([[0, 0], [0], [1]])
    expect([...grad((_: Tensor) => tensor(1))(double([1, 2])).data]).toEqual([0, 0])
  })
})
