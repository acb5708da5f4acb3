/** Training from beginning to end: data, stopping, resuming, failing, and what it leaves behind. */
import { describe, expect, it } from 'vitest'
import { pipe } from '#fp-ts/function'
import * as E from '#fp-ts/Either'
import {
  Gan,
  Issue,
  Loss,
  Net,
  Objective,
  Opt,
  Prior,
  Reg,
  Update,
  add,
  batches,
  convert,
  div,
  mean,
  mul,
  relu,
  sqrt,
  square,
  sub,
  tensor,
  treeMap
} from '../../../src/index.ts'
import type { Tensor } from '../../../src/index.ts'
import {
  batchAt,
  bits,
  compiled,
  failed,
  leftOf,
  pathsOf,
  players,
  points,
  rightOf,
  smallSpec,
  trained,
  trainerFor
} from '../../support/smallGan.ts'

/** Everything that has a memory: batch norm, dropout, Adam, a schedule, laziness, a remembered mean, averages. */
const richSpec: Gan.Spec = pipe(
  Gan.between({
    generator: Net.serial(Net.dense(2, 4), Net.batchNorm(4), Net.relu, Net.dense(4, 2)),
    discriminator: Net.serial(Net.dense(2, 4), Net.leakyRelu(0.2), Net.dropout(0.2), Net.dense(4, 1)),
    prior: Prior.normal([2])
  }),
  Gan.withLoss(Loss.nonSaturating),
  Gan.withRegularizer('discriminator', Objective.every(3)(Reg.r1({ gamma: 0.1 }))),
  Gan.withRegularizer(
    'generator',
    pipe(Reg.pathLength(), Objective.every(2), Objective.schedule(Opt.linear(1, 0, 20)))
  ),
  Gan.withOptimizer('generator', Opt.adam({ learningRate: Opt.cosine(1e-2, 0, 20), b1: 0.5 })),
  Gan.withOptimizer('discriminator', Opt.adam({ learningRate: 1e-2, b1: 0, b2: 0.9 })),
  Gan.withUpdate(Update.alternating({ discriminatorSteps: 2 })),
  Gan.withAverage({ decay: 0.9 })
)

const all: Tensor = { shape: [32, 2], dtype: 'float32', data: Float32Array.from({ length: 64 }, (_, i) => Math.cos(i)) }
const dataset = { from: (cursor: number) => batches(all, { batchSize: 4, seed: 3 }).from(cursor) }

/** A state as a file would give it back: every number through text. */
const throughText = (state: Gan.State): Gan.State =>
  treeMap((x) => {
    const numbers = JSON.parse(JSON.stringify([...x.data])) as number[]
    return {
      shape: [...x.shape],
      dtype: x.dtype,
      data: x.dtype === 'int32' ? Int32Array.from(numbers) : Float32Array.from(numbers)
    }
  }, state)

describe.each([
  ['a sampler', points],
  ['data', dataset]
] as const)('on %s', (_, data) => {
  it('the same seed gives the same bits, another seed others', async () => {
    const [one, two, other] = [0, 0, 1].map((seed) => trained(richSpec, { data, steps: 4, seed }))
    expect(bits((await one!).state)).toEqual(bits((await two!).state))
    expect(bits((await one!).state)).not.toEqual(bits((await other!).state))
  })
  it('2N steps are N steps, text, and N steps', async () => {
    const whole = await trained(richSpec, { data, steps: 10 })
    const half = await trained(richSpec, { data, steps: 5 })
    const rest = await trained(richSpec, { data, steps: 5, state: throughText(half.state) })
    expect(bits(rest.state)).toEqual(bits(whole.state))
    expect([...rest.state.step.data, ...rest.state.cursor.data]).toEqual([10, 20])
  })
  it('trainings side by side do not see each other', async () => {
    const specs = [richSpec, smallSpec()]
    const alone = [await trained(specs[0]!, { data, steps: 5 }), await trained(specs[1]!, { data, steps: 7 })]
    const together = await Promise.all([trained(specs[0]!, { data, steps: 5 }), trained(specs[1]!, { data, steps: 7 })])
    expect(together.map(({ state }) => bits(state))).toEqual(alone.map(({ state }) => bits(state)))
  })
})

