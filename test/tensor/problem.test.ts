import { describe, expect, it } from 'vitest'
import { nearestWord } from '../../src/tensor/nearestWord.ts'
import { belowOne, count, optional, positive, problemsOf } from '../../src/tensor/options.ts'
import { refuse, under } from '../../src/tensor/problem.ts'

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
})

describe('problemsOf', () => {
  const rules = { rate: positive, decay: optional(belowOne), steps: count }
  it('finds none where all is well', () => expect(problemsOf({ rate: 1, steps: 3 }, rules)).toEqual([]))
  it('finds all of them', () =>
    expect(problemsOf({ rate: '1', decay: 1, step: 3 }, rules, ['spec'])).toEqual([
      { path: ['spec', 'step'], expected: 'one of rate, decay, steps', actual: 'step', hint: 'Did you mean steps?' },
      { path: ['spec', 'rate'], expected: 'a positive number', actual: '"1"', hint: 'Change rate' },
      { path: ['spec', 'decay'], expected: 'a number in [0, 1), or nothing', actual: '1', hint: 'Change decay' },
      { path: ['spec', 'steps'], expected: 'a whole number of at least 1', actual: 'undefined', hint: 'Change steps' }
    ]))
})

describe('refuse', () => {
  it('throws the first problem', () => {
    const problems = under(['a', 0], problemsOf({ rate: NaN }, { rate: positive }))
    expect(() => refuse('sgd', problems)).toThrow(/InvalidArgument in sgd: expected a positive number as a\[0\].rate; got NaN. Change rate/) // prettier-ignore
    expect(() => refuse('sgd', [])).not.toThrow()
  })
})
