/** Rules whose cycles differ: each cycle is to the bit one of the fixed rule that it goes by. */
import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import * as E from '#fp-ts/Either'
import { pipe } from '#fp-ts/function'
import { same } from '../../../../src/gan/json/same.ts'
import { Gan, Loss, Objective, Opt, Reg, Update, exp, mean, neg } from '../../../../src/index.ts'
// Loaded by trainings that go wrong alone; named here so that they are loaded with the test.
import '../../../../src/gan/train/recovery.ts'
import '../../../../src/gan/step/firstNonFinite.ts'
import { batchAt, bits, compiled, failed, leftOf, pathsOf, points, rightOf, smallSpec, trained, trainerFor } from '../../../support/smallGan.ts' // prettier-ignore

const js = (x: unknown): any => x

type Steps = (cycle: number) => number

const alternating = (discriminatorSteps: number | Steps): Update.Update => Update.alternating({ discriminatorSteps })

/** Relativistic, so that the generator takes a minibatch, too; with a lazy penalty and a memory. */
const specOf = (rule: Update.Update): Gan.Spec =>
  smallSpec(
    Gan.withLoss(Loss.relativistic),
    Gan.withRegularizer('generator', Reg.pathLength({ weight: 0.1, decay: 0.5 })),
    Gan.withRegularizer('discriminator', pipe(Reg.r1({ gamma: 0.1 }), Objective.every(2))),
    Gan.withOptimizer('discriminator', Opt.adam({ learningRate: 0.02, b1: 0.5, b2: 0.9 })),
    Gan.withUpdate(rule)
  )

/** Data in order, from any minibatch on. */
const data = {
  *from(cursor: number) {
    for (let i = cursor; ; i++) yield batchAt(i)
  }
}

/** Does each cycle by the step of a rule that is fixed. */
const chained = async (
  ruleOf: (steps: number) => Update.Update,
  steps: readonly number[],
  options: Partial<Gan.CompileOptions> = {}
): Promise<Gan.State> => {
  const fixed = new Map<number, Gan.TrainingStep>()
  for (const n of new Set(steps)) fixed.set(n, await compiled(specOf(ruleOf(n)), options))
  let state = await fixed.get(steps[0]!)!.init(0)
  for (const n of steps) {
    const step = fixed.get(n)!
    const first = state.cursor.data[0]!
    const [next, metrics] = await step(
      state,
      Array.from({ length: step.batchesPerStep }, (_, i) => batchAt(first + i))
    )
    expect(metrics['discriminator']!.loss.shape).toEqual([n])
    state = next
  }
  for (const step of fixed.values()) step.dispose()
  return state
}

