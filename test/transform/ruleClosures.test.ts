import { describe, expect, it } from 'vitest'
import { add, mul } from '../../src/ops/arithmetic.ts'
import { tensor } from '../../src/ops/creation.ts'
import { sin } from '../../src/ops/elementary.ts'
import { sum } from '../../src/ops/reduction.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { checkpoint } from '../../src/transform/checkpoint.ts'
import { customJvp } from '../../src/transform/customJvp.ts'
import { customVjp } from '../../src/transform/customVjp.ts'
import { evaluate } from '../../src/transform/evaluate.ts'
import { grad } from '../../src/transform/grad.ts'
import { hessian, jacfwd, jacrev } from '../../src/transform/jacobian.ts'
import { jvp } from '../../src/transform/jvp.ts'
import { linearize } from '../../src/transform/linearize.ts'
import { vjp } from '../../src/transform/vjp.ts'
import { vmap } from '../../src/transform/vmap.ts'
import { thrown } from '../support/thrown.ts'

const w = tensor([1, 2])
const numbers = ({ data }: Tensor): number[] => Array.from(data, (x) => Math.round(x * 1e4) / 1e4)

/** A rule 5 x dy, with x closed over, for a function of w that is w itself, or one that closes over x, too. */
const ruled: readonly (readonly [string, (x: Tensor) => (w: Tensor) => Tensor])[] = [
  ['customJvp', (x) => customJvp((y: Tensor) => mul(y, 1), (_, [dy]) => mul(mul(dy, x), 5))], // prettier-ignore
  [
    'customVjp',
    (x) =>
      customVjp(
        (y: Tensor) => mul(y, 1),
        (_, ct) => [mul(mul(ct, x), 5)]
      )
  ],
  ['customJvp of what is computed from x', (x) => {
    const by = mul(x, 5)
    return customJvp((y: Tensor) => mul(y, 1), (_, [dy]) => mul(dy, by))
  }], // prettier-ignore
  ['customJvp that closes over x twice', (x) => customJvp((y: Tensor) => add(y, mul(x, 0.5)), (_, [dy]) => mul(mul(dy, x), 5))], // prettier-ignore
  ['customVjp that closes over x twice', (x) => customVjp((y: Tensor) => add(y, mul(x, 0.5)), (_, ct) => [mul(mul(ct, x), 5)])], // prettier-ignore
  ['one rule inside another', (x) => customJvp((y: Tensor) => mul(y, 1), (_, [dy]) => mul(dy, customJvp((z: Tensor) => mul(z, 5), (__, [dz]) => mul(dz, x))(x)))], // prettier-ignore
  ['checkpoint', (x) => checkpoint((y: Tensor) => mul(mul(y, x), 5))]
]

/** Functions whose inner transformation gives x, and has ended when what is outside differentiates. */
const inners: readonly (readonly [
  string,
  (f: (x: Tensor) => (w: Tensor) => Tensor, w: Tensor) => Tensor,
  readonly number[]
])[] = [
  ['vmap', (f, at) => sum(vmap((x: Tensor) => f(x)(at))(tensor([1, 2, 4]))), [35, 35]],
  ['vmap of vmap', (f, at) => sum(vmap(vmap((x: Tensor) => f(x)(at)))(tensor([[1, 2], [4, 8]]))), [75, 75]], // prettier-ignore
  ['vmap over w too', (f, at) => sum(vmap((x: Tensor, y: Tensor) => f(x)(y))(tensor([1, 3]), at)), [5, 15]],
  ['vmap over w alone', (f, at) => sum(vmap((y: Tensor) => f(tensor(3))(y))(at)), [15, 15]],
  ['jvp', (f, at) => sum(jvp((x: Tensor) => mul(f(x)(at), sin(x)), [tensor(2)], [tensor(0)])[0]), [9.093, 9.093]],
  ['vjp', (f, at) => sum(vjp((x: Tensor) => f(x)(at), tensor(3))[0]), [15, 15]],
  ['linearize', (f, at) => sum(linearize((x: Tensor) => f(x)(at), tensor(3))[0]), [15, 15]],
  ['checkpoint', (f, at) => sum(checkpoint((x: Tensor) => f(x)(at))(tensor(3))), [15, 15]],
  ['customJvp', (f, at) => sum(customJvp((x: Tensor, y: Tensor) => f(x)(y), ([x, y], [, dy]) => jvp((z: Tensor) => f(x)(z), [y], [dy])[1])(tensor(3), at)), [15, 15]] // prettier-ignore
]

/** Those that differentiate by x, which a function with a rule of its own closes over if it does so twice. */
const moves = ['vjp', 'linearize']
const isReverse = (name: string): boolean => name.includes('customVjp')

describe.each(inners)('a rule that closes over a value of %s that has ended', (inner, run, slope) => {
  it.each(ruled)('is right in reverse mode: %s', (name, f) => {
    // A forward rule around a reverse one.
    if (inner === 'customJvp' && isReverse(name)) return
    if (inner === 'jvp' && name === 'customVjp that closes over x twice') return
    if (name.includes('twice') && moves.includes(inner)) {
      expect(thrown(() => grad((at: Tensor) => run(f, at))(w))).toMatchObject({ _tag: 'NotSupported' })
      return
    }
    expect(numbers(grad((at: Tensor) => run(f, at))(w))).toEqual(slope)
    expect(numbers(evaluate(grad((at: Tensor) => run(f, at)))(w))).toEqual(slope)
    expect(numbers(jacrev((at: Tensor) => run(f, at))(w))).toEqual(slope)
  })

  it.each(ruled.filter(([name]) => !isReverse(name)))('is right in forward mode: %s', (name, f) => {
    if (name.includes('twice') && moves.includes(inner)) return
    expect(numbers(jacfwd((at: Tensor) => run(f, at))(w))).toEqual(slope)
    expect(numbers(vmap((at: Tensor) => grad((y: Tensor) => run(f, y))(at))(tensor([[1, 2], [3, 4]])))).toEqual([...slope, ...slope]) // prettier-ignore
  })
})

it('the second derivative of a rule that closes over a mapped value is that of the rule', () => {
  const cubic = (x: Tensor) => customJvp((y: Tensor) => mul(y, mul(y, mul(y, x))), ([y], [dy]) => mul(dy, mul(mul(y, y), mul(x, 3)))) // prettier-ignore
  const f = (at: Tensor): Tensor => sum(vmap((x: Tensor) => cubic(x)(at))(tensor([1, 10])))
  expect(numbers(hessian(f)(w))).toEqual([66, 0, 0, 132])
  expect(numbers(grad((at: Tensor) => sum(grad(f)(at)))(w))).toEqual([66, 132])
})

it('a rule may call its own function', () => {
  const exponential = (y: Tensor): Tensor =>
    customJvp((z: Tensor) => mul(z, 3), ([z], [dz]) => mul(dz, exponential(z)))(y) // prettier-ignore
  const f = (at: Tensor): Tensor => sum(vmap((x: Tensor) => mul(x, exponential(at)))(tensor([1, 2])))
  expect(numbers(grad(f)(w))).toEqual([9, 18])
  expect(numbers(hessian(f)(w))).toEqual([9, 0, 0, 18])
})
