import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { add, mul, square } from '../../src/ops/arithmetic.ts'
import { stack } from '../../src/ops/assembly.ts'
import { eye, tensor } from '../../src/ops/creation.ts'
import { cos, exp, log, sin, tanh } from '../../src/ops/elementary.ts'
import { matmul } from '../../src/ops/matmul.ts'
import { sum } from '../../src/ops/reduction.ts'
import { errorAgainst } from '../../src/tensor/compare.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { evaluate } from '../../src/transform/evaluate.ts'
import { grad } from '../../src/transform/grad.ts'
import { hvp } from '../../src/transform/hvp.ts'
import { hessian, jacfwd, jacrev } from '../../src/transform/jacobian.ts'
import { jvp } from '../../src/transform/jvp.ts'
import { linearize } from '../../src/transform/linearize.ts'
import { vjp } from '../../src/transform/vjp.ts'
import { vmap } from '../../src/transform/vmap.ts'
import { seeds } from '../support/arbitraries.ts'
import { double, drawn, inner, smoothMap, smoothScalar } from '../support/smooth.ts'

const close = (actual: Tensor, expected: ArrayLike<number>, tolerance = 1e-10): void => {
  expect(errorAgainst(actual.data, expected)).toBeLessThanOrEqual(tolerance)
}

type Scalar = (x: Tensor) => Tensor
const forward =
  (f: Scalar): Scalar =>
  (x) =>
    jvp(f, [x], [tensor(1)])[1]
const reverse = (f: Scalar): Scalar => grad(f)
const lanes =
  (f: Scalar): Scalar =>
  (x) =>
    sum(vmap(f)(stack([x])))

/** A function of one number and its derivatives, from the 0th. */
const closedForms: readonly (readonly [name: string, f: Scalar, derivatives: readonly ((x: number) => number)[]])[] = [
  ['x^4', (x) => square(square(x)), [(x) => x ** 4, (x) => 4 * x ** 3, (x) => 12 * x ** 2, (x) => 24 * x]],
  ['exp 2x', (x) => exp(mul(2, x)), [0, 1, 2, 3].map((n) => (x: number) => 2 ** n * Math.exp(2 * x))],
  ['sin', sin, [Math.sin, Math.cos, (x) => -Math.sin(x), (x) => -Math.cos(x)]],
  [
    'tanh',
    tanh,
    [
      Math.tanh,
      (x) => 1 - Math.tanh(x) ** 2,
      (x) => -2 * Math.tanh(x) * (1 - Math.tanh(x) ** 2),
      (x) => (1 - Math.tanh(x) ** 2) * (6 * Math.tanh(x) ** 2 - 2)
    ]
  ],
  ['log', log, [Math.log, (x) => 1 / x, (x) => -1 / x ** 2, (x) => 2 / x ** 3]],
  [
    'x sin x',
    (x) => mul(x, sin(x)),
    [
      (x) => x * Math.sin(x),
      (x) => Math.sin(x) + x * Math.cos(x),
      (x) => 2 * Math.cos(x) - x * Math.sin(x),
      (x) => -3 * Math.sin(x) - x * Math.cos(x)
    ]
  ]
]

describe.each(closedForms)('derivatives of %s', (_, f, derivatives) => {
  const kinds = [forward, reverse, (g: Scalar) => reverse(lanes(g)), (g: Scalar) => lanes(forward(g))]
  const chains = kinds.flatMap((a) => kinds.flatMap((b) => kinds.map((c) => [a, b, c] as const)))

  it('agree with the closed form for every nesting of modes, to the third order', () => {
    for (const chain of chains)
      for (const order of [0, 1, 2, 3]) {
        const g = chain.slice(0, order).reduce((inner, kind) => kind(inner), f)
        close(evaluate(g, { precision: 'float64' })(double([0.7], [])), [derivatives[order]!(0.7)])
      }
  })
})

const n = 3
const functions = fc.record({ seed: seeds, at: seeds, along: seeds })
const point = (at: number): Tensor => drawn(at, [n])