describe('critic steps as a function of the cycle', () => {
  it('are in each cycle those of the rule of so many, to the bit, and take as many minibatches', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 8 }), async (steps) => {
        const rule = alternating((cycle) => steps[cycle % steps.length]!)
        const step = await compiled(specOf(rule))
        expect(steps.map((_, cycle) => step.shapesAt(cycle).length)).toEqual(steps.map((n) => n + 1))
        const figures: number[][] = []
        const trainer = await trainerFor(step)
        const taken = (i: number): number => steps.slice(0, i).reduce((sum, n) => sum + n + 1, 0)
        const advanced = trainer.advance(steps.length, {
          batches: (i) => Array.from({ length: steps[i]! + 1 }, (_, j) => batchAt(taken(i) + j)),
          onStep: (_, metrics) => figures.push([...metrics['discriminator']!.loss.shape])
        })
        rightOf(await advanced())
        const state = rightOf(await trainer.snapshot()())
        expect(bits(state)).toEqual(bits(await chained(alternating, steps)))
        expect(state.cursor.data[0]).toBe(taken(steps.length))
        expect(figures).toEqual(steps.map((n) => [n]))
        trainer.dispose()
        step.dispose()
      }),
      { numRuns: 8 }
    )
  })
  it.each<readonly [string, Partial<Gan.TrainOptions>]>([
    ['given', { data }],
    ['drawn', { data: points }],
    ['given, on wasm', { data, engine: 'wasm' }]
  ])('resume across a change to the same bits, with data that are %s', async (_, of) => {
    const spec = specOf(alternating((cycle) => (cycle < 5 ? 4 : 1)))
    const whole = await trained(spec, { ...of, steps: 8 })
    for (const n of [3, 5, 6]) {
      const half = await trained(spec, { ...of, steps: n })
      const rest = await trained(spec, { ...of, steps: 8 - n, state: structuredClone(half.state) })
      expect(bits(rest.state)).toEqual(bits(whole.state))
    }
    expect(whole.state.cursor.data[0]).toBe(5 * 5 + 3 * 2)
  })
  it.each<readonly [string, (rule: Update.Update) => Update.Update]>([
    ['lookahead', (rule) => Update.lookahead(rule, { period: 2 })],
    ['accumulated', (rule) => Update.accumulated(rule, { minibatches: 2 })],
    ['a cycle of two rules', (rule) => Update.Monoid.concat(rule, Update.optimistic)],
    [
      'a cycle of two rules that vary',
      (rule) => Update.Monoid.concat(Update.optimistic, Update.Monoid.concat(rule, rule))
    ],
    ['lookahead of a cycle', (rule) => Update.lookahead(Update.Monoid.concat(Update.optimistic, rule), { period: 3 })]
  ])('vary inside %s', async (_, within) => {
    const steps = [3, 1, 1, 2, 3]
    const fixed = (n: number): Update.Update => within(alternating(n))
    const varying = within(alternating((cycle) => steps[cycle % steps.length]!))
    // The rules that it goes by are the fixed ones themselves.
    for (const [cycle, n] of steps.entries()) {
      const variant = rightOf<Update.Variant>(js(varying.at!(cycle)))
      expect([variant.rule.name, same(variant.rule.options, fixed(n).options)]).toEqual([fixed(n).name, true])
    }
    const specs = [varying, ...[1, 2, 3].map(fixed)].map((rule) => smallSpec(Gan.withUpdate(rule)))
    const [varied, ...byNumber] = await Promise.all(specs.map((spec) => compiled(spec, { sampler: points })))
    let [one, other] = [await varied!.init(0), await varied!.init(0)]
    for (const n of steps) {
      ;[one] = await varied!(one)
      ;[other] = await byNumber[n - 1]!(other)
    }
    expect(bits(one)).toEqual(bits(other))
    for (const step of [varied!, ...byNumber]) step.dispose()
  })
  it('take draws as they are given, as many as a cycle has', async () => {
    const spec = smallSpec(Gan.withUpdate(alternating((cycle) => cycle + 1)))
    const step = await compiled(spec, { givenDraws: true })
    const drawsOf = (n: number) => Array.from({ length: n }, (_, i) => ({ latent: batchAt(7 + i) }))
    const [one] = await step(await step.init(0), [batchAt(0)], drawsOf(2))
    const [two] = await step(one, [batchAt(1), batchAt(2)], drawsOf(3))
    const fixed = await compiled(smallSpec(Gan.withUpdate(alternating(2))), { givenDraws: true })
    expect(bits((await fixed(one, [batchAt(1), batchAt(2)], drawsOf(3)))[0])).toEqual(bits(two))
    await expect(step(one, [batchAt(1), batchAt(2)], drawsOf(2))).rejects.toMatchObject({
      expected: 'draws of 3 phases as draws',
      actual: '2'
    })
    await expect(step(one, [batchAt(1)], drawsOf(3))).rejects.toMatchObject({
      expected: '2 minibatches a step as batches',
      actual: '1'
    })
    for (const of of [step, fixed]) of.dispose()
  })
  it('end with the last whole cycle where the data end within one', async () => {
    const spec = smallSpec(Gan.withUpdate(alternating((cycle) => (cycle < 2 ? 3 : 2))))
    const ended = async (n: number) => {
      const finite = Array.from({ length: n }, (_, i) => batchAt(i))
      const { stopped, stepsDone, state } = await trained(spec, { data: finite, steps: 9 })
      return [stopped, stepsDone, state.step.data[0], state.cursor.data[0]]
    }
    expect(await ended(5)).toEqual(['exhausted', 1, 1, 3])
    expect(await ended(8)).toEqual(['exhausted', 3, 3, 8])
    expect(await ended(9)).toEqual(['exhausted', 3, 3, 8])
    expect(await ended(1)).toEqual(['exhausted', 0, 0, 0])
  })
  it('that diverge after a change give the last sound state, and the operation', async () => {
    const runaway = Objective.of('runaway', ({ D, fake }) => neg(exp(mean(D(fake)))))
    const spec = (rule: Update.Update) => smallSpec(Gan.withUpdate(rule), Gan.withRegularizer('discriminator', runaway))
    const left = await failed(spec(alternating((cycle) => (cycle < 3 ? 1 : 2))), { data, steps: 200 })
    expect(left.issues[0]._tag).toBe('Diverged')
    expect(left.issues[0].actual).toContain('first made by')
    const reached = left.reached!
    expect(reached.stepsDone).toBeGreaterThan(3)
    // By hand: three cycles of one critic step, the others of two.
    const [ones, twos] = [await compiled(spec(alternating(1))), await compiled(spec(alternating(2)))]
    let state = await ones.init(0)
    for (let cycle = 0; cycle < reached.stepsDone; cycle++) {
      const first = state.cursor.data[0]!
      const given = [batchAt(first), batchAt(first + 1)]
      ;[state] = cycle < 3 ? await ones(state, given.slice(0, 1)) : await twos(state, given)
    }
    expect(bits(reached.state)).toEqual(bits(state))
    for (const of of [ones, twos]) of.dispose()
  })
})

