import { it as prop } from '@fast-check/vitest'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mul, square, sub } from '../../src/ops/arithmetic.ts'
import { sum } from '../../src/ops/reduction.ts'
import type { Optimizer } from '../../src/optim/opt.ts'
import * as Opt from '../../src/optim/opt.ts'
import { makeTensor as tensor } from '../../src/tensor/makeTensor.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { flatten, structureKey, treeLeaves, treeMap } from '../../src/tensor/tree.ts'
import { evaluate } from '../../src/transform/evaluate.ts'
import { grad } from '../../src/transform/grad.ts'

interface Params {
  readonly w: Tensor
  readonly b: Tensor
}
const params: Params = { w: tensor([[1, -2], [3, 0.5]]), b: tensor([0.1, 0]) } // prettier-ignore
const gradients: Params = { w: tensor([[0.3, 0], [-5, 1e-6]]), b: tensor([2, -1]) } // prettier-ignore

/** Params after some updates, and the last state. */
const run = (optimizer: Optimizer, steps = 3): { params: Params; state: unknown } => {
  let [current, state] = [params, optimizer.init(params)]
  for (let i = 0; i < steps; i++) {
    const [updates, after] = optimizer.update(treeMap((g) => mul(g, 1 + i), gradients), state, current) // prettier-ignore
    state = after
    current = Opt.applyUpdates(current, updates)
  }
  return { params: current, state }
}
const numbers = (tree: unknown): readonly number[] => treeLeaves(tree).flatMap(({ data }) => [...data])

const rate = 0.01
const all: readonly Optimizer[] = [
  Opt.identity,
  Opt.sgd({ learningRate: rate }),
  Opt.sgd({ learningRate: Opt.linear(rate, 0, 10) }),
  Opt.momentum({ learningRate: rate }),
  Opt.nesterov({ learningRate: rate }),
  Opt.adam({ learningRate: rate }),
  Opt.adam({ learningRate: Opt.cosine(rate, 0, 5), b1: 0, b2: 0.9 }),
  Opt.adam({ learningRate: rate, b1: Opt.linear(0, 0.9, 5), b2: Opt.linear(0.9, 0.99, 5) }),
  Opt.adamW({ learningRate: rate }),
  Opt.rmsprop({ learningRate: rate }),
  Opt.clipByNorm(1),
  Opt.clipByValue(0.1),
  Opt.scale(-2),
  Opt.scaleBySchedule(Opt.exponential(1, 0.5, 2)),
  Opt.addDecayedWeights(0.1)
]

describe.each(all.map((optimizer) => [Opt.show(optimizer), optimizer] as const))('%s', (_, optimizer) => {
  it('has no problems, and moves finitely', () => {
    expect(optimizer.problems).toEqual([])
    expect(numbers(run(optimizer).params).every(Number.isFinite)).toBe(true)
  })

  it('keeps the structure of params and of its state', () => {
    const { params: after, state } = run(optimizer)
    const key = (tree: unknown): string => structureKey(flatten(tree).structure)
    expect(key(after)).toBe(key(params))
    expect(key(state)).toBe(key(optimizer.init(params)))
    expect(treeLeaves(state).map(({ shape, dtype }) => [dtype, shape])).toEqual(
      treeLeaves(optimizer.init(params)).map(({ shape, dtype }) => [dtype, shape])
    )
  })

  it('does the same eagerly and traced', () => {
    const traced = evaluate((p: Params) => {
      let [current, state] = [p, optimizer.init(p)]
      for (let i = 0; i < 3; i++) {
        const [updates, after] = optimizer.update(treeMap((g) => mul(g, 1 + i), gradients), state, current) // prettier-ignore
        state = after
        current = Opt.applyUpdates(current, updates)
      }
      return current
    })(params)
    numbers(traced).forEach((x, i) => expect(x).toBeCloseTo(numbers(run(optimizer).params)[i]!, 5))
  })
})

