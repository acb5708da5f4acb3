import { describe, expect, it } from 'vitest'
import { add, mul, neg, square, sub } from '../../src/ops/arithmetic.ts'
import { softplus } from '../../src/ops/activation.ts'
import { tanh } from '../../src/ops/elementary.ts'
import { norm } from '../../src/ops/norm.ts'
import { mean, sum } from '../../src/ops/reduction.ts'
import type { Program } from '../../src/program/program.ts'
import { countNodes, nodesOf } from '../../src/program/program.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { flatten } from '../../src/tensor/tree.ts'
import { traceFunction } from '../../src/transform/compile.ts'
import { grad, valueAndGrad } from '../../src/transform/grad.ts'
import { jvp } from '../../src/transform/jvp.ts'
import { linearize } from '../../src/transform/linearize.ts'
import { vjp } from '../../src/transform/vjp.ts'
import { drawn } from '../support/smooth.ts'
import { convCritic, convParams, leakyCritic, mlp, mlpParams, tanhCritic } from './networks.ts'
import type { Params } from './networks.ts'

const trace = <A extends readonly unknown[]>(f: (...args: A) => unknown, ...args: A): Program => {
  const { leaves, structure } = flatten(args)
  return traceFunction(f, structure, leaves as readonly Tensor[], 'test').program
}

const totalOf = (program: Program): number =>
  Object.values(countNodes(program)).reduce((total, count) => total + count, 0)

/** Products and convolutions, which are what a pass through a network costs. */
const heavy = (program: Program): number => {
  const counts = countNodes(program)
  return ['dotGeneral', 'conv', 'convInputGradient', 'convFilterGradient'].reduce(
    (n, name) => n + (counts[name] ?? 0),
    0
  )
}

const critics = {
  'a leaky MLP': { D: leakyCritic, params: mlpParams(1, 2, 8, 8, 1), x: drawn(3, [4, 2]) },
  'a tanh MLP': { D: tanhCritic, params: mlpParams(1, 2, 8, 8, 1), x: drawn(3, [4, 2]) },
  'a convolutional net': { D: convCritic, params: convParams(1), x: drawn(3, [4, 1, 8, 8]) }
} as const

describe.each(Object.entries(critics))('forward mode through %s', (_, { D, params, x }) => {
  const primal = trace(D, params, x)
  const tangent = trace((p: Params, at: Tensor, v: Tensor) => jvp((y: Tensor) => D(p, y), [at], [v]), params, x, x)

  it('transposes nothing: products and convolutions keep the form of the primal', () => {
    const [before, after] = [countNodes(primal), countNodes(tangent)]
    for (const name of ['convInputGradient', 'convFilterGradient', 'reduceSum', 'transpose', 'scatterAdd', 'pad'])
      expect(after[name] ?? 0, name).toBeLessThanOrEqual(2 * (before[name] ?? 0))
  })

  it('costs at most twice the products and thrice the nodes', () => {
    expect(heavy(tangent)).toBe(2 * heavy(primal))
    expect(totalOf(tangent)).toBeLessThanOrEqual(3 * totalOf(primal) + 10)
  })

  it('shares the primal between two directions', () => {
    const twice = trace(
      (p: Params, at: Tensor, u: Tensor, v: Tensor) => {
        const along = (d: Tensor): Tensor => jvp((y: Tensor) => D(p, y), [at], [d])[1]
        return [along(u), along(v)]
      },
      params, x, x, x
    ) // prettier-ignore
    expect(heavy(twice)).toBeLessThanOrEqual(3 * heavy(primal))
    const pushed = trace(
      (p: Params, at: Tensor, u: Tensor, v: Tensor) => {
        const [y, push] = linearize((z: Tensor) => D(p, z), at)
        return [y, push(u), push(v)]
      },
      params, x, x, x
    ) // prettier-ignore
    expect(heavy(pushed)).toBe(3 * heavy(primal))
  })

  it('with respect to all parameters costs at most thrice the products', () => {
    const whole = trace((p: Params, at: Tensor, q: Params) => jvp((r: Params) => D(r, at), [p], [q]), params, x, params)
    expect(heavy(whole)).toBeLessThanOrEqual(3 * heavy(primal))
    expect(totalOf(whole)).toBeLessThanOrEqual(4 * totalOf(primal) + 10)
  })
})

