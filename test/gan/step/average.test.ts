/** Averages of parameters: which decay counts when, what an average is made of, and what generating takes. */
import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { pipe } from '#fp-ts/function'
import { Gan, Loss, Net, Opt, Prior, Toy, add, tensor, treeLeaves, treeMap } from '../../../src/index.ts'
import type { Tensor } from '../../../src/index.ts'
import { decayAt } from '../../../src/gan/step/average.ts'
import { bits, compiled, points, smallSpec, trained } from '../../support/smallGan.ts'

const ramp: Gan.Average = { decay: 0.999, players: ['generator'], ramp: true, start: 0, statistics: 'current' }
const at = (average: Gan.Average, step: number): number => {
  const decay = decayAt(average, tensor(step, [], 'int32'))
  return typeof decay === 'number' ? decay : decay.data[0]!
}

describe('the decay of an average', () => {
  it('ramps from 1/10 to what is asked for, counted from where averaging starts', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 0.9999, noNaN: true }), fc.nat(1e6), fc.nat(1e4), (decay, t, start) => {
        const average = { ...ramp, decay, start }
        expect(at(average, start + t)).toBeCloseTo(Math.min(decay, (1 + t) / (10 + t)), 6)
        if (start > 0) expect(at(average, start - 1)).toBe(0)
        expect(at({ ...average, ramp: false }, start + t)).toBeCloseTo(decay, 6)
      })
    )
  })
  it('leaves what an average began at a weight of 1 / binomial(n + 9, 9)', () => {
    let weight = 1
    let binomial = 1
    for (let n = 1; n <= 200; n++) {
      weight *= at(ramp, n - 1)
      binomial *= (n + 9) / n
      expect(weight * binomial).toBeCloseTo(1, 4)
    }
  })
})

/** Parameters after each of n steps, the first state's before them, and the state after the last. */
const history = async (spec: Gan.Spec, n: number) => {
  const step = await compiled(spec, { sampler: points })
  const states = [await step.init(1)]
  for (let i = 0; i < n; i++) states.push((await step(states[i]!))[0])
  step.dispose()
  return states
}

const numbers = (tree: unknown): readonly number[] => treeLeaves(tree).flatMap(({ data }) => [...data])
const near = (found: unknown, wanted: unknown): void => {
  const wants = numbers(wanted)
  numbers(found).forEach((x, i) => expect(x).toBeCloseTo(wants[i]!, 5)) // prettier-ignore
}

