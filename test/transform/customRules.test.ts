import { describe, expect, it } from 'vitest'
import { add, div, mul, neg, square, sub } from '../../src/ops/arithmetic.ts'
import { stack } from '../../src/ops/assembly.ts'
import { convert, stopGradient } from '../../src/ops/conversion.ts'
import { tensor } from '../../src/ops/creation.ts'
import { cos, exp, log, sin } from '../../src/ops/elementary.ts'
import { sum } from '../../src/ops/reduction.ts'
import { errorAgainst } from '../../src/tensor/compare.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { treeLeaves } from '../../src/tensor/tree.ts'
import { compile } from '../../src/transform/compile.ts'
import { customJvp } from '../../src/transform/customJvp.ts'
import { customVjp } from '../../src/transform/customVjp.ts'
import { grad } from '../../src/transform/grad.ts'
import { jacrev } from '../../src/transform/jacobian.ts'
import { jvp } from '../../src/transform/jvp.ts'
import { vjp } from '../../src/transform/vjp.ts'
import { vmap } from '../../src/transform/vmap.ts'
import { double, drawn } from '../support/smooth.ts'

const close = (actual: unknown, expected: unknown): void => {
  const [a, e] = [treeLeaves(actual), treeLeaves(expected)]
  expect(a.map(({ shape }) => shape)).toEqual(e.map(({ shape }) => shape))
  a.forEach(({ data }, i) => { expect(errorAgainst(data, e[i]!.data)).toBeLessThan(1e-11) }) // prettier-ignore
}

/** sin x and e^(x w) with their true derivatives, the second's by means of both results. */
interface Pair {
  readonly s: Tensor
  readonly e: readonly [Tensor]
}
type F = (x: Tensor, p: { readonly w: Tensor }) => Pair
const plain: F = (x, p) => ({ s: sin(x), e: [exp(mul(x, p.w))] })
const byJvp: F = customJvp(plain, ([x, p], [dx, dp], { e }) => ({
  s: mul(cos(x), dx),
  e: [mul(e[0], add(mul(dx, p.w), mul(x, dp.w)))]
}))
const byVjp: F = customVjp(plain, ([x, p], c, { e }) => {
  const through = mul(e[0], c.e[0])
  return [add(mul(c.s, cos(x)), mul(through, p.w)), { w: mul(through, x) }]
})

const x = drawn(1, [3])
const w = drawn(2, [3])
/** Depends on both results, one of them through the other's rule. */
const total =
  (f: F) =>
  (at: Tensor, v: Tensor): Tensor => {
    const { s, e } = f(at, { w: v })
    return sum(mul(square(s), e[0]))
  }

describe('a rule that applies a function with a rule of its own', () => {
  // y³ = x, so 3 y² dy = dx, which is solved by a function that knows its own derivative: v = b / a, dv = (db - da v) / a.
  const solve: (a: Tensor, b: Tensor) => Tensor = customJvp(
    (a: Tensor, b: Tensor) => div(b, a),
    ([a, b], [da, db]) => solve(a, sub(db, mul(da, solve(a, b))))
  )
  const root: (y: Tensor) => Tensor = customJvp(
    (y: Tensor) => exp(div(log(y), 3)),
    ([y], [dy]) => solve(mul(square(root(y)), 3), dy)
  )
  const positive = exp(x)

  it('is transposed, and differentiated to the third order', () => {
    const orders = (f: (y: Tensor) => Tensor) => {
      const once = (y: Tensor): Tensor => grad((z: Tensor) => sum(f(z)))(y)
      const twice = (y: Tensor): Tensor => grad((z: Tensor) => sum(once(z)))(y)
      return [once(positive), twice(positive), grad((z: Tensor) => sum(twice(z)))(positive)]
    }
    close(
      orders(root),
      orders((y) => exp(div(log(y), 3)))
    )
  })
})

