/** Every way in which a training ends, and what comes back: the last sound state, unless nothing had begun. */
import { describe, expect, it } from 'vitest'
import { pipe } from '#fp-ts/function'
import * as E from '#fp-ts/Either'
import {
  Gan,
  Issue,
  Net,
  Objective,
  Random,
  Update,
  add,
  convert,
  div,
  mean,
  mul,
  relu,
  sub,
  tensor,
  treeLeaves
} from '../../../src/index.ts'
import type { Tensor } from '../../../src/index.ts'
import { batchAt, bits, compiled, failed, points, smallSpec, trained } from '../../support/smallGan.ts'

/** Plain JavaScript knows no types. */
const js = (x: unknown): any => x

const list = (n: number) => Array.from({ length: n }, (_, i) => batchAt(i))
const then = (n: number, ...rest: readonly unknown[]) => js([...list(n), ...rest])
const throwing = (cause: unknown): never => {
  throw cause
}

/** Yields n minibatches, and then does as told. */
const source = function* (n: number, end: () => unknown) {
  yield* list(n)
  yield end()
}
const asynchronous = async function* (n: number, end: () => unknown) {
  yield* list(n)
  yield await end()
}

/** An iterator by hand: what `next` gives from the n-th call on, and what `return` does. */
const iterator = (n: number, next: () => unknown, end: () => unknown = () => ({ done: true })) => {
  let i = 0
  const self = {
    [Symbol.asyncIterator]: () => self,
    next: () => (i < n ? Promise.resolve({ done: false, value: batchAt(i++) }) : next()),
    return: end
  }
  return js(self)
}

const proxy = () => {
  const { proxy: it, revoke } = Proxy.revocable({}, {})
  revoke()
  return it
}

const controller = () => {
  const made = new AbortController()
  return { signal: made.signal, abort: () => { made.abort() } } // prettier-ignore
}

/** 1 / max(n - step, 0): infinite from step n on. */
const blowsUpAt =
  (n: number): Gan.Term =>
  ({ D, real, step }) =>
    div(add(mul(mean(D(real)), 1e-3), 1), relu(sub(n, convert(step, 'float32'))))

const cause = new Error('mine')

interface Ending {
  /** Where the training fails, the first issue's tag and path, and what it says. */
  readonly fails?: readonly [string, string, RegExp]
  readonly stopped?: Gan.Trained['stopped']
  readonly done: number
  /** Whether `done` is what is done at least. */
  readonly orMore?: true
}

type Fault = NonNullable<Ending['fails']>
const oops: Fault = ['DataFailed', 'train.data', /^Error: mine$/]
const callback = (name: string): Fault => ['CallbackFailed', `train.${name}`, /^Error: mine$/]