describe('chain is a monoid', () => {
  const link = fc.constantFrom(...all)
  const same = (a: Optimizer, b: Optimizer): void => {
    expect(numbers(run(a))).toEqual(numbers(run(b)))
    expect(structureKey(flatten(run(a).state).structure)).toBe(structureKey(flatten(run(b).state).structure))
    expect(Opt.show(a)).toBe(Opt.show(b))
  }
  const { concat, empty } = Opt.MonoidOptimizer

  prop.prop([link, link, link], { numRuns: 20 })('associative, states included', (a, b, c) => {
    same(concat(concat(a, b), c), concat(a, concat(b, c)))
    same(Opt.chain(a, b, c), Opt.chain(a, Opt.chain(b, c)))
  })

  prop.prop([link], { numRuns: 20 })('with identity as unit', (a) => {
    same(concat(a, empty), a)
    same(concat(empty, a), a)
  })

  it('feeds the updates of one to the next', () =>
    expect(numbers(Opt.chain(Opt.scale(3), Opt.clipByValue(1)).update(gradients, [[], []], params)[0])).toEqual(
      numbers(Opt.clipByValue(1).update(treeMap((g) => mul(g, 3), gradients), [], params)[0]) // prettier-ignore
    ))
})

describe('adam', () => {
  const first = (options: Opt.AdamOptions, g: number): number => {
    const optimizer = Opt.adam(options)
    return evaluate(
      (gradient: Tensor) => optimizer.update(gradient, optimizer.init(gradient), gradient)[0],
      { precision: 'float64' } // prettier-ignore
    )(tensor(g)).data[0]!
  }

  it.each([0, 0.5, 0.9, 0.999999])('first moves by the learning rate for b1 = %d', (b1) => {
    expect(first({ learningRate: 0.1, b1, epsilon: 0 }, 3)).toBeCloseTo(-0.1, 12)
    expect(first({ learningRate: 0.1, b1, b2: 0, epsilon: 0 }, -1e-3)).toBeCloseTo(0.1, 12)
  })

  it('keeps no mean of gradients where b1 = 0', () => {
    expect(treeLeaves(Opt.adam({ learningRate: 1, b1: 0 }).init(params))).toHaveLength(3)
    expect(treeLeaves(Opt.adam({ learningRate: 1 }).init(params))).toHaveLength(5)
  })

  it('does not move where the gradient is 0', () => expect(first({ learningRate: 0.1 }, 0)).toBeCloseTo(0, 12))

  it('corrects its bias to full precision in float32 at every age', () => {
    const { update } = Opt.adam({ learningRate: 1, b1: 0, b2: 0.999, epsilon: 0 })
    for (const t of [0, 10, 1000, 100000]) {
      // v = (1 - b2^t) for gradients that have all been 1.
      const v = 1 - 0.999 ** t
      const moment = { count: tensor(t, [], 'int32'), mean: [], square: tensor(v) }
      expect(update(tensor(1), [moment, []], tensor(0))[0].data[0]).toBeCloseTo(-1, 6)
    }
  })

  it('follows schedules by its own count', () => {
    const optimizer = Opt.adam({ learningRate: Opt.piecewise(1, [[2, 0]]), b1: 0, b2: 0, epsilon: 0 })
    let state = optimizer.init(tensor(0))
    const moves = [1, 1, 1].map((g) => {
      const [updates, after] = optimizer.update(tensor(g), state, tensor(0))
      state = after
      return updates.data[0]! + 0
    })
    expect(moves).toEqual([-1, -1, 0])
  })
})

describe('clipByNorm', () => {
  const clipped = (x: number[]): number[] => [...Opt.clipByNorm(1).update(tensor(x), [], tensor(x))[0].data]
  it('leaves small gradients, zero included, and shortens long ones', () => {
    expect(clipped([0, 0])).toEqual([0, 0])
    expect(clipped([0.5, -0.5])).toEqual([0.5, -0.5])
    clipped([30, -40]).forEach((x, i) => expect(x).toBeCloseTo([0.6, -0.8][i]!, 6))
  })
  it('takes the norm of all leaves together', () => {
    const [{ w, b }] = Opt.clipByNorm(1).update({ w: tensor([3]), b: tensor([4]) }, [], { w: tensor([0]), b: tensor([0]) }) // prettier-ignore
    expect([w.data[0], b.data[0]]).toEqual([Math.fround(0.6), Math.fround(0.8)])
  })
  it('does not hide a NaN', () => expect(clipped([NaN, 1])[0]).toBeNaN())
})