describe('a step', () => {
  it('is pure, and what a trainer does', async () => {
    const step = await compiled(richSpec)
    const state = await step.init(4)
    const given = [batchAt(0), batchAt(1)]
    const before = JSON.stringify([bits(state), bits(given)])
    const [next] = await step(state, given)
    const [again] = await step(state, given)
    expect(JSON.stringify([bits(state), bits(given)])).toBe(before)
    expect(bits(again)).toEqual(bits(next))
    const trainer = await trainerFor(step, state)
    rightOf(await trainer.advance(1, { batches: () => given })())
    expect(bits(rightOf(await trainer.snapshot()()))).toEqual(bits(next))
    trainer.dispose()
  })
  it('refuses states, minibatches and draws that do not fit', async () => {
    const step = await compiled(smallSpec())
    const other = await compiled(smallSpec(Gan.withAverage({ decay: 0.9 })))
    const given = [batchAt(0), batchAt(1)].slice(0, step.batchesPerStep)
    await expect(step(await other.init(0), given)).rejects.toThrow(/state\.averages/)
    await expect(step({} as Gan.State, given)).rejects.toThrow(/state\.averages|state\.cursor/)
    await expect(step(await step.init(0), batchAt(0, 5))).rejects.toThrow(/float32\[4, 2\]/)
    await expect(step(await step.init(0), [])).rejects.toThrow(/1 minibatches a step/)
    await expect(step(await step.init(0), [3 as never])).rejects.toThrow(/got 3/)
    await expect(step(await step.init(0), given, [{ latent: batchAt(0) }])).rejects.toThrow(/draws/)
  })
  it('given its draws wants all of them', async () => {
    const step = await compiled(smallSpec(), { givenDraws: true })
    const drawn = { latent: batchAt(3) }
    await step(await step.init(0), batchAt(0), [drawn, drawn])
    await expect(step(await step.init(0), batchAt(0), [drawn])).rejects.toThrow(/draws of 2 phases/)
    await expect(step(await step.init(0), batchAt(0), [drawn, {}])).rejects.toThrow(/draws\.1\.latent/)
    await expect(step(await step.init(0), batchAt(0), [drawn, { ...drawn, noise: batchAt(1) }])).rejects.toThrow(
      /'noise'/
    )
  })
})

describe('data', () => {
  const list = (n: number) => Array.from({ length: n }, (_, i) => batchAt(i))
  const asynchronous = async function* (n: number) {
    for (const batch of list(n)) yield Promise.resolve(batch)
  }
  it('may be an iterable, an async one, or begin anywhere: the same batches, the same bits', async () => {
    const sources: readonly Gan.Source[] = [
      list(6),
      asynchronous(6),
      { from: (cursor) => list(6).slice(cursor) },
      list(6).map((real) => ({ real }))
    ]
    const states = await Promise.all(
      sources.map(async (data) => bits((await trained(smallSpec(), { data, steps: 6 })).state))
    )
    for (const state of states) expect(state).toEqual(states[0])
  })
  it('may hand out one and the same memory', async () => {
    const reusing = function* () {
      const batch = batchAt(0)
      for (let i = 0; i < 6; i++) {
        batch.data.set(batchAt(i).data)
        yield batch
      }
    }
    const fresh = await trained(smallSpec(), { data: list(6), steps: 6 })
    expect(bits((await trained(smallSpec(), { data: reusing(), steps: 6 })).state)).toEqual(bits(fresh.state))
  })
  it('may end before the steps do', async () => {
    const { stopped, stepsDone, state } = await trained(smallSpec(), { data: list(5), steps: 100 })
    expect([stopped, stepsDone, ...state.step.data]).toEqual(['exhausted', 5, 5])
  })
  it('may end in the middle of a step, which is not done then', async () => {
    const twice = smallSpec(Gan.withUpdate(Update.alternating({ discriminatorSteps: 2 })))
    expect(await trained(twice, { data: list(5), steps: 100 })).toMatchObject({ stopped: 'exhausted', stepsDone: 2 })
    expect(await trained(twice, { data: [], steps: 100 })).toMatchObject({ stopped: 'exhausted', stepsDone: 0 })
  })
  it.each<readonly [string, unknown, RegExp]>([
    ['of another shape', batchAt(0, 3), /float32\[4, 2\]; got float32\[3, 2\][\s\S]*incomplete/],
    ['of other features', tensor([[1], [2], [3], [4]]), /got float32\[4, 1\][\s\S]*generator/],
    ['of integers', convert(batchAt(0), 'int32'), /int32\[4, 2\]/],
    ['without numbers', { ...batchAt(0), data: new Float32Array(3) }, /of 3 numbers/],
    ['that is none', undefined, /undefined/]
  ])('with a minibatch %s gives an Issue', async (_, bad, text) => {
    const data = [batchAt(0), bad as Tensor]
    const issues = leftOf(await pipe(smallSpec(), Gan.train({ data, batchSize: 4, steps: 5, engine: 'reference' }))())
    expect(Issue.show(issues)).toMatch(text)
  })
  it('that throw give an Issue', async () => {
    const throwing = function* () {
      yield batchAt(0)
      throw new Error('disk on fire')
    }
    const issues = leftOf(
      await pipe(smallSpec(), Gan.train({ data: throwing(), batchSize: 4, steps: 5, engine: 'reference' }))()
    )
    expect(issues).toMatchObject([{ _tag: 'DataFailed', actual: 'Error: disk on fire' }])
    const never = { from: (): never => { throw new Error('no file') } } // prettier-ignore
    expect(
      pathsOf(
        leftOf(await pipe(smallSpec(), Gan.train({ data: never, batchSize: 4, steps: 5, engine: 'reference' }))())
      )
    ).toEqual(['train.data'])
  })
})