describe('derivatives of random functions', () => {
  it('are the same forward and in reverse, at once and through linearize', () => {
    fc.assert(
      fc.property(functions, ({ seed, at, along }) => {
        const [f, x, v, c] = [smoothMap(seed, n), point(at), point(along), point(along + 1)]
        const [y, dy] = jvp(f, [x], [v])
        close(dy, linearize(f, x)[1](v).data)
        close(y, f(x).data, 1e-14)
        const [again, pullback] = vjp(f, x)
        close(again, y.data, 0)
        expect(inner(dy, c)).toBeCloseTo(inner(pullback(c)[0], v), 9)
        const staged = evaluate(
          (at: Tensor, along: Tensor, covector: Tensor) => {
            const [, push] = linearize(f, at)
            const [, pull] = vjp(f, at)
            return [push(along), push(mul(along, 2)), pull(covector)[0]] as const
          },
          { precision: 'float64' }
        )(x, v, c)
        close(staged[0], dy.data)
        close(staged[1], dy.data.map((value) => 2 * value)) // prettier-ignore
        close(staged[2], pullback(c)[0].data)
      })
    )
  })

  it('give the same Jacobian column by column and row by row', () => {
    fc.assert(
      fc.property(functions, ({ seed, at, along }) => {
        const [f, x, v] = [smoothMap(seed, n), point(at), point(along)]
        const [byColumns, byRows] = [jacfwd(f)(x), jacrev(f)(x)]
        expect(byColumns.shape).toEqual([n, n])
        close(byColumns, byRows.data)
        close(matmul(byColumns, v), jvp(f, [x], [v])[1].data)
      })
    )
  })

  it('give one Hessian, which is symmetric, by every nesting', () => {
    fc.assert(
      fc.property(functions, ({ seed, at, along }) => {
        const [f, x, u, v] = [smoothScalar(seed, n), point(at), point(along), point(along + 1)]
        const whole = hessian(f)(x)
        for (const other of [jacrev(jacfwd(f)), jacfwd(jacfwd(f)), jacrev(jacrev(f)), jacrev(grad(f)), jacfwd(grad(f))])
          close(other(x), whole.data)
        close(vmap((unit: Tensor) => hvp(f)(x, unit))(eye(n)), whole.data)
        const product = hvp(f)(x, v)
        close(matmul(whole, v), product.data)
        expect(inner(product, u)).toBeCloseTo(inner(hvp(f)(x, u), v), 9)
        // Reverse over forward, reverse over reverse, forward over forward.
        close(grad((at: Tensor) => jvp(f, [at], [v])[1])(x), product.data)
        close(grad((at: Tensor) => sum(mul(grad(f)(at), v)))(x), product.data)
        close(jvp((at: Tensor) => jvp(f, [at], [u])[1], [x], [v])[1], [inner(product, u)])
      }),
      { numRuns: 40 }
    )
  })

  it('have thirds that agree, by reverse, forward and vmap nested', () => {
    fc.assert(
      fc.property(functions, ({ seed, at, along }) => {
        const [f, x, v] = [smoothScalar(seed, n), point(at), point(along)]
        const third = grad((a: Tensor) => sum(mul(grad((b: Tensor) => sum(mul(grad(f)(b), v)))(a), v)))(x)
        close(jvp((a: Tensor) => hvp(f)(a, v), [x], [v])[1], third.data)
        close(grad((a: Tensor) => jvp((b: Tensor) => jvp(f, [b], [v])[1], [a], [v])[1])(x), third.data)
        const batch = vmap((a: Tensor, along: Tensor) =>
          grad((b: Tensor) => jvp(hvpAlong(f, along), [b], [along])[1])(a)
        )
        close(batch(stack([x, v]), stack([v, x])), [...third.data, ...batch(stack([v]), stack([x])).data])
      }),
      { numRuns: 30 }
    )
  })

  it('are mapped lane by lane: vmap of grad of jvp, jvp of vmap', () => {
    fc.assert(
      fc.property(functions, ({ seed, at, along }) => {
        const [f, xs, vs] = [smoothScalar(seed, n), drawn(at, [2, n]), drawn(along, [2, n])]
        const lane = (x: Tensor, i: number): Tensor => double([...x.data.slice(i * n, (i + 1) * n)])
        const g = (x: Tensor, v: Tensor): Tensor => grad((a: Tensor) => jvp(f, [a], [v])[1])(x)
        const expected = [0, 1].flatMap((i) => [...g(lane(xs, i), lane(vs, i)).data])
        close(vmap(g)(xs, vs), expected)
        close(jvp((batch: Tensor) => vmap(grad(f))(batch), [xs], [vs])[1], expected)
        close(
          grad((batch: Tensor) => sum(vmap((x: Tensor, v: Tensor) => jvp(f, [x], [v])[1])(batch, vs)))(xs),
          expected
        )
      }),
      { numRuns: 40 }
    )
  })
})