describe('an average', () => {
  const normalized = {
    generator: Net.serial(Net.dense(2, 3), Net.batchNorm(3), Net.tanh, Net.dense(3, 2)),
    discriminator: Net.dense(2, 1),
    prior: Prior.normal([2])
  }
  const spec = (options: Partial<Gan.AverageOptions>) =>
    pipe(
      Gan.between(normalized),
      Gan.withLoss(Loss.nonSaturating),
      Gan.withOptimizer('generator', Opt.sgd({ learningRate: 0.3 })),
      Gan.withOptimizer('discriminator', Opt.sgd({ learningRate: 0.3 })),
      Gan.withAverage({ decay: 0.6, ...options })
    )
  it.each<readonly [Partial<Gan.AverageOptions>, (i: number) => number]>([
    [{}, (t) => Math.min(0.6, (1 + t) / (10 + t))],
    [{ ramp: false }, () => 0.6],
    [{ start: 3 }, (i) => (i < 3 ? 0 : Math.min(0.6, (i - 2) / (i + 7)))],
    [{ start: 3, ramp: false }, (i) => (i < 3 ? 0 : 0.6)],
    [{ statistics: 'average' }, (t) => Math.min(0.6, (1 + t) / (10 + t))],
    [{ decay: 'uniform' }, (t) => t / (t + 1)],
    [{ decay: 'uniform', start: 3, ramp: false }, (i) => (i < 3 ? 0 : (i - 3) / (i - 2))]
  ])('with %o is the recursion', async (options, decay) => {
    const states = await history(spec(options), 8)
    const isKept = options.statistics === 'average'
    const [first] = states
    const blend = <T>(tree: T, next: T, i: number): T =>
      treeMap((a, p) => ({ ...a, data: a.data.map((x, j) => p.data[j]! + decay(i) * (x - p.data[j]!)) }), tree, next)
    let params = first!.players['generator']!.params
    let layers = first!.players['generator']!.layers
    states.slice(1).forEach(({ players, averages, averagedLayers }, i) => {
      params = blend(params, players['generator']!.params, i)
      layers = blend(layers, players['generator']!.layers, i)
      near(averages['generator'], params)
      if (isKept) near(averagedLayers['generator'], layers)
      else expect(averagedLayers).toEqual({})
    })
  })
  it('is the mean of all cycles from its start on where it is uniform', async () => {
    for (const start of [0, 3]) {
      const states = await history(spec({ decay: 'uniform', start }), 8)
      const counted = states.slice(1 + start).map(({ players }) => players['generator']!.params)
      const mean = treeMap(
        (...all: Tensor[]) => ({ ...all[0]!, data: all[0]!.data.map((_, j) => all.reduce((sum, { data }) => sum + data[j]!, 0) / all.length) }),
        ...(counted as [unknown, ...unknown[]])
      ) // prettier-ignore
      near(states.at(-1)!.averages['generator'], mean)
    }
  })
  it('goes on to the same bits after a break, wherever it is in its ramp', async () => {
    for (const options of [{}, { start: 4 }, { statistics: 'average' as const }, { decay: 'uniform' as const }]) {
      const whole = await trained(spec(options), { steps: 9 })
      const half = await trained(spec(options), { steps: 3 })
      const rest = await trained(spec(options), { steps: 6, state: half.state })
      expect(bits(rest.state)).toEqual(bits(whole.state))
    }
  })
  it('takes integers of layers as they are', async () => {
    const counting = Net.layer({
      name: 'counting',
      init: () => ({ params: { w: tensor([1]) }, state: { count: tensor(0, [], 'int32') } }),
      apply: ({ params, state }, x) => [add(x, params.w), { count: add(state.count, 1) }]
    })
    const base = spec({ statistics: 'average' })
    const generator = Net.serial(counting, Net.dense(2, 2))
    const counted = { ...base, networks: { ...base.networks, generator } }
    const { state } = await trained(counted, { steps: 5 })
    expect(bits(state.averagedLayers)).toEqual(bits({ generator: state.players['generator']!.layers }))
    expect(bits(state.averagedLayers).flat()).toContain(5)
  })
  it('of decay .999 is near its generator after a few hundred steps of the ring, and was not without a ramp', async () => {
    const ring = pipe(
      Gan.between({
        generator: Net.serial(Net.dense(4, 16), Net.relu, Net.dense(16, 2)),
        discriminator: Net.serial(Net.dense(2, 16), Net.leakyRelu(0.2), Net.dense(16, 1)),
        prior: Prior.normal([4])
      }),
      Gan.withLoss(Loss.nonSaturating),
      Gan.withOptimizer('generator', Opt.adam({ learningRate: 2e-3, b1: 0, b2: 0.9 })),
      Gan.withOptimizer('discriminator', Opt.adam({ learningRate: 2e-3, b1: 0, b2: 0.9 }))
    )
    const distances = async (options: Partial<Gan.AverageOptions>) => {
      const spec = Gan.withAverage({ decay: 0.999, ...options })(ring)
      const run = (steps: number) => trained(spec, { data: Toy.ring().sample, batchSize: 32, steps, engine: 'wasm' })
      const [{ state: first }, { state }] = [await run(0), await run(300)]
      const far = (a: unknown, b: unknown): number => {
        const [x, y] = [numbers(a), numbers(b)]
        return Math.hypot(...x.map((v, i) => v - y[i]!))
      }
      const raw = state.players['generator']!.params
      return far(state.averages['generator'], raw) / far(first.players['generator']!.params, raw)
    }
    expect(await distances({})).toBeLessThan(0.3)
    expect(await distances({ ramp: false })).toBeGreaterThan(0.5)
  })
})

describe('generating', () => {
  const averaged = (options: Partial<Gan.AverageOptions> = {}) => smallSpec(Gan.withAverage({ decay: 0.5, ...options }))
  const draw = (spec: Gan.Spec, state: Gan.State, options: Partial<Gan.GenerateOptions> = {}) =>
    Gan.generate({ count: 6, engine: 'reference', ...options })(spec)(state, 1)
  it('takes the average where there is one, or what it is told', async () => {
    const { state } = await trained(averaged(), { steps: 3 })
    const { generator } = state.players
    const swapped = { ...state, players: { ...state.players, generator: { ...generator!, params: state.averages['generator'] } } } // prettier-ignore
    const average = await draw(averaged(), state, { parameters: 'average' })
    expect(average.shape).toEqual([6, 2])
    expect(bits(average)).toEqual(bits(await draw(averaged(), swapped as Gan.State, { parameters: 'current' })))
    expect(bits(average)).toEqual(bits(await draw(averaged(), state)))
    expect(bits(average)).not.toEqual(bits(await draw(averaged(), state, { parameters: 'current' })))
    const plain = await trained(smallSpec(), { steps: 3 })
    expect(bits(await draw(smallSpec(), plain.state))).toEqual(
      bits(await draw(smallSpec(), plain.state, { parameters: 'current' }))
    )
  })
  it('takes averaged batch statistics where they are kept', async () => {
    const network = Net.serial(Net.dense(2, 3), Net.batchNorm(3), Net.dense(3, 2))
    const spec = { ...averaged({ statistics: 'average' }), networks: { ...smallSpec().networks, generator: network } }
    const { state } = await trained(spec, { steps: 3 })
    const own = { ...state, averagedLayers: { generator: state.players['generator']!.layers } }
    expect(bits(await draw(spec, state))).not.toEqual(bits(await draw(spec, own)))
  })
  it('refuses to take an average where there is none, in words', async () => {
    const { state } = await trained(smallSpec(), { steps: 1 })
    await expect(draw(smallSpec(), state, { parameters: 'average' })).rejects.toThrow(
      /a state with an average of the generator; got a state without one.*Gan\.withAverage/
    )
    const { averages: _, ...lacking } = state
    expect((await draw(smallSpec(), lacking as Gan.State)).shape).toEqual([6, 2])
  })
})