describe('stopping', () => {
  it('by a signal between steps gives the state of the steps done', async () => {
    const controller = new AbortController()
    const { stopped, stepsDone, state } = await trained(smallSpec(), {
      steps: 1e6,
      signal: controller.signal,
      onStep: (step) => {
        if (step === 20) controller.abort()
      }
    })
    expect(stopped).toBe('aborted')
    expect(stepsDone).toBeGreaterThanOrEqual(20)
    expect([...state.step.data]).toEqual([stepsDone])
    expect(bits(state)).toEqual(bits((await trained(smallSpec(), { steps: stepsDone })).state))
  })
  it('before the first step', async () => {
    expect(await trained(smallSpec(), { signal: { aborted: true } })).toMatchObject({
      stopped: 'aborted',
      stepsDone: 0
    })
  })
  it('while data are being waited for', async () => {
    const controller = new AbortController()
    const slow = async function* () {
      yield batchAt(0)
      setTimeout(() => { controller.abort() }, 5) // prettier-ignore
      await new Promise(() => undefined)
    }
    expect(await trained(smallSpec(), { data: slow(), steps: 9, signal: controller.signal })).toMatchObject({
      stopped: 'aborted',
      stepsDone: 1
    })
  })
  it('at once: no steps give the state as it began', async () => {
    const { state, step, stopped, figures } = await trained(smallSpec(), { steps: 0, seed: 3 })
    expect(bits(state)).toEqual(bits(await step.init(3)))
    expect([stopped, figures]).toEqual(['done', {}])
  })
  it('leaves the event loop its turns', async () => {
    let fired = 0
    const timer = setInterval(() => fired++, 5)
    await trained(smallSpec(), { steps: 600 })
    clearInterval(timer)
    expect(fired).toBeGreaterThan(0)
  })
})

