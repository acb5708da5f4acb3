import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { add, mul } from '../../src/ops/arithmetic.ts'
import { tensor } from '../../src/ops/creation.ts'
import { exp, sin, tanh } from '../../src/ops/elementary.ts'
import { matmul } from '../../src/ops/matmul.ts'
import { sum } from '../../src/ops/reduction.ts'
import type { Program } from '../../src/program/program.ts'
import { countNodes } from '../../src/program/program.ts'
import { errorAgainst } from '../../src/tensor/compare.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { flatten, treeLeaves } from '../../src/tensor/tree.ts'
import { checkpoint } from '../../src/transform/checkpoint.ts'
import { traceFunction } from '../../src/transform/compile.ts'
import { grad } from '../../src/transform/grad.ts'
import { hessian, jacfwd, jacrev } from '../../src/transform/jacobian.ts'
import { hvp } from '../../src/transform/hvp.ts'
import { jvp } from '../../src/transform/jvp.ts'
import { vmap } from '../../src/transform/vmap.ts'
import { seeds } from '../support/arbitraries.ts'
import { drawn, smoothMap, smoothScalar } from '../support/smooth.ts'

const trace = <A extends readonly unknown[]>(f: (...args: A) => unknown, ...args: A): Program => {
  const { leaves, structure } = flatten(args)
  return traceFunction(f, structure, leaves as readonly Tensor[], 'test').program
}
const close = (actual: unknown, expected: unknown): void => {
  const [a, e] = [treeLeaves(actual), treeLeaves(expected)]
  expect(a.map(({ shape }) => shape)).toEqual(e.map(({ shape }) => shape))
  a.forEach(({ data }, i) => { expect(errorAgainst(data, e[i]!.data)).toBeLessThan(1e-11) }) // prettier-ignore
}
const n = 3

describe('checkpoint', () => {
  it('changes no value and no derivative of any order', () => {
    fc.assert(
      fc.property(seeds, seeds, (seed, at) => {
        const [f, x, v] = [smoothScalar(seed, n), drawn(at, [n]), drawn(at + 1, [n])]
        const g = checkpoint(f)
        close(g(x), f(x))
        close(grad(g)(x), grad(f)(x))
        close(jvp(g, [x], [v]), jvp(f, [x], [v]))
        close(hvp(g)(x, v), hvp(f)(x, v))
        close(hessian(g)(x), hessian(f)(x))
        close(grad((y: Tensor) => sum(mul(grad(g)(y), v)))(x), hvp(f)(x, v))
        const twice = checkpoint((y: Tensor) => checkpoint(smoothMap(seed, n))(smoothMap(seed + 1, n)(y)))
        const plain = (y: Tensor): Tensor => smoothMap(seed, n)(smoothMap(seed + 1, n)(y))
        close(jacrev(twice)(x), jacrev(plain)(x))
        close(jacfwd(twice)(x), jacfwd(plain)(x))
      }),
      { numRuns: 25 }
    )
  })

  it('passes derivatives of what it closes over, to the second order', () => {
    const layer = (w: Tensor, x: Tensor): Tensor => tanh(matmul(x, w))
    const [w, x] = [drawn(1, [n, n]), drawn(2, [2, n])]
    const loss =
      (wrap: typeof checkpoint) =>
      (v: Tensor): Tensor => {
        const doubled = mul(v, 2)
        return sum(mul(wrap((y: Tensor) => layer(doubled, layer(v, y)))(x), drawn(3, [2, n])))
      }
    const none: typeof checkpoint = (f) => f
    close(loss(checkpoint)(w), loss(none)(w))
    close(grad(loss(checkpoint))(w), grad(loss(none))(w))
    close(hvp(loss(checkpoint))(w, drawn(4, [n, n])), hvp(loss(none))(w, drawn(4, [n, n])))
  })

  it('has as many results as the function, each with its derivative', () => {
    const f = (x: Tensor, p: { readonly w: Tensor }) => ({
      y: mul(sin(x), p.w),
      z: [sum(exp(mul(x, p.w)))] as const,
      x
    })
    const g = (wrap: typeof checkpoint) => (p: { readonly w: Tensor }) => {
      const { y, z, x } = wrap(f)(mul(p.w, 0.5), p)
      return sum(mul(add(y, z[0]), x))
    }
    const none: typeof checkpoint = (h) => h
    const p = { w: drawn(1, [n]) }
    close(g(checkpoint)(p), g(none)(p))
    close(grad(g(checkpoint))(p), grad(g(none))(p))
    close(hvp(g(checkpoint))(p, p), hvp(g(none))(p, p))
  })

  it('may be mapped, over arguments or over what it closes over', () => {
    const [xs, w] = [drawn(1, [2, n]), drawn(2, [n])]
    const f = (wrap: typeof checkpoint) => (x: Tensor, v: Tensor) => sum(wrap((y: Tensor) => sin(mul(y, v)))(x))
    const none: typeof checkpoint = (h) => h
    for (const inAxes of [
      [0, null],
      [null, 0],
      [0, 0]
    ] as const) {
      const args = [inAxes[0] === 0 ? xs : w, inAxes[1] === 0 ? xs : w] as const
      close(vmap(grad(f(checkpoint), { argnums: [0, 1] }), { inAxes })(...args), vmap(grad(f(none), { argnums: [0, 1] }), { inAxes })(...args)) // prettier-ignore
      close(grad((...at: [Tensor, Tensor]) => sum(vmap(f(checkpoint), { inAxes })(...at)))(...args), grad((...at: [Tensor, Tensor]) => sum(vmap(f(none), { inAxes })(...at)))(...args)) // prettier-ignore
    }
  })

  it('computes again for the backward pass, and not before', () => {
    const chain = (x: Tensor): Tensor => sum(sin(sin(sin(x))))
    const x = tensor([1, 2])
    expect(countNodes(trace(chain, x))['sin']).toBe(3)
    expect(countNodes(trace(checkpoint(chain), x))['sin']).toBe(3)
    expect(countNodes(trace(grad(chain), x))['sin']).toBe(2)
    // Forward to the value, and again to the argument of the last cosine.
    const both = trace((y: Tensor) => [checkpoint(chain)(y), grad(checkpoint(chain))(y)], x)
    expect(countNodes(both)['sin']).toBe(5)
    expect(countNodes(trace((y: Tensor) => [chain(y), grad(chain)(y)], x))['sin']).toBe(3)
  })

  it('keeps applications apart, and shares one between the results and orders of its derivative', () => {
    const f = (x: Tensor) => [sin(exp(x)), exp(exp(x))] as const
    const g = (x: Tensor): Tensor => sum(add(...checkpoint(f)(x)))
    const x = tensor([1, 2])
    const counts = countNodes(trace((y: Tensor) => [g(y), grad(g)(y)], x))
    expect(counts['recompute']).toBe(1)
    const two = countNodes(trace((y: Tensor) => [grad(g)(y), grad((z: Tensor) => g(mul(z, 1.5)))(y)], x))
    expect(two['recompute']).toBe(2)
  })
})