describe.each([
  ['customJvp', byJvp],
  ['customVjp', byVjp]
])('%s', (name, f) => {
  const argnums = [0, 1] as const

  it('gives the value, and its derivative to the third order', () => {
    close(f(x, { w }), plain(x, { w }))
    close(grad(total(f), { argnums })(x, w), grad(total(plain), { argnums })(x, w))
    const second = (g: F) => (at: Tensor, v: Tensor) => sum(mul(grad(total(g))(at, v), grad(total(g), { argnums: 1 })(at, v))) // prettier-ignore
    close(grad(second(f), { argnums })(x, w), grad(second(plain), { argnums })(x, w))
    const third = (g: F) => (at: Tensor, v: Tensor) => sum(mul(...grad(second(g), { argnums })(at, v)))
    close(grad(third(f), { argnums })(x, w), grad(third(plain), { argnums })(x, w))
  })

  it('is mapped, whichever arguments are, before and after differentiation', () => {
    const many = drawn(3, [2, 3])
    for (const inAxes of [
      [0, 0],
      [0, null],
      [null, 0]
    ] as const) {
      const args = [inAxes[0] === 0 ? many : x, inAxes[1] === 0 ? many : w] as const
      const inside = (g: F) => vmap(grad(total(g), { argnums }), { inAxes })(...args)
      close(inside(f), inside(plain))
      const outside = (g: F) =>
        grad((at: Tensor, v: Tensor) => sum(vmap(total(g), { inAxes })(at, v)), { argnums })(...args)
      close(outside(f), outside(plain))
      const twice = (g: F) => grad((at: Tensor, v: Tensor) => sum(square(vmap(grad(total(g)), { inAxes })(at, v))), { argnums })(...args) // prettier-ignore
      close(twice(f), twice(plain))
    }
  })

  it('is mapped twice', () => {
    const [many, few] = [drawn(3, [2, 3]), drawn(4, [4, 3])]
    const table = (g: F) => grad((at: Tensor, v: Tensor) => sum(vmap((a: Tensor) => vmap((b: Tensor) => total(g)(a, b))(v))(at)), { argnums })(many, few) // prettier-ignore
    close(table(f), table(plain))
  })

  it('may close over what is not differentiated', () => {
    const loss = (g: F) => (at: Tensor) => {
      const scale = mul(tensor([2]), 1)
      return total((y, p) => g(mul(y, scale), p))(at, w)
    }
    close(grad(loss(f))(x), grad(loss(plain))(x))
  })

  it('is compiled', async () => {
    const gradient = compile(grad(total(f)), { engine: 'reference:float64' })
    close(await gradient(x, w), grad(total(plain))(x, w))
  })

  it('is what differentiation believes, rather than the function', () => {
    const lie =
      name === 'customJvp'
        ? customJvp((y: Tensor) => mul(y, 3), (_, [dy]) => neg(dy))
        : customVjp((y: Tensor) => mul(y, 3), (_, c) => [neg(c)]) // prettier-ignore
    expect([...lie(tensor([2])).data]).toEqual([6])
    expect([...grad((y: Tensor) => sum(lie(y)))(tensor([2])).data]).toEqual([-1])
    expect([...jacrev(lie)(tensor([2, 3])).data]).toEqual([-1, -0, -0, -1])
  })

  it('leaves integers alone', () => {
    const scaled = (labels: Tensor, y: Tensor): Tensor => mul(convert(labels, 'float32'), y)
    const g =
      name === 'customJvp'
        ? customJvp(scaled, ([labels], [, dy]) => scaled(labels, dy))
        : customVjp(scaled, ([labels], c) => [mul(labels, 0), scaled(labels, c)])
    const labels = tensor(new Int32Array([2, 3]))
    const [, pullback] = vjp(g, labels, double([1, 1]))
    const [dLabels, dy] = pullback(double([1, 1]))
    expect([...dLabels.data, ...dy.data]).toEqual([0, 0, 2, 3])
  })
})

describe('customJvp', () => {
  it('serves forward mode', () => {
    const tangents = { w: drawn(5, [3]) }
    close(jvp(byJvp, [x, { w }], [w, tangents]), jvp(plain, [x, { w }], [w, tangents]))
  })

  it('reads results that have the rule, too: f has no part in second derivatives', () => {
    // What f computes does not show how it depends on x, the rule does: y' = y z, z' = -y.
    const pair = customJvp<[Tensor], { y: Tensor; z: Tensor }>(
      (t) => ({ y: stopGradient(sin(t)), z: stopGradient(cos(t)) }),
      (_, [dt], { y, z }) => ({ y: mul(z, dt), z: neg(mul(y, dt)) })
    )
    const forward = (f: (t: Tensor) => Tensor) => (t: Tensor): Tensor => jvp(f, [t], [double([1, 1])])[1] // prettier-ignore
    const backward = (f: (t: Tensor) => Tensor) => grad((t: Tensor) => sum(f(t)))
    const product = (of: (t: Tensor) => { y: Tensor; z: Tensor }) => (t: Tensor): Tensor => mul(of(t).y, add(of(t).z, 2)) // prettier-ignore
    const at = double([0.3, 1.2])
    for (const first of [forward, backward])
      for (const second of [forward, backward]) {
        const twice = (of: (t: Tensor) => { y: Tensor; z: Tensor }) => second(first(product(of)))
        const plainly = twice((t) => ({ y: sin(t), z: cos(t) }))
        close(twice(pair)(at), plainly(at))
        const spread = (f: (t: Tensor) => Tensor) => vmap((s: Tensor) => f(mul(s, double([1, 1]))))(at)
        close(spread(twice(pair)), spread(plainly))
      }
  })

  it('may give a constant for a tangent, which need not be traced', () => {
    const still = customJvp((y: Tensor) => mul(y, 3), () => double([0, 0])) // prettier-ignore
    expect([...grad((y: Tensor) => sum(still(y)))(double([1, 2])).data]).toEqual([0, 0])
    expect([...jvp(still, [double([1, 2])], [double([1, 1])])[1].data]).toEqual([0, 0])
  })

  it('may give a number for the tangent of a scalar', () => {
    const still = customJvp((y: Tensor) => sum(y), () => 0 as unknown as Tensor) // prettier-ignore
    expect([...grad(still)(double([1, 2])).data]).toEqual([0, 0])
  })
})