const hvpAlong =
  (f: Scalar, along: Tensor): Scalar =>
  (x) =>
    jvp(f, [x], [along])[1]

describe('Jacobians of trees', () => {
  const f = (p: { readonly a: Tensor; readonly b: readonly [Tensor] }, x: Tensor) => ({
    y: mul(p.a, x),
    z: [sum(mul(p.b[0], cos(p.a)))] as const
  })
  const p = { a: double([1, 2]), b: [double([3])] as const }
  const x = double([5, 7])

  it('nest results outside and arguments inside', () => {
    for (const jacobian of [jacfwd(f)(p, x), jacrev(f)(p, x)]) {
      close(jacobian.y.a, [5, 0, 0, 7])
      close(jacobian.y.b[0], [0, 0])
      expect(jacobian.y.b[0].shape).toEqual([2, 1])
      close(jacobian.z[0].a, [-3 * Math.sin(1), -3 * Math.sin(2)])
      close(jacobian.z[0].b[0], [Math.cos(1) + Math.cos(2)])
    }
    for (const jacobian of [jacfwd(f, { argnums: 1 })(p, x), jacrev(f, { argnums: 1 })(p, x)]) {
      close(jacobian.y, [1, 0, 0, 2])
      close(jacobian.z[0], [0, 0])
    }
  })

  it('give the blocks of a Hessian', () => {
    const blocks = hessian((q: { readonly u: Tensor; readonly v: Tensor }) => sum(mul(square(q.u), q.v)))({
      u: double([2]),
      v: double([3])
    })
    close(blocks.u.u, [6])
    close(blocks.u.v, [4])
    close(blocks.v.u, [4])
    close(blocks.v.v, [0])
  })

  it('hold integers still', () => {
    const g = (q: { readonly i: Tensor; readonly w: Tensor }): Tensor => mul(q.w, 2)
    const at = { i: tensor(new Int32Array([1, 2])), w: double([3]) }
    for (const jacobian of [jacfwd(g)(at), jacrev(g)(at)]) {
      close(jacobian.w, [2])
      close(jacobian.i, [0, 0])
    }
  })
})

describe('precision', () => {
  it('is float32 by default, and float64 on request or where a double comes in', () => {
    const f = (x: Tensor): Tensor => sum(exp(x))
    expect(grad(f)(tensor([0.1])).data).toBeInstanceOf(Float32Array)
    expect(grad(f)(double([0.1])).data).toEqual(new Float64Array([Math.exp(0.1)]))
    expect(evaluate(grad(f), { precision: 'float64' })(tensor([0.5])).data).toEqual(new Float64Array([Math.exp(0.5)]))
    expect(evaluate(grad(f))(double([0.1])).data).toEqual(new Float32Array([Math.exp(Math.fround(0.1))]))
  })

  it('follows a captured double, but not a number that is written down inside', () => {
    const x = tensor([1, 2])
    const weights = double([0.1, 0.2])
    expect(grad((y: Tensor) => sum(mul(y, weights)))(x).data).toBeInstanceOf(Float64Array)
    expect(grad((y: Tensor) => sum(mul(y, tensor([0.1, 0.2]))))(x).data).toEqual(new Float32Array([0.1, 0.2]))
    expect(grad((y: Tensor) => sum(mul(y, tensor(new Float64Array([0.1, 0.2])))))(x).data).toBeInstanceOf(Float64Array)
  })

  it('keeps numbers written down inside as doubles', () => {
    const f = (x: Tensor): Tensor => add(mul(x, tensor([0.1])), 0.1)
    expect(evaluate(f, { precision: 'float64' })(tensor([1])).data[0]).toBe(0.2)
  })
})