describe('an iterator', () => {
  const watched = () => {
    const seen = { closed: 0 }
    const data = (function* () {
      try {
        for (let i = 0; ; i++) yield batchAt(i)
      } finally {
        seen.closed++
      }
    })()
    return { seen, data }
  }
  const attempts: readonly (readonly [string, Partial<Gan.TrainOptions>, string | undefined])[] = [
    ['done', {}, undefined],
    ['aborted', { signal: { aborted: true } }, undefined],
    ['onStep throws', { onStep: () => { throw new Error('step') } }, 'train.onStep'], // prettier-ignore
    ['onState throws', { stateEvery: 1, onState: () => { throw new Error('state') } }, 'train.onState'], // prettier-ignore
    ['onState rejects', { stateEvery: 2, onState: () => Promise.reject(new Error('state')) }, 'train.onState']
  ]
  it.each(attempts)('is closed: %s', async (_, options, path) => {
    const { seen, data } = watched()
    const next = data.next()
    expect(next.done).toBe(false)
    const result = await pipe(
      smallSpec(),
      Gan.train({ data, batchSize: 4, steps: 3, engine: 'reference', ...options })
    )()
    expect(seen.closed).toBe(1)
    if (path === undefined) expect(E.isRight(result)).toBe(true)
    else expect(leftOf(result)).toMatchObject([{ _tag: 'CallbackFailed', path: path.split('.') }])
  })
})

describe('callbacks', () => {
  it('hear of every step, and of states every so often, counted from the very first', async () => {
    const steps: number[] = []
    const states: number[] = []
    const options: Partial<Gan.TrainOptions> = {
      stateEvery: 4,
      onStep: (step) => steps.push(step),
      onState: async (state, step) => {
        await Promise.resolve()
        states.push(step, state.step.data[0]!)
      }
    }
    const first = await trained(smallSpec(), { ...options, steps: 6 })
    await trained(smallSpec(), { ...options, steps: 6, state: first.state })
    expect(steps).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    expect(states).toEqual([4, 4, 8, 8, 12, 12])
  })
  it('want to be told how often', async () => {
    const issues = leftOf(
      await pipe(smallSpec(), Gan.train({ data: points, batchSize: 4, steps: 1, onState: () => undefined }))()
    )
    expect(pathsOf(issues)).toEqual(['train.stateEvery'])
  })
})

describe('divergence', () => {
  /** 1 / max(n - step, 0): infinite from step n on. */
  const blowsUpAt =
    (n: number): Gan.Term =>
    ({ D, real, step }) =>
      div(add(mul(mean(D(real)), 1e-3), 1), relu(sub(n, convert(step, 'float32'))))
  it('stops with player, term and step, at the last state that is sound', async () => {
    const spec = smallSpec(Gan.withRegularizer('discriminator', Objective.of('explosive', blowsUpAt(37))))
    const heard: number[] = []
    const { issues, reached } = await failed(spec, { steps: 100, onStep: (step) => heard.push(step) })
    const { state, stepsDone, figures } = reached!
    expect([stepsDone, ...state.step.data]).toEqual([37, 37])
    expect(figures['discriminator']!.terms['explosive']).toBe(Infinity)
    expect(issues).toMatchObject([
      {
        _tag: 'Diverged',
        path: ['discriminator', 'explosive'],
        actual:
          'Infinity at step 37, first made by div of float32[] and float32[], in the term explosive of the discriminator'
      }
    ])
    expect(heard.at(-1)).toBe(37)
    expect(bits(state)).toEqual(bits((await trained(spec, { steps: 37 })).state))
  })
  it('of parameters that overflow gives back finite ones', async () => {
    const spec = smallSpec(
      Gan.withOptimizer('discriminator', Opt.sgd({ learningRate: Opt.piecewise(0.1, [[10, 3e38]]) }))
    )
    const onData = { data: (function* () { for (let i = 0; ; i++) yield batchAt(i) })() } // prettier-ignore
    const { issues, reached } = await failed(spec, { ...onData, steps: 100 })
    const { stepsDone, state } = reached!
    expect(issues[0]._tag).toBe('Diverged')
    expect(stepsDone).toBeLessThanOrEqual(12)
    expect(stepsDone).toBeGreaterThanOrEqual(10)
    expect(bits(state).flat().every(Number.isFinite)).toBe(true)
  })
  it('at the last step is seen, too', async () => {
    const huge = smallSpec(
      Gan.withOptimizer(
        'discriminator',
        Opt.transformation({
          name: 'huge',
          init: () => [],
          update: (g, s) => [treeMap((x) => mul(mul(x, 3e38), 3e38), g), s]
        })
      )
    )
    const { issues, reached } = await failed(huge, { steps: 1 })
    const { stepsDone, state } = reached!
    expect(stepsDone).toBe(0)
    expect(issues).toMatchObject([{ _tag: 'Diverged' }])
    expect(issues[0].actual).toMatch(
      /^NaN at step 0, first made by mul of float32\[3\] and float32\[3\], in the update of the discriminator$/
    )
    expect(bits(state).flat().every(Number.isFinite)).toBe(true)
  })
  it.each([
    [1, 'gradient norm'],
    // Parameters are broken before the second update, so that all of its terms are.
    [2, 'nonSaturating']
  ])('of a gradient alone is told apart from that of its term, with %i updates', async (updates, seen) => {
    const rooted: Gan.Term = ({ D, real }) => sqrt(mul(square(mean(D(real))), 0))
    const spec = smallSpec(
      Gan.withRegularizer('discriminator', Objective.of('rooted', rooted)),
      Gan.withUpdate(Update.alternating({ discriminatorSteps: updates }))
    )
    const { issues } = await failed(spec, { steps: 3 })
    expect(issues).toMatchObject([{ _tag: 'Diverged', path: ['discriminator', seen] }])
    expect(issues[0].actual).toMatch(
      /^NaN at step 0, first made by div of float32\[\] and float32\[\], in the gradient of the discriminator$/
    )
  })
  it('of what a term remembers says so', async () => {
    const growing: Gan.Term = ({ D, real, recall, remember }) => {
      remember('size', mul(add(recall('size', 1), 1), 1e30))
      return mean(D(real))
    }
    const { issues } = await failed(smallSpec(Gan.withRegularizer('discriminator', Objective.of('growing', growing))), {
      steps: 3
    })
    expect(issues).toMatchObject([{ _tag: 'Diverged', path: ['state', 'memories', 'discriminator', 'growing/size'] }])
    expect(issues[0].actual).toMatch(
      /first made by mul of float32\[\] and float32\[\], in what terms of the discriminator remember$/
    )
  })
  it('by numbers of a minibatch says so', async () => {
    const broken = { ...batchAt(0), data: batchAt(0).data.map((x, i) => (i === 3 ? NaN : x)) }
    const { issues } = await failed(smallSpec(), { data: [batchAt(0), batchAt(1), broken], steps: 5 })
    expect(issues[0].actual).toBe('NaN at step 2, NaN is in the minibatch')
  })
})

