/** What each optimizer says of itself, what it finds wrong with its options, and two of its updates by hand. */
import { describe, expect, it } from 'vitest'
import type { Optimizer } from '../../src/optim/opt.ts'
import * as Opt from '../../src/optim/opt.ts'
import { makeTensor as tensor } from '../../src/tensor/makeTensor.ts'

const rate = Opt.linear(1, 0, 4)
const shown = 'linear(from 1, to 0, steps 4)'

/** The optimizer, what it shows, and the names of its links. */
const made: readonly (readonly [Optimizer, string, readonly string[]])[] = [
  [Opt.identity, 'identity', []],
  [Opt.scale(2), 'scale(factor 2)', []],
  [Opt.scaleBySchedule(rate), `scaleBySchedule(schedule ${shown})`, []],
  [Opt.clipByNorm(3), 'clipByNorm(maxNorm 3)', []],
  [Opt.clipByValue(3), 'clipByValue(limit 3)', []],
  [Opt.addDecayedWeights(0.5), 'addDecayedWeights(decay 0.5)', []],
  [Opt.chain(Opt.scale(2), Opt.clipByNorm(3)), 'scale(factor 2), then clipByNorm(maxNorm 3)', ['scale', 'clipByNorm']],
  [Opt.sgd({ learningRate: 2 }), 'sgd(learningRate 2)', []],
  [Opt.sgd({ learningRate: rate }), `sgd(learningRate ${shown})`, []],
  [Opt.momentum({ learningRate: 2 }), 'momentum(learningRate 2, momentum 0.9)', []],
  [Opt.nesterov({ learningRate: 2, momentum: 0.5 }), 'nesterov(learningRate 2, momentum 0.5)', []],
  [Opt.rmsprop({ learningRate: 2 }), 'rmsprop(learningRate 2, decay 0.99, epsilon 1e-8, epsilonRoot 0)', []],
  [Opt.adam({ learningRate: 2 }), 'adam(learningRate 2, b1 0.9, b2 0.999, epsilon 1e-8, epsilonRoot 0)', []],
  [
    Opt.adamW({ learningRate: 2, b1: rate }),
    `adamW(learningRate 2, b1 ${shown}, b2 0.999, epsilon 1e-8, epsilonRoot 0, weightDecay 0.01)`,
    []
  ]
]

describe('an optimizer', () => {
  it.each(made)('is shown with its options: %#', (optimizer, expected, links) => {
    expect(Opt.show(optimizer)).toBe(expected)
    expect((optimizer.links ?? []).map(({ name }) => name)).toEqual(links)
    expect(optimizer.problems).toEqual([])
  })

  it('that is a chain has its name', () => expect(Opt.chain(Opt.scale(2), Opt.scale(3)).name).toBe('chain'))
})

const bad = Opt.linear(NaN, 0, 4)

describe('problems', () => {
  it.each<readonly [Optimizer, readonly string[]]>([
    [Opt.scale(NaN), ['factor']],
    [Opt.scaleBySchedule(bad), ['schedule.from']],
    [Opt.clipByNorm(0), ['maxNorm']],
    [Opt.clipByValue(0), ['limit']],
    [Opt.addDecayedWeights(-1), ['decay']],
    [Opt.sgd({ learningRate: -1 }), ['learningRate']],
    [Opt.sgd({ learningRate: bad }), ['learningRate.from']],
    [Opt.momentum({ learningRate: -1, momentum: 1 }), ['learningRate', 'momentum']],
    [Opt.nesterov({ learningRate: bad, momentum: 1 }), ['learningRate.from', 'momentum']],
    [
      Opt.rmsprop({ learningRate: -1, decay: 1, epsilon: -1, epsilonRoot: -1 }),
      ['decay', 'epsilon', 'epsilonRoot', 'learningRate']
    ],
    [
      Opt.adam({ learningRate: -1, b1: 1, b2: 1, epsilon: -1, epsilonRoot: -1 }),
      ['b1', 'b2', 'epsilon', 'epsilonRoot', 'learningRate']
    ],
    [Opt.adamW({ learningRate: -1, b1: bad, weightDecay: -1 }), ['b1.from', 'learningRate', 'weightDecay']]
  ])('are found in every option: %#', (optimizer, paths) => {
    expect(optimizer.problems.map(({ path }) => path.join('.')).toSorted()).toEqual(paths)
  })

  it.each([
    ['no list', 3],
    ['no pairs', [1, 2]],
    ['a triple', [[1, 2, 3]]],
    ['one number of two', [[1, 2], [3, NaN]]], // prettier-ignore
    ['one pair of two', [[1, 2], 3]], // prettier-ignore
    ['a step that is none', [[0.5, 2]]],
    ['steps that fall', [[3, 2], [1, 2]]], // prettier-ignore
    ['a step twice', [[3, 2], [3, 1]]] // prettier-ignore
  ])('are found in pieces: %s', (_, pieces) => {
    const { problems } = Opt.piecewise(1, pieces as never)
    expect(problems.map(({ path }) => path.join('.'))).toEqual(['then'])
  })
})

describe('two updates', () => {
  const twice = (optimizer: Optimizer): readonly number[] => {
    const params = tensor([10])
    const [first, state] = optimizer.update(tensor([2]), optimizer.init(params), params)
    return [first, optimizer.update(tensor([4]), state, params)[0]].map(({ data }) => data[0]!)
  }
  const root = (v: number): number => Math.sqrt(v)

  it.each<readonly [string, Optimizer, readonly number[]]>([
    ['sgd', Opt.sgd({ learningRate: 0.5 }), [-1, -2]],
    ['momentum', Opt.momentum({ learningRate: 1, momentum: 0.5 }), [-2, -5]],
    ['nesterov', Opt.nesterov({ learningRate: 1, momentum: 0.5 }), [-3, -6.5]],
    ['rmsprop', Opt.rmsprop({ learningRate: 1, decay: 0.75, epsilon: 0 }), [-2, -4 / root(0.75 + 4)]],
    ['adam', Opt.adam({ learningRate: 1, b1: 0.5, b2: 0, epsilon: 0 }), [-1, -(0.25 * 2 + 0.5 * 4) / 0.75 / 4]],
    ['adam without a mean', Opt.adam({ learningRate: 1, b1: 0, b2: 0.5, epsilon: 0 }), [-1, -4 / root((1 + 8) / 0.75)]],
    ['clipByValue', Opt.clipByValue(3), [2, 3]],
    ['clipByValue below', Opt.chain(Opt.scale(-1), Opt.clipByValue(3)), [-2, -3]],
    ['clipByNorm', Opt.clipByNorm(3), [2, 3]]
  ])('of %s', (_, optimizer, expected) => {
    twice(optimizer).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5))
  })
})