const endings: readonly (readonly [string, () => Partial<Gan.TrainOptions>, Ending])[] = [
  ['all steps', () => ({ data: list(9), steps: 5 }), { stopped: 'done', done: 5 }],
  ['no steps', () => ({ data: list(9), steps: 0 }), { stopped: 'done', done: 0 }],
  ['the end of the data', () => ({ data: list(4) }), { stopped: 'exhausted', done: 4 }],
  ['data without a minibatch', () => ({ data: [] }), { stopped: 'exhausted', done: 0 }],
  ['data that begin behind their end', () => ({ data: { from: () => [] } }), { stopped: 'exhausted', done: 0 }],
  ['a short last minibatch', () => ({ data: then(4, batchAt(4, 3)) }), { fails: ['BadBatch', 'train.data[4]', /float32\[3, 2\]/], done: 4 }], // prettier-ignore
  ['a minibatch that is none', () => ({ data: then(3, undefined) }), { fails: ['BadBatch', 'train.data[3]', /undefined/], done: 3 }], // prettier-ignore
  ['a minibatch of a revoked proxy', () => ({ data: then(3, proxy()) }), { fails: ['DataFailed', 'train.data', /TypeError/], done: 3 }], // prettier-ignore
  ['a generator that throws', () => ({ data: js(source(4, () => throwing(cause))) }), { fails: oops, done: 4 }],
  ['an async generator that throws', () => ({ data: js(asynchronous(4, () => throwing(cause))) }), { fails: oops, done: 4 }], // prettier-ignore
  ['an async generator that rejects', () => ({ data: js(asynchronous(4, () => Promise.reject(cause))) }), { fails: oops, done: 4 }], // prettier-ignore
  ['a promise of a minibatch that rejects', () => ({ data: js(source(4, () => Promise.reject(cause))) }), { fails: oops, done: 4 }], // prettier-ignore
  ['next that throws', () => ({ data: iterator(4, () => throwing(cause)) }), { fails: oops, done: 4 }],
  ['next that gives nothing', () => ({ data: iterator(4, () => undefined) }), { fails: ['DataFailed', 'train.data', /undefined/], done: 4 }], // prettier-ignore
  ['next that promises nothing', () => ({ data: iterator(4, () => Promise.resolve()) }), { fails: ['DataFailed', 'train.data', /undefined/], done: 4 }], // prettier-ignore
  ['no next', () => ({ data: js({ [Symbol.iterator]: () => ({}) }) }), { fails: ['DataFailed', 'train.data', /TypeError/], done: 0 }], // prettier-ignore
  ['no iterator', () => ({ data: js({ [Symbol.iterator]: () => null }) }), { fails: ['DataFailed', 'train.data', /TypeError|null/], done: 0 }], // prettier-ignore
  ['a thrown object without a prototype', () => ({ data: js(source(2, () => throwing(Object.create(null)))) }), { fails: ['DataFailed', 'train.data', /an object/], done: 2 }], // prettier-ignore
  ['from that throws', () => ({ data: { from: () => throwing(cause) } }), { fails: oops, done: 0 }],
  ['from that gives none', () => ({ data: js({ from: () => 3 }) }), { fails: ['DataFailed', 'train.data', /^3$/], done: 0 }], // prettier-ignore
  ['return that throws', () => ({ data: iterator(9, () => 0, () => throwing(cause)) }), { stopped: 'done', done: 6 }], // prettier-ignore
  ['return that rejects', () => ({ data: iterator(9, () => 0, () => Promise.reject(cause)) }), { stopped: 'done', done: 6 }], // prettier-ignore
  ['return that is none', () => ({ data: { ...iterator(9, () => 0), return: 3 } }), { stopped: 'done', done: 6 }],
  ['onStep that throws', () => ({ data: list(9), onStep: (i) => i === 3 && throwing(cause) }), { fails: callback('onStep'), done: 3, orMore: true }], // prettier-ignore
  ['onStep that rejects', () => ({ data: list(9), onStep: async (i) => { await Promise.resolve(); if (i === 3) throw cause } }), { fails: callback('onStep'), done: 3, orMore: true }], // prettier-ignore
  ['onState that throws', () => ({ data: list(9), stateEvery: 2, onState: (_, i) => { if (i === 4) throw cause } }), { fails: callback('onState'), done: 4 }], // prettier-ignore
  ['onState that rejects', () => ({ data: list(9), stateEvery: 2, onState: (_, i) => (i === 4 ? Promise.reject(cause) : undefined) }), { fails: callback('onState'), done: 4 }], // prettier-ignore
  ['an abort before the first step', () => ({ data: list(9), signal: { aborted: true } }), { stopped: 'aborted', done: 0 }], // prettier-ignore
  ['an abort by onStep', () => {
    const { signal, abort } = controller()
    return { data: list(9), signal, onStep: (i) => { if (i === 2) abort() } } // prettier-ignore
  }, { stopped: 'aborted', done: 2, orMore: true }],
  ['an abort by onState', () => {
    const { signal, abort } = controller()
    return { data: list(9), signal, stateEvery: 2, onState: abort }
  }, { stopped: 'aborted', done: 2 }],
  ['an abort while data are waited for', () => {
    const { signal, abort } = controller()
    return { data: iterator(3, () => new Promise(() => setTimeout(abort, 1))), signal }
  }, { stopped: 'aborted', done: 3 }]
] // prettier-ignore