describe('a trainer', () => {
  it('takes calls one after the other', async () => {
    const step = await compiled(richSpec, { sampler: points })
    const [one, two] = [await trainerFor(step), await trainerFor(step)]
    const [first, second, early, third, late] = await Promise.all([
      one.advance(3)(),
      one.advance(4)(),
      one.snapshot()(),
      one.advance(2)(),
      one.snapshot()()
    ])
    for (const result of [first, second, third]) rightOf(result)
    rightOf(await two.advance(7)())
    expect(bits(rightOf(early))).toEqual(bits(rightOf(await two.snapshot()())))
    rightOf(await two.advance(2)())
    expect(bits(rightOf(late))).toEqual(bits(rightOf(await two.snapshot()())))
    one.dispose()
    two.dispose()
  })
  it('does the steps before a minibatch that is bad, and goes on afterwards', async () => {
    const step = await compiled(smallSpec())
    const [one, two] = [await trainerFor(step), await trainerFor(step)]
    const issues = leftOf(await one.advance(5, { batches: (i) => [i === 3 ? batchAt(3, 2) : batchAt(i)] })())
    expect(issues).toMatchObject([{ _tag: 'BadBatch' }])
    rightOf(await one.advance(2, { batches: (i) => [batchAt(3 + i)] })())
    rightOf(await two.advance(5, { batches: (i) => [batchAt(i)] })())
    expect(bits(rightOf(await one.snapshot()()))).toEqual(bits(rightOf(await two.snapshot()())))
    one.dispose()
    two.dispose()
  })
  it('answers with Issues where callbacks throw, counts are bad, or minibatches are missing', async () => {
    const step = await compiled(smallSpec())
    const trainer = await trainerFor(step)
    const options: Gan.AdvanceOptions = { batches: (i) => [batchAt(i)] }
    expect(leftOf(await trainer.advance(3, { ...options, onStep: () => { throw new Error('no') } })())).toMatchObject([{ _tag: 'CallbackFailed' }]) // prettier-ignore
    expect(leftOf(await trainer.advance(1, { batches: () => { throw new Error('no') } })())).toMatchObject([{ _tag: 'DataFailed' }]) // prettier-ignore
    expect(pathsOf(leftOf(await trainer.advance(1.5, options)()))).toEqual(['advance.steps'])
    expect(pathsOf(leftOf(await trainer.advance(1)()))).toEqual(['batches'])
    rightOf(await trainer.advance(0)())
    rightOf(await trainer.advance(1, options)())
    trainer.dispose()
  })
  it('does not work after dispose, and says so', async () => {
    const step = await compiled(smallSpec(), { sampler: points })
    const trainer = await trainerFor(step)
    const under = trainer.advance(2)()
    rightOf(await under)
    trainer.dispose()
    trainer.dispose()
    expect(leftOf(await trainer.advance(1)())).toMatchObject([{ _tag: 'EngineFailed', path: ['trainer'] }])
    expect(leftOf(await trainer.snapshot()())).toMatchObject([{ path: ['trainer'] }])
  })
  it('refuses a state of another spec', async () => {
    const step = await compiled(smallSpec(), { sampler: points })
    const other = await compiled(smallSpec(Gan.withOptimizer('generator', Opt.adam({ learningRate: 0.1 }))), {
      sampler: points
    })
    expect(leftOf(await step.trainer(await other.init(0))())).toMatchObject([{ _tag: 'BadState' }])
    const issues = leftOf(
      await pipe(
        smallSpec(),
        Gan.train({ data: points, batchSize: 4, steps: 1, engine: 'reference', state: await other.init(0) })
      )()
    )
    expect(issues[0].path.slice(0, 4)).toEqual(['state', 'players', 'generator', 'optimizer'])
  })
})

