/** What optimizers and schedules say of themselves when they are made or run wrongly: nothing throws but tagged errors. */
import { describe, expect, it } from 'vitest'
import * as E from '#fp-ts/Either'
import * as Gan from '../../src/gan/gan.ts'
import { ones } from '../../src/ops/creation.ts'
import type { Optimizer } from '../../src/optim/opt.ts'
import * as Opt from '../../src/optim/opt.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { makeTensor as tensor } from '../../src/tensor/makeTensor.ts'
import { smallSpec } from '../support/smallGan.ts'
import { thrown } from '../support/thrown.ts'

const any = (x: unknown): never => x as never
const more = (...given: readonly unknown[]): [] => given as unknown as []
const params = tensor([1, 2])

describe('an optimizer', () => {
  it.each<readonly [string, Optimizer, string, string]>([
    ['without options', Opt.adam(any(undefined)), '', 'a record of options among learningRate, b1, b2, epsilon, epsilonRoot, lazy'],
    ['of a number', Opt.sgd(any(0.1)), '', 'a record of options among learningRate'],
    ['of a vector as learning rate', Opt.sgd({ learningRate: any(tensor([1, 2])) }), 'learningRate', 'a number of at least 0 or a schedule'],
    ['of a misspelt option', Opt.adam(any({ learningRate: 1, beta1: 0.5 })), 'beta1', 'one of learningRate, b1, b2, epsilon, epsilonRoot, lazy'],
    ['of two arguments', Opt.momentum({ learningRate: 1 }, ...more(0.5)), '', 'no further argument'],
    ['chained with one that was not called', Opt.chain(Opt.clipByNorm(1), any(Opt.adam)), '1', 'an optimizer'],
    ['chained with nothing', Opt.chain(any(undefined), Opt.scale(1)), '0', 'an optimizer'],
    ['of a schedule of two arguments too many', Opt.sgd({ learningRate: Opt.constant(1, ...more(2, 3)) }), 'learningRate', 'no further argument'],
    ['of a schedule that is a number', Opt.scaleBySchedule(any(0.1)), 'schedule', 'a function'],
    ['of rules without update', Opt.transformation(any({ name: 'mine', init: () => [] })), 'update', 'a function'],
    ['of a misspelt rule', Opt.transformation(any({ name: 'mine', init: () => [], update: () => [], optionss: {} })), 'optionss', 'one of name, options, problems, init, update'],
    ['of no rules', Opt.transformation(any(null)), '', 'a record of options among name, options, problems, init, update']
  ])('%s says so, is refused in a spec, and refuses to run', (_, optimizer, path, expected) => {
    expect(optimizer.problems.map((one) => [one.path.join('.'), one.expected])).toContainEqual([path, expected])
    const checked = Gan.validate(Gan.withOptimizer('generator', optimizer)(smallSpec()))
    const where = ['optimizers', 'generator', ...(path === '' ? [] : [path])].join('.')
    expect(E.isLeft(checked) && checked.left.map((issue) => issue.path.join('.'))).toContain(where)
    expect(thrown(() => optimizer.init(params))._tag).toBe('InvalidArgument')
    expect(thrown(() => optimizer.update(params, [], params))._tag).toBe('InvalidArgument')
    expect(typeof Opt.show(optimizer)).toBe('string')
  }) // prettier-ignore

  it.each<readonly [string, unknown, string]>([
    ['a vector', () => ones([3]), 'float32[3]'],
    ['one number in a list', () => ones([1]), 'float32[1]'],
    ['nothing', () => undefined, 'undefined'],
    ['a name', () => 'fast', '"fast"']
  ])('whose schedule gives %s is refused, in a spec too', (_, schedule, actual) => {
    for (const make of [
      (rate: Opt.Schedule): Optimizer => Opt.sgd({ learningRate: rate }),
      (rate: Opt.Schedule): Optimizer => Opt.adam({ learningRate: 0.1, b2: rate }),
      (rate: Opt.Schedule): Optimizer => Opt.scaleBySchedule(rate)
    ]) {
      const optimizer = make(any(schedule))
      const run = (): unknown => optimizer.update(params, optimizer.init(params), params)
      expect(thrown(run)).toMatchObject({ expected: 'a scalar for each step', actual })
      const checked = Gan.validate(Gan.withOptimizer('generator', optimizer)(smallSpec()))
      expect(E.isLeft(checked) && checked.left).toMatchObject([
        { path: ['optimizers', 'generator'], expected: 'a scalar for each step' }
      ])
    }
  })

  it.each([undefined, null, 3, 'state'])('run with %j as state says what it takes', (state) => {
    const optimizers = [
      Opt.identity,
      Opt.adam({ learningRate: 1 }),
      Opt.chain(Opt.scale(1), Opt.rmsprop({ learningRate: 1 }))
    ]
    for (const optimizer of optimizers)
      expect(thrown(() => optimizer.update(params, state, params))._tag).toBe('InvalidTree')
  })

  it("of one's own that gives no pair is told", () => {
    const mine = Opt.transformation({ name: 'mine', init: () => [], update: any((g: Tensor) => g) })
    expect(thrown(() => mine.update(params, [], params))).toMatchObject({
      op: 'mine',
      expected: 'a pair [updates, state] of update'
    })
  })
})
