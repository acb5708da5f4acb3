import { describe, expect, it } from 'vitest'
import {
  add,
  checkpoint,
  customJvp,
  customVjp,
  evaluate,
  grad,
  greater,
  jacfwd,
  jvp,
  linearize,
  mul,
  relu,
  sin,
  cos,
  sub,
  sum,
  vmap,
  where
} from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import { double } from '../support/smooth.ts'
import { thrown } from '../support/thrown.ts'

type F = (x: Tensor) => Tensor

/** Functions with a rule of their own, or around one, each equal to sin, but for relu, which is the identity above 0. */
const links: Readonly<Record<string, { readonly f: F; readonly forward: boolean }>> = {
  plain: { f: sin, forward: true },
  customJvp: { f: customJvp(sin, ([x], [dx]) => mul(cos(x), dx)), forward: true },
  customJvpByJvp: { f: customJvp(sin, ([x], [dx]) => jvp(sin, [x], [dx])[1]), forward: true },
  customVjp: { f: customVjp(sin, ([x], c) => [mul(cos(x), c)]), forward: false },
  relu: { f: relu, forward: true },
  checkpoint: { f: checkpoint(sin), forward: true },
  checkpointOfCustomJvp: { f: checkpoint(customJvp(sin, ([x], [dx]) => mul(cos(x), dx))), forward: true },
  checkpointOfCustomVjp: { f: checkpoint(customVjp(sin, ([x], c) => [mul(cos(x), c)])), forward: false },
  checkpointOfRelu: { f: checkpoint(relu), forward: true },
  checkpointOfCheckpoint: { f: checkpoint(checkpoint(sin)), forward: true }
}
const names = Object.keys(links)
const isRelu = (name: string): boolean => name.toLowerCase().includes('relu')
const valueOf = (name: string, x: number): number => (isRelu(name) ? x : Math.sin(x))
const slopeOf = (name: string, x: number): number => (isRelu(name) ? 1 : Math.cos(x))

describe.each(names)('%s and then', (first) => {
  it.each(names)('%s, forwards, backwards, mapped and twice', (second) => {
    const f: F = (x) => links[second]!.f(links[first]!.f(x))
    const [a, b] = [0.3, 0.7]
    const x = double([a, b])
    const expected = [a, b].map((at) => slopeOf(second, valueOf(first, at)) * slopeOf(first, at))
    const near = (y: Tensor): void => [...y.data].forEach((d, i) => expect(d).toBeCloseTo(expected[i]!, 12))
    near(grad((y: Tensor) => sum(f(y)))(x))
    near(vmap(grad(f))(x))
    near(grad((y: Tensor) => sum(vmap(f)(y)))(x))
    near(grad(checkpoint((y: Tensor) => sum(f(y))))(x))
    if (links[first]!.forward && links[second]!.forward) {
      near(jvp(f, [x], [double([1, 1])])[1])
      near(jvp(vmap(f), [x], [double([1, 1])])[1])
      // Twice: forward over reverse and reverse over reverse agree.
      const g = grad((y: Tensor) => sum(f(y)))
      const forwards = jvp(g, [x], [double([1, 1])])[1]
      const backwards = grad((y: Tensor) => sum(g(y)))(x)
      ;[...forwards.data].forEach((d, i) => expect(d).toBeCloseTo(backwards.data[i]!, 12))
    } else expect(thrown(() => jvp(f, [x], [double([1, 1])]))).toMatchObject({ _tag: 'NotForward' })
  })
})

describe('a rule that is not linear in its tangent', () => {
  it.each<[string, (dx: Tensor, x: Tensor) => Tensor]>([
    ['by a number added', (dx) => add(dx, 1)],
    ['by an argument subtracted', (dx, x) => sub(x, dx)],
    ['by a constant added', (dx) => add(dx, double([1, 2]))],
    ['by a square', (dx) => mul(dx, dx)],
    ['by a function', (dx) => relu(dx)],
    ['by a choice', (dx) => where(greater(dx, 0), dx, mul(dx, 2))],
    ['as it leaves it out', (_, x) => x],
    ['as it is a constant', () => double([1, 1])]
  ])('is refused in both modes: %s', (_, rule) => {
    const f = customJvp(
      (x: Tensor) => mul(x, x),
      ([x], [dx]) => rule(dx, x)
    )
    const [at, along] = [double([3, 4]), double([1, 0])]
    for (const run of [
      () => grad((x: Tensor) => sum(f(x)))(at),
      () => jvp(f, [at], [along]),
      () => jacfwd(f)(at),
      () => linearize(f, at),
      () => evaluate((x: Tensor) => jvp(f, [x], [along])[1])(at),
      () => jvp(vmap(f), [{ ...at, shape: [1, 2] }], [{ ...along, shape: [1, 2] }])
    ])
      expect(thrown(run)).toMatchObject({ _tag: 'NotLinear' })
  })
})

describe('a rule', () => {
  it.each<[string, (dx: Tensor, x: Tensor) => Tensor]>([
    ['a number', (dx) => mul(2, dx)],
    ['the argument', (dx, x) => mul(x, dx)]
  ])('that is linear by %s serves', (_, rule) => {
    const f = customJvp(
      (x: Tensor) => mul(x, x),
      ([x], [dx]) => rule(dx, x)
    )
    expect(grad((x: Tensor) => sum(f(x)))(double([3])).data[0]).toBe(jvp(f, [double([3])], [double([1])])[1].data[0])
  })
})

describe.each([
  [
    'customJvp',
    (b: Tensor) =>
      customJvp(
        (x: Tensor) => mul(x, 2),
        (_, [dx]) => mul(dx, b)
      )
  ],
  [
    'customVjp',
    (b: Tensor) =>
      customVjp(
        (x: Tensor) => mul(x, 2),
        (_, c) => [mul(c, b)]
      )
  ]
])('a rule of %s that closes over a mapped value', (_, around) => {
  it('serves outside of the map', () => {
    const f = (x: Tensor): Tensor => sum(vmap((b: Tensor) => around(b)(x))(double([1, 2])))
    expect([...grad(f)(double([3])).data]).toEqual([3])
  })
  it('serves inside of the map', () => {
    const slopes = vmap((b: Tensor) => grad((x: Tensor) => around(b)(x))(sum(double([3]))))(double([1, 2]))
    expect([...slopes.data]).toEqual([1, 2])
  })
})
