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
  ],
  [
    Opt.adam({ learningRate: 2, lazy: 16 }),
    'adam(learningRate 2, b1 0.9, b2 0.999, epsilon 1e-8, epsilonRoot 0, lazy 16)',
    []
  ],
  [
    Opt.optimisticAdam({ learningRate: 2 }),
    'optimisticAdam(learningRate 2, b1 0.9, b2 0.999, epsilon 1e-8, epsilonRoot 0)',
    []
  ],
  [
    Opt.lamb({ learningRate: 2 }),
    'lamb(learningRate 2, b1 0.9, b2 0.999, epsilon 0.000001, epsilonRoot 0, weightDecay 0)',
    []
  ],
  [Opt.lion({ learningRate: rate }), `lion(learningRate ${shown}, b1 0.9, b2 0.99, weightDecay 0)`, []],
  [
    Opt.adaBelief({ learningRate: Opt.warmUp(3, rate) }),
    `adaBelief(learningRate warmUp(steps 3, rate ${shown}), b1 0.9, b2 0.999, epsilon 1e-12)`,
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
    [Opt.adamW({ learningRate: -1, b1: bad, weightDecay: -1 }), ['b1.from', 'learningRate', 'weightDecay']],
    [Opt.adam({ learningRate: 1, lazy: 0 }), ['lazy']],
    [Opt.optimisticAdam({ learningRate: bad, b1: 1, epsilon: -1 }), ['b1', 'epsilon', 'learningRate.from']],
    [
      Opt.lamb({ learningRate: -1, b1: 1, b2: bad, epsilonRoot: -1, weightDecay: -1 }),
      ['b1', 'b2.from', 'epsilonRoot', 'learningRate', 'weightDecay']
    ],
    [Opt.lion({ learningRate: -1, b1: 1, b2: 1, weightDecay: -1 }), ['b1', 'b2', 'learningRate', 'weightDecay']],
    [
      Opt.adaBelief({ learningRate: Opt.warmUp(0, bad), b1: 0, b2: 1, epsilon: 0 }),
      ['b1', 'b2', 'epsilon', 'learningRate.rate.from', 'learningRate.steps']
    ]
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

  /** k = 1: half the rate, and the roots of b1 and b2. */
  const lazyAdam = (): readonly number[] => {
    const [b1, b2] = [root(0.5), 0.5]
    const m = b1 * (1 - b1) * 2 + (1 - b1) * 4
    const v = b2 * (1 - b2) * 4 + (1 - b2) * 16
    return [-0.5, (-0.5 * (m / (1 - b1 ** 2))) / root(v / (1 - b2 ** 2))]
  }
  const adaBelief = (): readonly number[] => {
    const [m1, m2] = [1, 2.5]
    const [s1, s2] = [0.5 * (2 - m1) ** 2, 0.25 * (2 - m1) ** 2 + 0.5 * (4 - m2) ** 2]
    return [-(m1 / 0.5) / root(s1 / 0.5), -(m2 / 0.75) / root(s2 / 0.75)]
  }

  it.each<readonly [string, Optimizer, readonly number[]]>([
    ['sgd', Opt.sgd({ learningRate: 0.5 }), [-1, -2]],
    ['momentum', Opt.momentum({ learningRate: 1, momentum: 0.5 }), [-2, -5]],
    ['nesterov', Opt.nesterov({ learningRate: 1, momentum: 0.5 }), [-3, -6.5]],
    ['rmsprop', Opt.rmsprop({ learningRate: 1, decay: 0.75, epsilon: 0 }), [-2, -4 / root(0.75 + 4)]],
    ['adam', Opt.adam({ learningRate: 1, b1: 0.5, b2: 0, epsilon: 0 }), [-1, -(0.25 * 2 + 0.5 * 4) / 0.75 / 4]],
    ['adam without a mean', Opt.adam({ learningRate: 1, b1: 0, b2: 0.5, epsilon: 0 }), [-1, -4 / root((1 + 8) / 0.75)]],
    ['lazy adam', Opt.adam({ learningRate: 1, b1: 0.5, b2: 0.25, epsilon: 0, lazy: 1 }), lazyAdam()],
    [
      'lazy adam of schedules',
      Opt.adam({ learningRate: Opt.constant(1), b1: Opt.constant(0.5), b2: Opt.constant(0.25), epsilon: 0, lazy: 1 }),
      lazyAdam()
    ],
    [
      'optimisticAdam',
      Opt.optimisticAdam({ learningRate: 1, b1: 0, b2: 0.5, epsilon: 0 }),
      [-2, -2 * (4 / root((1 + 8) / 0.75)) + 1]
    ],
    ['lamb', Opt.lamb({ learningRate: 0.5, b1: 0, b2: 0, epsilon: 0 }), [-5, -5]],
    ['lamb with decay', Opt.lamb({ learningRate: 0.5, b1: 0, b2: 0, epsilon: 0, weightDecay: 3 }), [-5, -5]],
    ['lion', Opt.lion({ learningRate: 0.5, weightDecay: 0.25 }), [-0.5 * (1 + 2.5), -0.5 * (1 + 2.5)]],
    ['adaBelief', Opt.adaBelief({ learningRate: 1, b1: 0.5, b2: 0.5 }), adaBelief()],
    ['clipByValue', Opt.clipByValue(3), [2, 3]],
    ['clipByValue below', Opt.chain(Opt.scale(-1), Opt.clipByValue(3)), [-2, -3]],
    ['clipByNorm', Opt.clipByNorm(3), [2, 3]]
  ])('of %s', (_, optimizer, expected) => {
    twice(optimizer).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5))
  })
})

describe('LAMB', () => {
  it('moves each parameter by the share of its own length, and what is 0 by the step itself', () => {
    const params = { w: tensor([3, 4]), b: tensor([0, 0]), still: tensor([1]) }
    const gradients = { w: tensor([1, -1]), b: tensor([2, 2]), still: tensor([0]) }
    const optimizer = Opt.lamb({ learningRate: 0.1, b1: 0, b2: 0, epsilon: 1e-12 })
    const [{ w, b, still }] = optimizer.update(gradients, optimizer.init(params), params)
    const diagonal = 0.5 / Math.sqrt(2)
    ;[-diagonal, diagonal].forEach((x, i) => expect(w.data[i]).toBeCloseTo(x, 6))
    b.data.forEach((x) => expect(x).toBeCloseTo(-0.1, 6))
    expect(still.data[0]).toBeCloseTo(0, 12)
  })
})

describe('Lion', () => {
  it('mixes with b1 what it remembers with b2', () => {
    const optimizer = Opt.lion({ learningRate: 1, b1: 0.9, b2: 0.5 })
    const params = tensor([0])
    const [, state] = optimizer.update(tensor([8]), optimizer.init(params), params)
    // m = 4: 0.9 * 4 - 0.1 * 35 > 0 > 0.9 * 4 - 0.1 * 37.
    expect(optimizer.update(tensor([-35]), state, params)[0].data[0]).toBe(-1)
    expect(optimizer.update(tensor([-37]), state, params)[0].data[0]).toBe(1)
  })
})