describe('a training that ends by', () => {
  it.each(endings)('%s', async (_, options, { fails, stopped, done, orMore }) => {
    const given = { steps: 6, ...options() }
    const result = await pipe(smallSpec(), Gan.train({ data: [], batchSize: 4, engine: 'reference', ...given }))()
    expect(E.isLeft(result)).toBe(fails !== undefined)
    const reached = E.isLeft(result) ? result.left.reached! : result.right
    if (E.isLeft(result)) {
      const [tag, path, actual] = fails!
      const [first, ...others] = result.left.issues
      expect([first._tag, Issue.show([first]).split('\n')[1]!.trim().split(': expected')[0]]).toEqual([tag, path])
      expect(first.actual).toMatch(actual)
      expect(others).toEqual([])
      if (first.actual === 'Error: mine') expect(first.cause).toBe(cause)
    } else expect(result.right.stopped).toBe(stopped)
    if (orMore === true) expect(reached.stepsDone).toBeGreaterThanOrEqual(done)
    else expect(reached.stepsDone).toBe(done)
    expect([...reached.state.step.data, ...reached.state.cursor.data]).toEqual([reached.stepsDone, reached.stepsDone])
    const whole = await trained(smallSpec(), { data: list(9), steps: reached.stepsDone })
    expect(bits(reached.state)).toEqual(bits(whole.state))
    expect(reached.figures).toEqual(whole.figures)
  })
  it('return that throws says so in a warning', async () => {
    const { warnings } = await trained(smallSpec(), { data: iterator(9, () => 0, () => throwing(cause)) }) // prettier-ignore
    expect(warnings).toMatchObject([{ _tag: 'DataFailed', severity: 'warning', actual: 'Error: mine', cause }])
  })
  it('a bad label does not lose the steps before it', async () => {
    const spec = { ...smallSpec(Gan.withLabels({ classes: 3 })) }
    const taking: Gan.Term = ({ D, real, realLabels }) => mul(mean(D(real)), mean(convert(realLabels!, 'float32')))
    const labelled = Gan.withRegularizer('discriminator', Objective.of('labelled', taking))(spec)
    const batch = (i: number) => ({ real: batchAt(i), labels: tensor([0, 1, 2, i === 150 ? 3 : 0], [4], 'int32') })
    const data = Array.from({ length: 200 }, (_, i) => batch(i))
    const { issues, reached } = await failed(labelled, { data, steps: 200 })
    expect(issues).toMatchObject([{ _tag: 'BadBatch', path: ['train', 'data', 150, 'labels'], actual: '3' }])
    expect(reached!.stepsDone).toBe(150)
    const rest = await trained(labelled, { data: data.slice(151), steps: 40, state: reached!.state })
    expect([...rest.state.step.data]).toEqual([190])
  })
  it('a bad minibatch in the middle of a step leaves that step out', async () => {
    const twice = smallSpec(Gan.withUpdate(Update.alternating({ discriminatorSteps: 2 })))
    const { issues, reached } = await failed(twice, { data: then(5, batchAt(5, 1)) })
    expect(issues[0].path).toEqual(['train', 'data', 5])
    expect([reached!.stepsDone, ...reached!.state.cursor.data]).toEqual([2, 4])
  })
  it('a faulty spec or a faulty option has reached nothing', async () => {
    expect((await failed(smallSpec(), { steps: -1 })).reached).toBeUndefined()
    expect((await failed(smallSpec(Gan.withAverage({ decay: 2 })), {})).reached).toBeUndefined()
  })
  it('divergence in a step whose data or callbacks fail, too, tells both', async () => {
    const spec = smallSpec(Gan.withRegularizer('discriminator', Objective.of('explosive', blowsUpAt(3))))
    const { issues, reached } = await failed(spec, {
      steps: 9,
      onStep: (i) => {
        if (i === 3) throw cause
      }
    })
    expect(reached!.stepsDone).toBe(3)
    expect(issues.map(({ _tag }) => _tag)[issues.length - 1]).toBe('CallbackFailed')
  })
})

