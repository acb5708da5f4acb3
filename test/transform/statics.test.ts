import { describe, expect, it } from 'vitest'
import { add, mul } from '../../src/ops/arithmetic.ts'
import { tensor } from '../../src/ops/creation.ts'
import { exp } from '../../src/ops/elementary.ts'
import { sum } from '../../src/ops/reduction.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { checkpoint } from '../../src/transform/checkpoint.ts'
import { compile } from '../../src/transform/compile.ts'
import { customJvp } from '../../src/transform/customJvp.ts'
import { customVjp } from '../../src/transform/customVjp.ts'
import { grad } from '../../src/transform/grad.ts'
import { jvp } from '../../src/transform/jvp.ts'
import { vmap } from '../../src/transform/vmap.ts'
import { rejected, thrown } from '../support/thrown.ts'

type Scale = 'twice' | 'exp'
interface Config {
  readonly scale: Scale
  readonly negate: boolean
  readonly by: (x: Tensor) => Tensor
}
const twice = (y: Tensor): Tensor => mul(y, 2)
/** A function of a tensor and of everything that can be no tensor. */
const scaled = (x: Tensor, scale: Scale, config: Config): Tensor => {
  const y = config.by(scale === 'exp' ? exp(x) : mul(x, 2))
  return config.negate ? mul(y, -1) : y
}
const config: Config = { scale: 'twice', negate: true, by: twice }
const x = tensor([1, 2, 3])
const matrix = tensor([[1, 2, 3], [4, 5, 6]]) // prettier-ignore
const numbers = ({ data }: Tensor): number[] => [...data]

/** The same function of the same arguments, through each transformation that has static arguments. */
const ways: readonly (readonly [string, typeof scaled])[] = [
  ['checkpoint', checkpoint(scaled)],
  ['customJvp', customJvp(scaled, (primals, [dx, ...rest]) => jvp((y: Tensor) => scaled(y, ...rest), [primals[0]], [dx])[1])], // prettier-ignore
  [
    'customVjp',
    customVjp(scaled, ([y, ...rest], ct) => [mul(ct, grad((z: Tensor) => sum(scaled(z, ...rest)))(y)), ...rest])
  ],
  ['vmap', vmap(scaled)],
  ['vmap with null', vmap(scaled, { inAxes: [0, null, null] })]
]

describe('strings, truth values and functions', () => {
  it.each(ways)('reach f as they are through %s, and its gradient', (_, f) => {
    for (const scale of ['twice', 'exp'] as const) {
      expect(numbers(f(x, scale, config))).toEqual(numbers(scaled(x, scale, config)))
      const slope = (g: typeof scaled): number[] => numbers(grad((y: Tensor) => sum(g(y, scale, config)))(x))
      expect(slope(f)).toEqual(slope(scaled))
    }
  })

  it('recompile by their value, functions by identity', async () => {
    let traces = 0
    const compiled = compile(
      (...args: Parameters<typeof scaled>) => {
        traces++
        return scaled(...args)
      },
      { engine: 'reference' }
    )
    const calls: readonly (readonly [Scale, Config, number])[] = [
      ['twice', config, 1],
      ['twice', { ...config }, 1],
      ['exp', config, 2],
      ['exp', { ...config, negate: false }, 3],
      ['exp', { ...config, by: exp }, 4],
      ['twice', config, 4]
    ]
    for (const [scale, given, builds] of calls) {
      const y = await compiled(x, scale, given)
      expect(numbers(y)).toEqual(numbers(scaled(x, scale, given)))
      expect(traces).toBe(2 * builds)
    }
  })

  it('may be answered by anything in the cotangents of a reverse rule', () => {
    for (const rest of [[null, null], [undefined, 3], ['other', {}], []]) {
      const f = customVjp(scaled, (_, ct) => [mul(ct, 5), ...rest] as never)
      expect(numbers(grad((y: Tensor) => sum(f(y, 'exp', config)))(x))).toEqual([5, 5, 5])
    }
  })
})

describe('staticArgnums', () => {
  const total = (y: Tensor, axis: number): Tensor => sum(mul(y, y), { axes: [axis] })
  const options = { staticArgnums: 1 }
  const through: readonly (readonly [string, typeof total])[] = [
    ['checkpoint', checkpoint(total, options)],
    ['customJvp', customJvp(total, ([y, axis], [dy]) => mul(sum(mul(y, dy), { axes: [axis] }), 2), options)],
    ['customVjp', customVjp(total, ([y, axis], ct) => [mul(mul(y, axis === 0 ? ct : sum(ct)), 2), axis], options)]
  ]

  it.each(through)('reach f as numbers through %s', (_, f) => {
    for (const axis of [0, 1]) expect(numbers(f(matrix, axis))).toEqual(numbers(total(matrix, axis)))
    const slope = (g: typeof total): number[] => numbers(grad((y: Tensor) => sum(g(y, 0)))(matrix))
    expect(slope(f)).toEqual(slope(total))
  })

  it('are numbers where vmap has no axis for them, and other arguments are what they were', () => {
    const f = vmap((y: Tensor, axis: number, m: ReadonlyMap<string, Tensor>) => add(sum(y, { axes: [axis] }), m.get('w')!), {
      inAxes: [0, null, null]
    }) // prettier-ignore
    expect(numbers(f(tensor([[[1, 2]], [[3, 4]]]), 1, new Map([['w', tensor(10)]])))).toEqual([13, 17]) // prettier-ignore
  })

  it('recompile by their value, where numbers that are not static do not', async () => {
    let traces = 0
    const f = (y: Tensor, axis: number, by: number): Tensor => (traces++, mul(sum(y, { axes: [axis] }), by))
    const compiled = compile(f, { engine: 'reference', staticArgnums: [1] })
    expect(numbers(await compiled(matrix, 0, 1))).toEqual([5, 7, 9])
    expect(numbers(await compiled(matrix, 0, 2))).toEqual([10, 14, 18])
    expect(traces).toBe(2)
    expect(numbers(await compiled(matrix, 1, 2))).toEqual([12, 30])
    expect(traces).toBe(4)
  })

  it('may be instances of classes, by identity', async () => {
    const weights = new Map([['w', 3]])
    const f = compile((y: Tensor, m: ReadonlyMap<string, number>) => mul(y, m.get('w')!), {
      engine: 'reference',
      staticArgnums: 1
    })
    expect(numbers(await f(x, weights))).toEqual([3, 6, 9])
    expect(numbers(await f(x, new Map([['w', 4]])))).toEqual([4, 8, 12])
    const plain = compile((y: Tensor, _: unknown) => y, { engine: 'reference' })
    expect(await rejected(plain(x, weights))).toMatchObject({ _tag: 'InvalidTree', actual: 'an instance of a class at [1]' }) // prettier-ignore
  })

  it('are numbers of arguments', () => {
    expect(thrown(() => checkpoint(total, { staticArgnums: 2 })(matrix, 0))).toMatchObject({
      _tag: 'InvalidArgument',
      op: 'checkpoint',
      expected: 'staticArgnums among the 2 arguments, counted from 0'
    })
  })
})

describe('what a function returns, and what is differentiated', () => {
  it('is made of tensors still', async () => {
    const text = (() => 'text') as unknown as (y: Tensor) => Tensor
    for (const run of [() => checkpoint(text)(x), () => vmap(text)(x), () => grad(text)(x)])
      expect(thrown(run)._tag).toBe('InvalidTree')
    expect((await rejected(compile(text, { engine: 'reference' })(x)))._tag).toBe('InvalidTree')
    expect(thrown(() => grad(sum as never)('text'))._tag).toBe('InvalidTree')
  })
})