describe('plain tensors inside a trace', () => {
  it('may be primals, tangents and cotangents of functions that pass them on', async () => {
    const c = tensor([1, 2])
    const f = compile(
      (y: Tensor) => [
        jvp((z: Tensor) => z, [c], [c]),
        jvp((z: Tensor) => z, [y], [c])[1],
        vjp((z: Tensor) => z, c)[1](c),
        grad((z: Tensor) => sum(mul(z, z)))(c)
      ],
      { engine: 'reference' }
    )
    expect(treeLeaves(await f(tensor([5, 6]))).map(({ data }) => [...data])).toEqual([
      [1, 2],
      [1, 2],
      [1, 2],
      [1, 2],
      [2, 4]
    ])
  })
})

describe('a transpose of its own', () => {
  // Linear in x; what it computes does not show how it depends on a, its rule does.
  type Scale = (a: Tensor, x: Tensor) => Tensor
  const scaled: Scale = customJvp<[Tensor, Tensor], Tensor>(
    (a, x) => mul(sin(stopGradient(a)), x),
    ([a, x], [da, dx]) => add(scaled(a, dx), mul(mul(cos(a), da), x)),
    { transpose: ([a], ct) => [a, scaled(a, ct)] }
  )
  /** Of derivative sin a along x. */
  const wave: Scale = customJvp<[Tensor, Tensor], Tensor>(
    (a, x) => mul(sin(a), x),
    ([a], [, dx]) => scaled(a, dx)
  )
  const slope = (a: Tensor, x: Tensor): Tensor => grad((y: Tensor) => sum(wave(a, y)))(x)
  const [a, x, b] = [double([0.3], []), double([0.7], []), double([1.1], [])]
  it('is what is differentiated once it was transposed', () => {
    close(slope(a, x), sin(a))
    close(grad((p: Tensor) => slope(p, x))(a), cos(a))
    close(jvp((p: Tensor) => slope(p, x), [a], [b])[1], mul(cos(a), b))
    close(grad(grad((p: Tensor) => slope(p, x)))(a), neg(sin(a)))
  })
  it('is mapped, and adds up where all slices share an argument', () => {
    const both = stack([a, b])
    close(vmap((p: Tensor) => grad((q: Tensor) => slope(q, x))(p))(both), cos(both))
    const shared = (y: Tensor): Tensor => sum(vmap((p: Tensor) => wave(p, y))(both))
    close(grad(shared)(x), add(sin(a), sin(b)))
    close(grad((p: Tensor) => sum(vmap((y: Tensor) => slope(p, y))(both)))(a), mul(cos(a), 2))
  })
  it('has a result for each argument, and may close over values of a trace', () => {
    const short = customJvp<[Tensor], Tensor>(
      (y) => mul(y, 2),
      (_, [dy]) => mul(dy, 2),
      { transpose: () => [] }
    )
    const outer = customJvp<[Tensor], Tensor>(
      (y) => mul(y, 2),
      (_, [dy]) => short(dy)
    )
    expect(() => grad(outer)(x)).toThrow('InvalidTree in customJvp: expected cotangents in a tree like the arguments')
    const closing = (p: Tensor) => {
      const linear = customJvp<[Tensor], Tensor>(
        (y) => mul(y, sin(p)),
        (_, [dy]) => mul(dy, sin(p)),
        { transpose: (_, ct) => [mul(ct, sin(p))] }
      )
      return customJvp<[Tensor], Tensor>((y) => mul(y, sin(p)), (_, [dy]) => linear(dy)) // prettier-ignore
    }
    close(vmap((p: Tensor) => grad(closing(p))(x))(stack([a, b])), stack([sin(a), sin(b)]))
  })
  it('is refused where it is no function', () => {
    expect(() => customJvp(sin, (_, [dy]) => dy, { transpose: 3 as never })).toThrow('customJvp')
  })
})