describe.each(Object.entries(critics))('a loss and its penalty share passes through %s', (_, { D, params, x }) => {
  const F = heavy(trace(D, params, x))
  const slopes = (p: Params, at: Tensor): Tensor => grad((y: Tensor) => sum(D(p, y)))(at)
  const axes = x.shape.slice(1).map((_extent, i) => i + 1)
  const r1 = (p: Params, at: Tensor): Tensor => mean(sum(square(slopes(p, at)), { axes }))

  it('R1: one forward and one backward', () => {
    const program = trace((p: Params, at: Tensor) => add(mean(softplus(neg(D(p, at)))), r1(p, at)), params, x)
    expect(heavy(program)).toBe(2 * F)
  })

  it('R1, differentiated: at most 4 forward-like passes beside the gradient of the loss', () => {
    const loss = (p: Params, at: Tensor): Tensor => mean(softplus(neg(D(p, at))))
    const plain = heavy(trace((p: Params, at: Tensor) => valueAndGrad(loss)(p, at), params, x))
    const both = heavy(
      trace((p: Params, at: Tensor) => valueAndGrad((q: Params) => add(loss(q, at), r1(q, at)))(p), params, x)
    )
    expect(plain).toBeLessThanOrEqual(3 * F)
    expect(both).toBeLessThanOrEqual(plain + 4 * F)
    // The penalty has no forward of its own, which would go as far as the last layer: that one is linear.
    const apart = heavy(trace((p: Params, at: Tensor) => grad((q: Params) => r1(q, at))(p), params, x))
    expect(both).toBeLessThanOrEqual(plain + apart - (F - 1))
  })

  it('WGAN-GP: the interpolates cost a forward of their own and no more', () => {
    const gp = (p: Params, at: Tensor): Tensor => mean(square(sub(norm(slopes(p, at), { axes }), 1)))
    const program = trace(
      (p: Params, real: Tensor, fake: Tensor, mix: Tensor) =>
        add(sub(mean(D(p, fake)), mean(D(p, real))), gp(p, add(mul(mix, real), mul(sub(1, mix), fake)))),
      params, x, x, x
    ) // prettier-ignore
    // Slopes need no scores: the last product falls away.
    expect(heavy(program)).toBe(4 * F - 1)
  })

  it('two penalties at one place: one backward', () => {
    const program = trace((p: Params, at: Tensor) => [r1(p, at), mean(norm(slopes(p, at), { axes }))], params, x)
    expect(heavy(program)).toBe(2 * F - 1)
  })

  it('value, vjp and jvp at one place: one forward', () => {
    const program = trace(
      (p: Params, at: Tensor, v: Tensor, c: Tensor) => {
        const f = (y: Tensor): Tensor => D(p, y)
        return [f(at), vjp(f, at)[1](c), jvp(f, [at], [v])[1]]
      },
      params, x, x, drawn(5, [4])
    ) // prettier-ignore
    expect(heavy(program)).toBe(3 * F)
  })
})

describe('a reverse pass', () => {
  it('holds a residual as the very node of the primal', () => {
    const program = trace((x: Tensor) => vjp(tanh, x)[1](x), drawn(1, [3]))
    expect(countNodes(program)['tanh']).toBe(1)
    expect(countNodes(trace((x: Tensor) => [tanh(x), vjp(tanh, x)[1](x)], drawn(1, [3])))['tanh']).toBe(1)
  })

  it('does not look at what the result does not need', () => {
    const program = trace(
      (params: Params, x: Tensor) => {
        const [first, ...rest] = params
        return grad((w: Tensor) => sum(mlp(tanh)([{ ...first!, w }, ...rest], x)))(first!.w)
      },
      mlpParams(1, 2, 3, 1),
      drawn(2, [4, 2])
    )
    // Forward once (the last product falls away), backward to the hidden layer and into w.
    expect(countNodes(program)['dotGeneral']).toBe(3)
    expect(nodesOf(program.outputs).length).toBeLessThan(20)
  })
})