describe('the memory of a state', () => {
  const give = ({ data }: Tensor): unknown => structuredClone(data.buffer, { transfer: [data.buffer as ArrayBuffer] })
  const detach = (state: Gan.State) => {
    treeLeaves(state.players).forEach(give)
  }
  it('that onState is given is its own: what it gives away is not missed', async () => {
    const spec = smallSpec(Gan.withRegularizer('discriminator', Objective.of('explosive', blowsUpAt(3))))
    const { reached } = await failed(spec, { steps: 9, stateEvery: 3, onState: detach })
    expect(reached!.stepsDone).toBe(3)
    const whole = await trained(spec, { steps: 3 })
    expect(bits(reached!.state)).toEqual(bits(whole.state))
  })
  it('that was given is the giver’s: a failure returns a copy', async () => {
    const step = await compiled(smallSpec(), { sampler: points })
    const state = await step.init(1)
    const before = bits(state)
    const { reached } = await failed(smallSpec(), { state, data: then(0, 3) })
    expect(bits(reached!.state)).toEqual(before)
    detach(state)
    expect(bits(reached!.state)).toEqual(before)
  })
  it('with numbers that are not finite is none to begin with', async () => {
    const { state } = await trained(smallSpec(), {})
    treeLeaves(state.players['discriminator'])[0]!.data[0] = NaN
    const { issues, reached } = await failed(smallSpec(), { state })
    expect(issues).toMatchObject([{ _tag: 'BadState', actual: 'NaN before the first step' }])
    expect(issues[0].path.slice(0, 3)).toEqual(['state', 'players', 'discriminator'])
    expect(reached).toBeUndefined()
  })
})

describe('callbacks that are async', () => {
  it('are waited for, one after the other, in order', async () => {
    const heard: string[] = []
    await trained(smallSpec(), {
      steps: 8,
      stateEvery: 4,
      onStep: async (i) => {
        heard.push(`${String(i)} begins`)
        await new Promise((resolve) => setTimeout(resolve, i % 3))
        heard.push(`${String(i)} ends`)
      },
      onState: async (_, i) => {
        await new Promise((resolve) => setTimeout(resolve, 3))
        heard.push(`state ${String(i)}`)
      }
    })
    const steps = (from: number) => Array.from({ length: 4 }, (_, i) => [`${String(from + i)} begins`, `${String(from + i)} ends`]).flat() // prettier-ignore
    expect(heard).toEqual([...steps(1), 'state 4', ...steps(5), 'state 8'])
  })
})

describe('the first minibatch', () => {
  const pixels = (i: number): Tensor => ({ ...batchAt(i), data: batchAt(i).data.map((x) => 128 + 127 * x) })
  const bounded = {
    ...smallSpec(),
    networks: { ...smallSpec().networks, generator: Net.serial(Net.dense(2, 2), Net.tanh) }
  }
  it('is warned of where the generator cannot give it, once, however training ends', async () => {
    const data = [pixels(0), pixels(1), batchAt(2, 1)]
    const { warnings } = await trained(bounded, { data: data.slice(0, 2), steps: 2 })
    expect(warnings).toMatchObject([{ severity: 'warning', path: ['train', 'data'], actual: 'a minibatch from 6.22 to 243' }]) // prettier-ignore
    const { issues } = await failed(bounded, { data, steps: 3 })
    expect(issues.map(({ _tag, severity }) => [_tag, severity])).toEqual([
      ['BadBatch', 'error'],
      ['Misfit', 'warning']
    ])
    expect((await trained(bounded, { data: [batchAt(0)], steps: 1 })).warnings).toEqual([])
    expect((await trained(smallSpec(), { data: data.slice(0, 2), steps: 2 })).warnings).toEqual([])
    const drawn = await trained(bounded, { data: (key, n) => mul(255, Random.uniform(key, [n, 2])), steps: 2 })
    expect(drawn.warnings).toMatchObject([{ severity: 'warning', path: ['train', 'data'] }])
    expect((await trained(bounded, { data: (key, n) => Random.uniform(key, [n, 2]), steps: 2 })).warnings).toEqual([])
  })
})