describe('differentiating through updates', () => {
  /** The loss after k steps of descent, as a function of where they start. */
  const unrolled =
    (optimizer: Optimizer, k: number) =>
    (start: Tensor): Tensor => {
      const loss = (p: Tensor): Tensor => sum(square(square(sub(p, tensor([1, 2])))))
      let [p, state] = [start, optimizer.init(start)]
      for (let i = 0; i < k; i++) {
        const [updates, after] = optimizer.update(grad(loss)(p), state, p)
        state = after
        p = Opt.applyUpdates(p, updates)
      }
      return sum(square(p))
    }

  it.each(
    [
      Opt.sgd({ learningRate: 0.01 }),
      Opt.nesterov({ learningRate: 0.01 }),
      Opt.adam({ learningRate: 0.1, b1: 0.5, epsilonRoot: 1e-3 }),
      Opt.adamW({ learningRate: 0.1 }),
      Opt.rmsprop({ learningRate: 0.01 }),
      Opt.optimisticAdam({ learningRate: 0.1 }),
      Opt.lamb({ learningRate: 0.1, weightDecay: 0.1 }),
      Opt.adaBelief({ learningRate: 0.1, b1: 0.5 }),
      Opt.adam({ learningRate: Opt.linear(0.1, 0, 9), b2: Opt.linear(0.5, 0.9, 9), lazy: 3 }),
      Opt.chain(Opt.clipByNorm(1), Opt.adam({ learningRate: 0.1 }))
    ].map((optimizer) => [Opt.show(optimizer), optimizer] as const)
  )('%s agrees with a difference quotient', (_, optimizer) => {
    const f = evaluate(unrolled(optimizer, 4), { precision: 'float64' })
    const [x, y] = [0.3, -0.7]
    const gradient = evaluate(grad(unrolled(optimizer, 4)), { precision: 'float64' })(tensor([x, y])).data
    const at = (a: number, b: number): number => f(tensor(new Float64Array([a, b]))).data[0]!
    const h = 1e-5
    const start = [Math.fround(x), Math.fround(y)] as const
    const quotients = [
      (at(start[0] + h, start[1]) - at(start[0] - h, start[1])) / (2 * h),
      (at(start[0], start[1] + h) - at(start[0], start[1] - h)) / (2 * h)
    ]
    gradient.forEach((g, i) => expect(g).toBeCloseTo(quotients[i]!, 5))
  })

  it('is finite where a gradient is exactly 0', () => {
    for (const make of [Opt.adam, Opt.rmsprop, Opt.optimisticAdam, Opt.lamb, Opt.lion, Opt.adaBelief]) {
      const optimizer = make({ learningRate: 0.1 })
      const { data } = grad(unrolled(optimizer, 2))(tensor([1, 0]))
      expect([...data].every(Number.isFinite)).toBe(true)
    }
  })
})

describe('problems', () => {
  const paths = ({ problems }: Optimizer): readonly string[] => problems.map(({ path }) => path.join('.'))

  it('are collected, all of them', () => {
    expect(paths(Opt.adam({ learningRate: -1, b1: 1, b2: NaN, epsilon: -1e-8 }))).toEqual(['learningRate', 'b1', 'b2', 'epsilon']) // prettier-ignore
    expect(paths(Opt.chain(Opt.clipByNorm(0), Opt.sgd({ learningRate: -1 })))).toEqual(['0.maxNorm', '1.learningRate'])
  })

  it('tell a misspelt option', () => {
    const misspelt = { learningRate: 1, beta1: 0.5 } as unknown as Opt.AdamOptions
    expect(Opt.adam(misspelt).problems).toEqual([
      {
        path: ['beta1'],
        expected: 'one of learningRate, b1, b2, epsilon, epsilonRoot, lazy',
        actual: 'beta1',
        hint: 'Did you mean b1?'
      }
    ])
    const wrongCase = { learningrate: 1 } as unknown as Opt.SgdOptions
    expect(Opt.sgd(wrongCase).problems).toMatchObject([{ hint: 'Did you mean learningRate?' }, { actual: 'undefined' }])
  })

  it('keep the optimizer from running', () => {
    const broken = Opt.adam({ learningRate: -1 })
    expect(() => broken.init(params)).toThrow(/InvalidArgument in adam: expected a number of at least 0 or a schedule as learningRate; got -1/) // prettier-ignore
    expect(() => broken.update(params, [], params)).toThrow(/InvalidArgument in adam/)
  })
})

describe('draw', () => {
  it('prints names and numbers', () => {
    expect(Opt.show(Opt.adam({ learningRate: Opt.linear(2e-3, 0, 30000), b1: 0 }))).toBe(
      'adam(learningRate linear(from 0.002, to 0, steps 30000), b1 0, b2 0.999, epsilon 1e-8, epsilonRoot 0)'
    )
    expect(Opt.show(Opt.identity)).toBe('identity')
  })
})
