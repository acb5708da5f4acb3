import { describe, expect, it } from 'vitest'
import { add, convert, customVjp, grad, mul, reaches, stopGradient, sum, tensor } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import { gradientReaches } from '../../src/transform/reach.ts'
import { thrown } from '../support/thrown.ts'

const x = tensor([1, 2])
const n = tensor(new Int32Array([1, 2]))
const other = tensor([3, 4])

const cases: readonly (readonly [string, (x: never) => Tensor, unknown, boolean])[] = [
  ['a product', (y: Tensor) => mul(y, 2), x, true],
  ['a derivative that is 0 in value alone', (y: Tensor) => mul(y, 0), x, true],
  ['a sum beside a cut path', (y: Tensor) => add(sum(y), stopGradient(y)), x, true],
  ['one leaf of two', ({ a }: { a: Tensor; b: Tensor }) => a, { a: x, b: x }, true],
  ['floats beside integers', ({ a }: { a: Tensor; n: Tensor }) => a, { a: x, n }, true],
  ['integers beside floats', (p: { a: Tensor; n: Tensor }) => convert(p.n, 'float32'), { a: x, n }, false],
  ['stopGradient', (y: Tensor) => stopGradient(mul(y, 2)), x, false],
  ['integers', (y: Tensor) => convert(convert(y, 'int32'), 'float32'), x, false],
  ['an integer argument', (y: Tensor) => convert(y, 'float32'), n, false],
  ['another value', () => other, x, false]
]

describe.each([
  ['reaches', reaches],
  ['gradientReaches', gradientReaches]
] as const)('%s', (_, test) => {
  it.each(cases)('%s', (__, f, at, expected) => {
    expect((test as (f: unknown, x: unknown) => boolean)(f, at)).toBe(expected)
  })

  it('answers inside a trace', () => {
    const answers: boolean[] = []
    grad((y: Tensor) => {
      answers.push(
        test((z: Tensor) => mul(z, y), y),
        test(() => y, y)
      )
      return sum(y)
    })(x)
    expect(answers).toEqual([true, false])
  })
})

describe('a rule that fails in reverse mode', () => {
  const own = new Error('mine')
  const f = customVjp(
    (y: Tensor) => mul(y, 2),
    (): [Tensor] => {
      throw own
    }
  )
  it('is met by gradientReaches where derivatives reach it, and by reaches not', () => {
    expect(() => gradientReaches((y: Tensor) => f(y), x)).toThrow(own)
    expect(gradientReaches((y: Tensor) => f(stopGradient(y)), x)).toBe(false)
    expect(reaches((y: Tensor) => f(y), x)).toBe(true)
  })
})

it('names itself', () => {
  const later = (async () => x) as unknown as (y: Tensor) => Tensor
  expect(thrown(() => reaches(later, x))).toMatchObject({ _tag: 'AsyncTrace', op: 'reaches' })
  expect(thrown(() => gradientReaches(later, x))).toMatchObject({ _tag: 'AsyncTrace', op: 'grad' })
})
