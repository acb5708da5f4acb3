import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as Random from '../../src/random/random.ts'
import { add, mul } from '../../src/ops/arithmetic.ts'
import { tensor } from '../../src/ops/creation.ts'
import { sum } from '../../src/ops/reduction.ts'
import type { SaddlepointError } from '../../src/tensor/error.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { checkpoint } from '../../src/transform/checkpoint.ts'
import { compile } from '../../src/transform/compile.ts'
import { customJvp } from '../../src/transform/customJvp.ts'
import { customVjp } from '../../src/transform/customVjp.ts'
import { grad } from '../../src/transform/grad.ts'
import { loop } from '../../src/transform/loop.ts'
import { difference } from '../../src/transform/purity.ts'
import { vmap } from '../../src/transform/vmap.ts'
import { randomProgram } from '../support/randomPrograms.ts'
import { traced } from '../support/traced.ts'
import { rejected } from '../support/thrown.ts'

const x = tensor([1, 2, 3])
const engine = 'reference'

/** Functions that are not pure, each made anew, as it remembers. */
const impure: readonly (readonly [string, () => (y: Tensor) => Tensor])[] = [
  ['Math.random', () => (y) => mul(y, Math.random())],
  ['Math.random in a tensor', () => (y) => mul(y, tensor([Math.random(), 1, 2]))],
  ['a key from Math.random', () => (y) => add(y, Random.normal(Random.key(Math.floor(Math.random() * 2 ** 31)), [3]))],
  [
    'a counter',
    () => {
      let calls = 0
      return (y) => mul(y, ++calls)
    }
  ],
  [
    'a counter of axes',
    () => {
      let calls = 0
      return (y) => sum(mul(tensor([[1, 2, 3], [4, 5, 6], [7, 8, 9]]), y), { axes: [calls++ % 2] }) // prettier-ignore
    }
  ],
  [
    'a turn',
    () => {
      let turn = false
      return (y) => ((turn = !turn), turn ? mul(y, 2) : add(mul(y, 2), y))
    }
  ],
  [
    'an iterator',
    () => {
      const steps = [2, 3, 4].values()
      return (y) => mul(y, steps.next().value!)
    }
  ],
  ['performance.now', () => (y) => mul(y, performance.now())],
  ['Math.random under grad', () => grad((y: Tensor) => sum(mul(mul(y, y), Math.random())))],
  ['Math.random under vmap', () => vmap((y: Tensor) => mul(y, Math.random()))],
  [
    'an order of results',
    () => {
      let turn = false
      return (y) => {
        turn = !turn
        return (turn ? [y, mul(y, 2)] : [mul(y, 2), y]) as unknown as Tensor
      }
    }
  ],
  [
    'one that works once',
    () => {
      let calls = 0
      return (y) => {
        if (calls++ > 0) throw new Error('again')
        return y
      }
    }
  ]
]

const pure: readonly (readonly [string, (y: Tensor) => Tensor])[] = [
  ['arithmetic', (y) => mul(y, y)],
  ['its argument', (y) => y],
  ['a constant', () => tensor([1, NaN, -0])],
  ['draws from a key', (y) => add(y, Random.normal(Random.key(3), [3]))],
  ['grad of grad', grad((y: Tensor) => sum(grad((z: Tensor) => sum(mul(z, mul(z, z))))(y)))],
  ['rules', (y) => customJvp((z: Tensor) => mul(z, z), (_, [dz]) => dz)(customVjp((z: Tensor) => z, (_, ct) => [ct])(y))], // prettier-ignore
  ['checkpoint', grad((y: Tensor) => sum(checkpoint((z: Tensor) => mul(z, mul(z, z)))(y)))]
]

describe('a compiled function', () => {
  it.each(impure)('warns of %s, once, and runs all the same', async (_, make) => {
    const heard: SaddlepointError[] = []
    const compiled = compile(make(), { engine, onWarning: (warning) => heard.push(warning) })
    expect(compiled.warnings).toEqual([])
    const [first, second] = [await compiled(x), await compiled(x)]
    expect(first).toEqual(second)
    expect(heard).toHaveLength(1)
    expect(heard[0]).toMatchObject({ _tag: 'Impure', op: 'compile' })
    expect(compiled.warnings).toEqual(heard)
  })

  it.each(pure)('does not warn of %s', async (_, f) => {
    const compiled = compile(f, { engine })
    await compiled(x)
    expect(compiled.warnings).toEqual([])
  })

  it('says what differs', async () => {
    let calls = 1
    const compiled = compile((y: Tensor) => mul(y, ++calls), { engine })
    await compiled(x)
    expect(compiled.warnings[0]!.message).toContain(
      'two traces that differ: literal value 2 first, literal value 3 then'
    )
  })

  it('rejects with what the listener throws', async () => {
    const compiled = compile((y: Tensor) => mul(y, Math.random()), {
      engine,
      onWarning: (warning) => {
        throw warning
      }
    })
    expect(await rejected(compiled(x))).toMatchObject({ _tag: 'Impure' })
  })
})

describe('a loop', () => {
  it.each(impure)('warns of %s', async (_, make) => {
    const f = make()
    const heard: SaddlepointError[] = []
    const fit = loop((y: Tensor): [Tensor, Tensor] => [y, f(y)], { carry: x, engine, onWarning: (w) => heard.push(w) })
    await fit.advance(2)
    expect(heard).toMatchObject([{ _tag: 'Impure' }])
    expect(fit.warnings).toEqual(heard)
  })

  it.each(pure)('does not warn of %s', async (_, f) => {
    const fit = loop((y: Tensor): [Tensor, Tensor] => [y, f(y)], { carry: x, engine })
    await fit.advance(2)
    expect(fit.warnings).toEqual([])
  })
})

describe('two programs', () => {
  it('do not differ where they are traces of one pure function', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const [one, other] = [randomProgram(seed), randomProgram(seed)]
        expect(difference(one.program, other.program)).toBeUndefined()
      })
    )
  })

  it('differ where their operations, operands, results or numbers do', () => {
    const of = (f: (a: Tensor, b: Tensor) => Tensor | readonly Tensor[]) => traced([[2], [2]], f)
    const all = [
      of((a, b) => add(a, b)),
      of((a, b) => mul(a, b)),
      of((a) => mul(a, a)),
      of((a) => mul(a, 2)),
      of((a) => mul(a, 3)),
      of((a) => mul(a, tensor([1, 2]))),
      of((a) => mul(a, tensor([1, 3]))),
      of((a) => a),
      of((_, b) => b),
      of((a, b) => [a, b]),
      of((a, b) => [b, a]),
      of((a) => [a, a]),
      of((a) => sum(a)),
      of((a, b) => add(add(a, b), b))
    ]
    all.forEach((one, i) => {
      all.forEach((other, j) => {
        expect([i, j, difference(one, other) === undefined]).toEqual([i, j, i === j])
      })
    })
  })

  it('differ in their first operation, too', () => {
    const of = (value: number) => traced([], () => tensor([value, 1]))
    expect(difference(of(1), of(2))).toBe('a captured float32[2] first, a captured float32[2] then')
  })
})
