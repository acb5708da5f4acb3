/** Every op is told axes in one way: by name, `axis` where it is one, `axes` where there may be several. */
import { describe, expect, it } from 'vitest'
import * as s from '../../src/index.ts'
import { examples } from '../exports/examples.ts'
import { exported } from '../exports/exported.ts'
import { thrown } from '../support/thrown.ts'

const naming = (option: 'axis' | 'axes') =>
  Object.entries(examples).filter(([name, { args, options }]) => {
    const given = options === undefined ? undefined : args()[options]
    return exported.has(name) && typeof given === 'object' && given !== null && option in given
  })

describe.for([
  ['axis', 0],
  ['axes', [0]]
] as const)('%s', ([option, value]) => {
  it.each(naming(option))('of %s is named', (name, { args, options }) => {
    const given = args().map((arg, i) => (i === options ? value : arg))
    const { hint, op } = thrown(() => exported.get(name)!(...given))
    expect([op, hint]).toEqual([name, `Write { ${option}: ${option === 'axis' ? '0' : '[0]'} }`])
  })
  const other = option === 'axis' ? 'axes' : 'axis'
  it.each(naming(option))('of %s is not called by the other name', (name, { args, options }) => {
    const given = args().map((arg, i) => (i === options ? { [other]: value } : arg))
    expect(thrown(() => exported.get(name)!(...given)).hint).toBe(`Did you mean ${option}?`)
  })
})

it('names axes in the order in which they are given, and sees each once', () => {
  const x = s.tensor([[1, 2], [3, 4]]) // prettier-ignore
  expect([...s.sum(x, { axes: [1, 0] }).data]).toEqual([10])
  expect(thrown(() => s.sum(x, { axes: [0, -2] })).expected).toBe('distinct axes')
})