describe('a function of the cycle that is wrong', () => {
  const thrown = new Error('no such table')
  let calls = 0
  it.each<readonly [string, (cycle: number) => unknown, object]>([
    ['gives 0', () => 0, { expected: 'a whole number from 1 to 1000 of cycle 0', actual: '0' }],
    ['gives NaN', () => NaN, { actual: 'NaN' }],
    ['gives a half', () => 1.5, { actual: '1.5' }],
    ['gives too many', () => 1001, { actual: '1001' }],
    ['gives nothing', () => undefined, { actual: 'undefined' }],
    ['gives a promise', () => Promise.resolve(3), { actual: 'a promise' }],
    ['gives a string', () => '3', { actual: '"3"' }],
    [
      'is wrong in a later cycle',
      (cycle) => 999 - cycle,
      { expected: 'a whole number from 1 to 1000 of cycle 999', actual: '0' }
    ],
    [
      'throws',
      () => {
        throw thrown
      },
      { _tag: 'TermFailed', actual: 'Error: no such table', cause: thrown }
    ],
    [
      'counts its calls',
      () => 1 + (calls++ % 3),
      { expected: 'the same number whenever it is asked for, that of cycle 0' }
    ],
    ['draws', () => 1 + Math.floor(500 * Math.random()), { expected: expect.stringMatching(/^the same number/) }]
  ])('%s', async (_, steps, issue) => {
    const rule = alternating(js(steps))
    const spec = smallSpec(Gan.withUpdate(rule))
    for (const result of [
      Gan.validate(spec),
      await Gan.compile({ batchSize: 4, engine: 'reference' })(spec)(),
      await Gan.train({ data: points, batchSize: 4, steps: 2, engine: 'reference' })(spec)()
    ])
      expect(leftOf(js(result))).toMatchObject([{ path: ['update', 'discriminatorSteps'], ...issue }])
    const within = Update.lookahead(Update.Monoid.concat(Update.simultaneous, rule))
    expect(pathsOf(leftOf(Gan.validate(smallSpec(Gan.withUpdate(within)))))).toEqual([
      'update.rule.1.discriminatorSteps'
    ])
  })
  it.each([
    ['drawn', points],
    ['given', data]
  ])('only when it is reached ends a training there, with data that are %s', async (_, source) => {
    const spec = smallSpec(Gan.withUpdate(alternating((cycle) => (cycle < 1002 ? 1 : 0))))
    const step = await compiled(spec)
    const start = { ...(await step.init(0)), step: { shape: [], dtype: 'int32', data: Int32Array.of(1000) } as const }
    expect([step.shapesAt(1001), step.shapesAt(1002)]).toEqual([[[4, 2]], []])
    step.dispose()
    const left = await failed(spec, { data: source, steps: 5, state: start })
    expect(left.issues).toMatchObject([
      { path: ['update', 'discriminatorSteps'], expected: 'a whole number from 1 to 1000 of cycle 1002' }
    ])
    expect(left.reached).toMatchObject({ stepsDone: 2 })
    expect(left.reached!.state.step.data[0]).toBe(1002)
  })
  it.each<readonly [string, unknown, object]>([
    [
      'that throws',
      () => {
        throw thrown
      },
      { path: ['update'], actual: 'Error: no such table' }
    ],
    ['that gives nothing', () => undefined, { path: ['update'] }]
  ])('of a rule of one’s own %s is told', async (_, at, issue) => {
    // prettier-ignore
    const spec = smallSpec(Gan.withUpdate({ ...Update.simultaneous, at: js(at) }))
    expect(leftOf(Gan.validate(spec))).toMatchObject([issue])
    // Found late, too.
    const late = { ...Update.simultaneous, at: (cycle: number) => cycle < 1000 ? E.right({ key: '', rule: Update.simultaneous }) : js(at)(cycle) } // prettier-ignore
    const step = await compiled(smallSpec(Gan.withUpdate(late)))
    const start = { ...(await step.init(0)), step: { shape: [], dtype: 'int32', data: Int32Array.of(1000) } as const }
    const trainer = await trainerFor(step, start).catch((cause: unknown) => cause)
    expect(String(trainer)).toContain('update')
    step.dispose()
  })
  it('is shown by its name', () => {
    const warmUp = (cycle: number): number => (cycle < 25 ? 100 : 5)
    const shown = Gan.show(smallSpec(Gan.withUpdate(alternating(warmUp))))
    expect(shown).toContain('update alternating({ discriminatorSteps: warmUp, first: "discriminator"')
  })
})
