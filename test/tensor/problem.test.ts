import { describe, expect, it } from 'vitest'
import { nearestWord } from '../../src/tensor/nearestWord.ts'
import { tensor } from '../../src/ops/creation.ts'
import { positive, readOptions } from '../../src/tensor/options.ts'
import { refuse, showValue, under } from '../../src/tensor/problem.ts'

describe('nearestWord', () => {
  const known = ['learningRate', 'b1', 'b2', 'epsilon', 'epsilonRoot', 'weightDecay']
  it.each([
    ['learningrate', 'learningRate'],
    ['lr', 'learningRate'],
    ['rate', 'learningRate'],
    ['beta1', 'b1'],
    ['beta2', 'b2'],
    ['eps', 'epsilon'],
    ['epsilom', 'epsilon'],
    ['weight_decay', 'weightDecay'],
    ['momentum', undefined],
    ['x', undefined]
  ])('of %s is %s', (word, meant) => expect(nearestWord(word, known)).toBe(meant))

  it.each(['spilt', 'slpit', 'pslit'])('sees letters that changed places: %s', (word) =>
    expect(nearestWord(word, ['set', 'split', 'limit'])).toBe('split')
  )
})

describe('showValue', () => {
  it.each([
    [undefined, 'undefined'],
    [Symbol('s'), 'Symbol(s)'],
    [[1, ['a']], '[1, ["a"]]'],
    [Array.from({ length: 1e6 }, () => 0), '[0, 0, 0, 0, 0, 0, 0, 0, ... 1000000 in all]'],
    [new Float32Array(3), 'a Float32Array of 3 numbers'],
    [Promise.resolve(1), 'a promise'],
    [new Date(), 'a Date'],
    [Object.create(null), 'an object'],
    [tensor([1, 2]), 'a tensor float32[2]']
  ])('shows %o on one line', (value, text) => expect(showValue(value)).toBe(text))
  it('shows a circular list', () => {
    const circular: unknown[] = []
    circular.push(circular)
    expect(showValue(circular)).toBe('[[[[...]]]]')
  })
})

describe('refuse', () => {
  it('throws the first problem', () => {
    const problems = under(['a', 0], readOptions({}, { rate: NaN }, { rate: positive }).problems)
    expect(() => refuse('sgd', problems)).toThrow(/InvalidArgument in sgd: expected a positive number as a\[0\].rate; got NaN. Change rate/) // prettier-ignore
    expect(() => refuse('sgd', [])).not.toThrow()
  })
})