describe('generating', () => {
  it('is in evaluation mode: a sample does not depend on how many there are', async () => {
    const { state } = await trained(richSpec, { steps: 3 })
    const [few, many] = await Promise.all(
      [2, 5].map((count) => Gan.generate({ count, engine: 'reference' })(richSpec)(state, 9))
    )
    expect([...few!.data]).toEqual([...many!.data.slice(0, 4)])
  })
  it.each<readonly [string, object, RegExp]>([
    ['a count of 0', { count: 0 }, /whole number of at least 1 as count; got 0/],
    ['a count of 1.5', { count: 1.5 }, /count/],
    ['no count', {}, /count; got undefined/],
    ['a misspelt option', { count: 1, paramters: 'current' }, /Did you mean parameters/],
    ['an unknown engine', { count: 1, engine: 'wasn' }, /wasn/]
  ])('refuses %s', async (_, options, text) => {
    const step = await compiled(smallSpec(), { sampler: points })
    const sample = Gan.generate(options as Gan.GenerateOptions)(smallSpec())
    await expect(sample(await step.init(0), 0)).rejects.toThrow(text)
  })
  it('refuses labels that nothing takes, and states that are none', async () => {
    const step = await compiled(smallSpec(), { sampler: points })
    const sample = Gan.generate({ count: 2, engine: 'reference' })(smallSpec())
    await expect(sample(await step.init(0), 0, { labels: tensor([0, 1], [2], 'int32') })).rejects.toThrow(/no labels/)
    await expect(sample({} as Gan.State, 0)).rejects.toThrow(/a state of a generator/)
    await expect(sample(await step.init(0), 0.5)).rejects.toThrow(/seed/)
  })
})

it('sets no globals', async () => {
  const before = Object.keys(globalThis).sort()
  await trained(richSpec, { steps: 2 })
  expect(Object.keys(globalThis).sort()).toEqual(before)
})

it('explains itself and says what it is', async () => {
  const step = await compiled(richSpec)
  expect([step.batchSize, step.batchesPerStep, step.shapesAt(0), step.engine]).toEqual([
    4,
    2,
    [
      [4, 2],
      [4, 2]
    ],
    'reference'
  ])
  expect(step.explain().length).toBeGreaterThan(100)
  expect(Object.keys(players)).toEqual(['generator', 'discriminator', 'prior'])
  step.dispose()
})
