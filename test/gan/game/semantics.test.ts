/** What one training step means, held against values by hand and against the parts taken on their own. */
import { describe, expect, it } from 'vitest'
import { pipe } from '#fp-ts/function'
import fc from 'fast-check'
import {
  Gan,
  Loss,
  Net,
  Objective,
  Opt,
  Prior,
  Projection,
  Random,
  Reg,
  Update,
  add,
  concat,
  convert,
  evaluate,
  grad,
  mean,
  mul,
  neg,
  norm,
  reshape,
  softplus,
  square,
  sub,
  sum,
  tensor,
  treeLeaves,
  valueAndGrad,
  where,
  equal,
  zeros
} from '../../../src/index.ts'
import type { Tensor } from '../../../src/index.ts'
import { functionNet } from '../../support/functionNet.ts'
import { batchAt, bits, compiled, players, points, smallSpec, trainerFor, rightOf } from '../../support/smallGan.ts'

const scalar = (x: number): Tensor => ({ shape: [], dtype: 'float32', data: Float64Array.of(x) })

/** G(z) = theta + z, D(x) = psi x on numbers: gradients by hand. */
const numberSpec = (...edits: readonly ((spec: Gan.Spec) => Gan.Spec)[]): Gan.Spec =>
  edits.reduce(
    (spec, edit) => edit(spec),
    pipe(
      Gan.between({
        generator: functionNet('theta', scalar(1), (theta, z) => add(mul(z, 0), theta)),
        discriminator: functionNet('psi', scalar(2), (psi, x) => reshape(mul(x, psi), [x.shape[0]!])),
        prior: Prior.normal([1])
      }),
      Gan.withLoss(Loss.wasserstein),
      Gan.withOptimizer('generator', Opt.sgd({ learningRate: 0.1 })),
      Gan.withOptimizer('discriminator', Opt.sgd({ learningRate: 0.1 }))
    )
  )

const numbers = (...values: readonly number[]): Tensor => ({
  shape: [values.length, 1],
  dtype: 'float32',
  data: Float64Array.from(values)
})

const paramsOf = (state: Gan.State, player: string): number => treeLeaves(state.players[player]!.params)[0]!.data[0]!

const float64 = { engine: 'reference:float64', batchSize: 2 } as const

describe('updates', () => {
  it('alternate: the generator meets the discriminator that has moved', async () => {
    const step = await compiled(numberSpec(), float64)
    const [next, metrics] = await step(await step.init(0), [numbers(3, 5)])
    // L_D = psi (theta - mean x), so psi <- 2 - 0.1 (1 - 4); L_G = -psi theta, so theta <- 1 + 0.1 psi.
    expect(paramsOf(next, 'discriminator')).toBeCloseTo(2.3, 12)
    expect(paramsOf(next, 'generator')).toBeCloseTo(1.23, 12)
    expect(metrics['discriminator']!.loss.data[0]).toBeCloseTo(2 * (1 - 4), 12)
    expect(metrics['discriminator']!.gradientNorm.data[0]).toBeCloseTo(3, 12)
    expect(metrics['generator']!.loss.data[0]).toBeCloseTo(-2.3, 12)
  })
  it('alternate with the generator first', async () => {
    const step = await compiled(numberSpec(Gan.withUpdate(Update.alternating({ first: 'generator' }))), float64)
    const [next] = await step(await step.init(0), [numbers(3, 5)])
    expect(paramsOf(next, 'generator')).toBeCloseTo(1.2, 12)
    expect(paramsOf(next, 'discriminator')).toBeCloseTo(2 - 0.1 * (1.2 - 4), 12)
  })
  it('are simultaneous from the same parameters', async () => {
    const step = await compiled(numberSpec(Gan.withUpdate(Update.simultaneous)), float64)
    const [next] = await step(await step.init(0), [numbers(3, 5)])
    expect(paramsOf(next, 'generator')).toBeCloseTo(1.2, 12)
    expect(paramsOf(next, 'discriminator')).toBeCloseTo(2.3, 12)
  })
  it('of several critic steps take a minibatch each', async () => {
    const step = await compiled(numberSpec(Gan.withUpdate(Update.alternating({ discriminatorSteps: 2 }))), float64)
    expect(step.batchesPerStep).toBe(2)
    const [next, metrics] = await step(await step.init(0), [numbers(3, 5), numbers(1, 1)])
    expect(metrics['discriminator']!.loss.shape).toEqual([2])
    expect(paramsOf(next, 'discriminator')).toBeCloseTo(2.3, 12)
    expect([...next.cursor.data]).toEqual([2])
  })
  it('are projected, each of them', async () => {
    const clipped = Gan.withProjection('discriminator', Projection.clip(2.1))
    const step = await compiled(numberSpec(clipped), float64)
    const [next] = await step(await step.init(0), [numbers(3, 5)])
    expect(paramsOf(next, 'discriminator')).toBeCloseTo(2.1, 12)
    expect(paramsOf(next, 'generator')).toBeCloseTo(1.21, 12)
  })
  it('are averaged, exactly by the recursion', async () => {
    const step = await compiled(
      numberSpec(Gan.withAverage({ decay: 0.75, players: ['generator', 'discriminator'], ramp: false })),
      float64
    )
    let state = await step.init(0)
    const by = { generator: 1, discriminator: 2 }
    for (let i = 0; i < 5; i++) {
      ;[state] = await step(state, [numbers(3, 5)])
      for (const player of ['generator', 'discriminator'] as const) {
        by[player] = 0.75 * by[player] + 0.25 * paramsOf(state, player)
        expect(treeLeaves(state.averages[player])[0]!.data[0]).toBeCloseTo(by[player], 12)
      }
    }
  })
  it('follow a schedule of the cycle, however many updates a cycle has, or of their own by option', async () => {
    const ratesBy = async (learningRate: ReturnType<typeof Opt.linear>): Promise<readonly number[]> => {
      const step = await compiled(
        numberSpec(
          Gan.withUpdate(Update.alternating({ discriminatorSteps: 2 })),
          Gan.withOptimizer('discriminator', Opt.sgd({ learningRate }))
        ),
        float64
      )
      let state = await step.init(0)
      const moved: number[] = []
      for (let cycle = 0; cycle < 4; cycle++) {
        const [psi, theta] = [paramsOf(state, 'discriminator'), paramsOf(state, 'generator')]
        ;[state] = await step(state, [numbers(3, 5), numbers(3, 5)])
        // L_D = psi (theta - 4), the same slope twice.
        moved.push((paramsOf(state, 'discriminator') - psi) / (4 - theta))
      }
      step.dispose()
      return moved.map((rates) => Number(rates.toFixed(6)))
    }
    expect(await ratesBy(Opt.linear(0.4, 0, 4))).toEqual([0.8, 0.6, 0.4, 0.2])
    expect(await ratesBy(Opt.byUpdates(Opt.linear(0.4, 0, 4)))).toEqual([0.7, 0.3, 0, 0])
  })
  it('follow a learning rate that is scheduled inside the trace', async () => {
    const step = await compiled(
      numberSpec(Gan.withOptimizer('generator', Opt.sgd({ learningRate: Opt.linear(0.4, 0, 4) }))),
      float64
    )
    let state = await step.init(0)
    for (const rate of [0.4, 0.3, 0.2, 0.1, 0, 0]) {
      const before = paramsOf(state, 'generator')
      ;[state] = await step(state, [numbers(3, 5)])
      expect(paramsOf(state, 'generator') - before).toBeCloseTo(rate * paramsOf(state, 'discriminator'), 6)
    }
  })
})

describe('draws', () => {
  /** Every value that terms saw, by a term that shows it as its own value. */
  const shown =
    (what: (play: Gan.Play) => Tensor): Gan.Term =>
    (play) =>
      add(what(play), mul(0, mean(play.D(play.real))))
  const termsOf = async (what: (play: Gan.Play) => Tensor, ...edits: ((spec: Gan.Spec) => Gan.Spec)[]) => {
    const show = Objective.of('show', shown(what))
    const step = await compiled(smallSpec(...edits, Gan.withRegularizer('discriminator', show)), { sampler: points })
    const [, metrics] = await step(await step.init(0))
    const [, { discriminator }] = await step((await step(await step.init(0)))[0])
    return [...metrics['discriminator']!.terms['show']!.data, ...discriminator!.terms['show']!.data]
  }
  it.each([
    ['latents', ({ latent }: Gan.Play) => sum(latent)],
    ['minibatches', ({ real }: Gan.Play) => sum(real)],
    ['draws of a term', ({ draw }: Gan.Play) => sum(draw('noise', (key) => Random.normal(key, [3])))]
  ])('of each critic step and of each cycle differ: %s', async (_, what) => {
    const values = await termsOf(what, Gan.withUpdate(Update.alternating({ discriminatorSteps: 3 })))
    expect(new Set(values).size).toBe(6)
  })
  it('of entry i come from foldIn(key, i)', async () => {
    const keys: number[][] = []
    const word = (i: number): Gan.Term => {
      const term: Gan.Term = ({ D, real, key }) =>
        add(mean(D(real)), mul(0, sum(Random.uniform(Random.foldIn(key, 0), [1]))))
      return Object.defineProperty(term, 'name', { value: `word${String(i)}` })
    }
    const seen: Tensor[] = []
    const record: Gan.Term = ({ D, real, key }) => {
      seen.push(key)
      return mean(D(real))
    }
    const play = (objective: Gan.Objective) =>
      objective.map(({ name, term }, i) => term(playOf(Random.key(5))(name, i)))
    play([...Objective.from(record), ...Objective.from(word(1)), ...Objective.from(record)])
    keys.push(...seen.map(({ data }) => [...data]))
    expect(keys).toEqual([[...Random.foldIn(Random.key(5), 0).data], [...Random.foldIn(Random.key(5), 2).data]])
  })
  it('are shared by players that move at once', async () => {
    const show: Gan.Term = ({ fake, D }) => add(sum(fake), mul(0, mean(D(fake))))
    const spec = smallSpec(
      Gan.withUpdate(Update.simultaneous),
      Gan.withRegularizer('discriminator', Objective.of('show', show)),
      Gan.withRegularizer('generator', Objective.of('show', show))
    )
    const step = await compiled(spec, { sampler: points })
    const [, metrics] = await step(await step.init(0))
    expect(metrics['generator']!.terms['show']!.data).toEqual(metrics['discriminator']!.terms['show']!.data)
  })
})

const playOf = (key: Tensor) => {
  const D = (x: Tensor): Tensor => sum(x, { axes: [1] })
  const networks = { generator: (x: unknown) => x as Tensor, discriminator: (x: unknown) => D(x as Tensor) }
  return Gan.createPlay({ networks, real: () => zeros([2, 2]), latent: zeros([2, 2]), key, step: zeros([], 'int32') })
}

describe('an objective', () => {
  const arbitrary = fc
    .array(fc.record({ weight: fc.double({ min: 0, max: 3, noNaN: true }), power: fc.integer({ min: 1, max: 3 }) }), {
      maxLength: 4
    })
    .map((entries): Gan.Objective =>
      entries.flatMap(({ weight, power }, i) =>
        Objective.scale(weight)(
          Objective.of(`e${String(i)}`, ({ D, real }) =>
            mean(Array.from({ length: power }, () => D(real)).reduce((a, b) => mul(a, b)))
          )
        )
      )
    )
  const at = tensor([[0.5, -0.2], [0.1, 0.7]]) // prettier-ignore
  const meaning = (objective: Gan.Objective): readonly number[] => {
    const value = (w: Tensor): Tensor => {
      const networks = {
        generator: (x: unknown) => x as Tensor,
        discriminator: (x: unknown) => sum(mul(x as Tensor, w), { axes: [1] })
      }
      const play = Gan.createPlay({
        networks,
        real: () => at,
        latent: at,
        key: Random.key(0),
        step: zeros([], 'int32')
      })
      return objective.reduce(
        (total, entry, i) => add(total, mul(entry.term(play(entry.name, i)), entry.weight as number)),
        mul(0, sum(w))
      )
    }
    const [v, g] = evaluate((w: Tensor) => valueAndGrad(value)(w), { precision: 'float64' })(tensor([0.3, -0.4]))
    return [...v.data, ...g.data]
  }
  const { concat: join, empty } = Objective.Monoid
  const close = (a: readonly number[], b: readonly number[]) => { a.forEach((x, i) => { expect(x).toBeCloseTo(b[i]!, 6) }) } // prettier-ignore

  it('is a monoid, by value and by gradient', () => {
    fc.assert(
      fc.property(arbitrary, arbitrary, arbitrary, (a, b, c) => {
        expect(meaning(join(a, join(b, c)))).toEqual(meaning(join(join(a, b), c)))
        expect(meaning(join(a, empty))).toEqual(meaning(a))
        expect(meaning(join(empty, a))).toEqual(meaning(a))
      }),
      { numRuns: 25 }
    )
  })
  it('means the sum of its parts, and its gradient the sum of theirs', () => {
    fc.assert(
      fc.property(arbitrary, arbitrary, (a, b) => {
        const [of, left, right] = [meaning(join(a, b)), meaning(a), meaning(b)]
        close(
          of,
          left.map((x, i) => x + right[i]!)
        )
      }),
      { numRuns: 25 }
    )
  })
  it('is scaled by products', () => {
    fc.assert(
      fc.property(arbitrary, fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 }), (a, v, w) => {
        close(meaning(pipe(a, Objective.scale(w), Objective.scale(v))), meaning(Objective.scale(v * w)(a)))
      }),
      { numRuns: 25 }
    )
  })
  it('is lifted from a term, also where it is edited', () => {
    const term: Gan.Term = ({ D, real }) => mean(D(real))
    expect(pipe(term, Objective.scale(2), Objective.every(3))).toMatchObject([{ name: 'term', weight: 2, every: 3 }])
  })
})

describe('weights in a step', () => {
  const pull: Gan.Term = ({ networks, real }) => mean(networks['discriminator']!(real))
  const psi = async (edit: (objective: Gan.Objective) => Gan.Objective, steps: number): Promise<readonly number[]> => {
    const loss = Gan.withLoss({
      discriminator: edit(Objective.of('pull', pull)),
      generator: ({ D, fake }) => neg(mean(D(fake)))
    })
    const step = await compiled(numberSpec(loss), { ...float64, batchSize: 1 })
    const trainer = await trainerFor(step)
    const seen: number[] = []
    for (let i = 0; i < steps; i++) {
      rightOf(await trainer.advance(1, { batches: () => [numbers(1)] })())
      seen.push(paramsOf(rightOf(await trainer.snapshot()()), 'discriminator'))
    }
    trainer.dispose()
    return seen
  }
  const steps = (values: readonly number[]) =>
    values.map((x, i) => Number(((i === 0 ? 2 : values[i - 1]!) - x).toFixed(9)))

  it('scale the gradient', async () => expect(steps(await psi(Objective.scale(3), 2))).toEqual([0.3, 0.3]))
  it('follow a schedule of the step', async () => {
    expect(steps(await psi(Objective.schedule(Opt.linear(1, 0, 4)), 5))).toEqual([0.1, 0.075, 0.05, 0.025, 0])
  })
  it('of every(k) are k at multiples of k, and the player rests in between', async () => {
    expect(steps(await psi(Objective.every(3), 7))).toEqual([0.3, 0, 0, 0.3, 0, 0, 0.3])
  })
  it('of every(2) of every(2), scaled and scheduled', async () => {
    const edit = (o: Gan.Objective) => pipe(o, Objective.every(2), Objective.scale(0.5), Objective.every(2), Objective.schedule(Opt.piecewise(1, [[4, 2]]))) // prettier-ignore
    expect(steps(await psi(edit, 6))).toEqual([0.2, 0, 0, 0, 0.4, 0])
  })
})

describe('lazy terms of mixed periods', () => {
  const spec = smallSpec(
    Gan.withRegularizer('discriminator', Objective.every(2)(Reg.r1({ gamma: 1 }))),
    Gan.withRegularizer('generator', Objective.every(3)(Reg.jacobianClamp({ min: 0, max: 0.1 })))
  )
  it('are in the metrics at their steps only', async () => {
    const step = await compiled(spec, { sampler: points })
    const trainer = await trainerFor(step)
    const seen: string[] = []
    rightOf(
      await trainer.advance(7, {
        onStep: (_, metrics) =>
          seen.push(
            Object.values(metrics)
              .flatMap(({ terms }) => Object.keys(terms).filter((name) => name !== 'nonSaturating'))
              .join('+')
          )
      })()
    )
    expect(seen).toEqual(['r1+jacobianClamp', '', 'r1', 'jacobianClamp', 'r1', '', 'r1+jacobianClamp'])
    trainer.dispose()
  })
  it('go on in the middle of a period', async () => {
    const step = await compiled(spec, { sampler: points })
    const whole = await trainerFor(step)
    rightOf(await whole.advance(9)())
    const first = await trainerFor(step)
    rightOf(await first.advance(5)())
    const second = await trainerFor(step, rightOf(await first.snapshot()()))
    rightOf(await second.advance(4)())
    expect(bits(rightOf(await second.snapshot()()))).toEqual(bits(rightOf(await whole.snapshot()())))
  })
  it('leave a player whose terms all rest where it is', async () => {
    const resting = Gan.withLoss({
      discriminator: Loss.nonSaturating.objectives['discriminator']!,
      generator: Objective.every(2)(Loss.nonSaturating.objectives['generator']!)
    })
    const step = await compiled(smallSpec(resting, Gan.withOptimizer('generator', Opt.adam({ learningRate: 0.1 }))), {
      sampler: points
    })
    const [one] = await step(await step.init(0))
    const [two, metrics] = await step(one)
    expect(bits(two.players['generator'])).toEqual(bits(one.players['generator']))
    expect(bits(one.players['generator'])).not.toEqual(bits((await step.init(0)).players['generator']))
    expect(Object.keys(metrics)).toEqual(['discriminator'])
  })
})

describe('layer state', () => {
  const momentum = 0.5
  const spec = numberSpec((s) => ({
    ...s,
    networks: {
      generator: Net.batchNorm(1, { momentum, epsilon: 0 }),
      discriminator: Net.serial(Net.batchNorm(1, { momentum, epsilon: 0 }), Net.dense(1, 1))
    }
  }))
  const statistics = (state: Gan.State, player: string) => {
    const layers = state.players[player]!.layers as any
    const { mean: m, variance } = Array.isArray(layers) ? layers[0] : layers
    return [m.data[0], variance.data[0]]
  }
  it('advances once an update, by the first application: statistics by hand', async () => {
    const step = await compiled(spec, { ...float64, givenDraws: true })
    const [next] = await step(
      await step.init(0),
      [numbers(3, 5)],
      [{ latent: numbers(1, 2) }, { latent: numbers(2, 8) }]
    )
    // D sees the reals first: mean 4, unbiased variance 2. G moves by its own update alone: mean 5, variance 18.
    expect(statistics(next, 'discriminator')).toEqual([2, 1.5])
    expect(statistics(next, 'generator')).toEqual([2.5, 9.5])
  })
  it('is not advanced by a penalty', async () => {
    const penalized = Gan.withRegularizer('discriminator', Reg.gradientPenalty())(spec)
    const step = await compiled(penalized, float64)
    const [next] = await step(await step.init(0), [numbers(3, 5)])
    expect(statistics(next, 'discriminator')).toEqual([2, 1.5])
  })
  it('advances in each of several critic steps', async () => {
    const step = await compiled(Gan.withUpdate(Update.alternating({ discriminatorSteps: 2 }))(spec), float64)
    const [next] = await step(await step.init(0), [numbers(3, 5), numbers(6, 10)])
    expect(statistics(next, 'discriminator')).toEqual([0.5 * 2 + 0.5 * 8, 0.5 * 1.5 + 0.5 * 8])
  })
})

describe('dropout', () => {
  const discriminator = Net.serial(Net.dense(2, 16), Net.dropout(0.5), Net.dense(16, 1))
  const withDropout = (spec: Gan.Spec) => ({ ...spec, networks: { ...spec.networks, discriminator } })
  it('has one mask an update: D is one function', async () => {
    const twice: Gan.Term = ({ D, real }) => add(sum(square(sub(D(real), D(real)))), mul(0, mean(D(real))))
    const value: Gan.Term = ({ D, latent }) => mean(D(mul(0, latent)))
    const step = await compiled(
      withDropout(
        smallSpec(
          Gan.withRegularizer('discriminator', twice),
          Gan.withRegularizer('discriminator', value),
          Gan.withUpdate(Update.alternating({ discriminatorSteps: 3 }))
        )
      ),
      { sampler: points }
    )
    const [, metrics] = await step(await step.init(0))
    expect([...metrics['discriminator']!.terms['twice']!.data]).toEqual([0, 0, 0])
    expect(new Set(metrics['discriminator']!.terms['value']!.data).size).toBe(3)
  })
})

describe('what is remembered', () => {
  it('is the running mean of path lengths, by its recursion, held constant in the gradient', async () => {
    // G(z) = theta z with z a number: J^T y = theta y, so ||J^T y|| = |theta y|.
    const spec = pipe(
      Gan.between({
        generator: functionNet('theta', scalar(1.5), (theta, z) => mul(z, theta)),
        discriminator: functionNet('psi', scalar(0.5), (psi, x) => reshape(mul(x, psi), [x.shape[0]!])),
        prior: Prior.normal([1])
      }),
      Gan.withLoss({
        discriminator: ({ D, real }) => mul(0.01, mean(D(real))),
        generator: Reg.pathLength({ weight: 2, decay: 0.25 })
      }),
      Gan.withOptimizer('generator', Opt.sgd({ learningRate: 0.1 })),
      Gan.withOptimizer('discriminator', Opt.sgd({ learningRate: 0.1 }))
    )
    const step = await compiled(spec, { ...float64, givenDraws: true })
    let state = await step.init(0)
    let [theta, a] = [1.5, 0]
    for (const [y1, y2] of [
      [1, -2],
      [0.5, 3],
      [-1, -1]
    ] as const) {
      // prettier-ignore
      const draws = [{ latent: numbers(1, 2) }, { latent: numbers(1, 2), 'pathLength/cotangent': numbers(y1, y2) }]
      ;[state] = await step(state, [numbers(1, 1)], draws)
      const lengths = [y1, y2].map((y) => Math.abs(theta * y))
      a += 0.25 * ((lengths[0]! + lengths[1]!) / 2 - a)
      const slope = [y1, y2].reduce((total, y, i) => total + 2 * (lengths[i]! - a) * Math.abs(y), 0) / 2
      theta -= 0.1 * 2 * slope
      expect(state.memories['generator']!['pathLength/mean']!.data[0]).toBeCloseTo(a, 12)
      expect(paramsOf(state, 'generator')).toBeCloseTo(theta, 12)
    }
  })
})

describe('label smoothing', () => {
  it('is one-sided: reals at t, fakes at 0', async () => {
    const t = 0.9
    const step = await compiled(numberSpec(Gan.withLoss(Loss.nonSaturatingWith({ realTarget: t }))), float64)
    const [, metrics] = await step(await step.init(0), [numbers(0.25, 0.5)])
    const soft = (x: number) => Math.log1p(Math.exp(x))
    const onReal = [0.5, 1].reduce((total, d) => total + t * soft(-d) + (1 - t) * soft(d), 0) / 2
    expect(metrics['discriminator']!.loss.data[0]).toBeCloseTo(onReal + soft(2), 12)
  })
})

describe('labels', () => {
  /** D(x, y) = psi x (1 + y), G(z, y) = theta + y: labels show in every number. */
  const withLabel = (x: Tensor, labels: Tensor | undefined, c: number): Tensor =>
    add(mul(x, 0), add(reshape(convert(labels!, 'float32'), [x.shape[0]!, 1]), c))
  const spec = numberSpec(
    (s) => ({
      ...s,
      networks: {
        generator: Net.layer<unknown, unknown, Tensor>({
          name: 'g',
          takesLabels: true,
          init: () => ({ params: scalar(1), state: [] }),
          apply: ({ params, labels, state }, z) => [add(withLabel(z, labels, 0), params), state]
        }),
        discriminator: Net.layer<unknown, unknown, Tensor>({
          name: 'd',
          takesLabels: true,
          init: () => ({ params: scalar(2), state: [] }),
          apply: ({ params, labels, state }, x) => [mul(params, mul(x, withLabel(x, labels, 1))), state]
        })
      }
    }),
    Gan.withLabels({ classes: 3 })
  )
  const draws = [
    { latent: numbers(0, 0), fakeLabels: tensor([0, 2], [2], 'int32') },
    { latent: numbers(0, 0), fakeLabels: tensor([1, 1], [2], 'int32') }
  ]
  const batch = { real: numbers(3, 5), labels: tensor([2, 1], [2], 'int32') }
  it('reach D and G, each sample its own', async () => {
    const step = await compiled(spec, { ...float64, givenDraws: true })
    const [next, metrics] = await step(await step.init(0), [batch], draws)
    // D(real) = 2 (3 3, 5 2), D(fake) = 2 (1 1, 3 3).
    expect(metrics['discriminator']!.loss.data[0]).toBeCloseTo(10 - 19, 12)
    expect(metrics['generator']!.loss.data[0]).toBeCloseTo(-paramsOf(next, 'discriminator') * 4, 12)
  })
  it('reach penalties: R1 those of the reals, R2 those of the fakes', async () => {
    const penalized = pipe(
      spec,
      Gan.withRegularizer('discriminator', Reg.r1({ gamma: 1 })),
      Gan.withRegularizer('discriminator', Reg.r2({ gamma: 1 }))
    )
    const step = await compiled(penalized, { ...float64, givenDraws: true })
    const [, metrics] = await step(await step.init(0), [batch], draws)
    expect(metrics['discriminator']!.terms['r1']!.data[0]).toBeCloseTo((36 + 16) / 4, 12)
    expect(metrics['discriminator']!.terms['r2']!.data[0]).toBeCloseTo((4 + 36) / 4, 12)
  })
  it('come from a sampler, too, and samples have those that one asks for', async () => {
    const step = await compiled(spec, {
      batchSize: 2,
      sampler: () => ({ real: zeros([2, 1]), labels: tensor([0, 1], [2], 'int32') })
    })
    const [next] = await step(await step.init(0))
    const sample = Gan.generate({ count: 2, engine: 'reference' })(spec)
    const at = paramsOf(next, 'generator')
    expect([...(await sample(next, 1, { labels: tensor([0, 2], [2], 'int32') })).data]).toEqual([
      Math.fround(at),
      Math.fround(at + 2)
    ])
    await expect(sample(next, 1, { labels: tensor([0, 3], [2], 'int32') })).rejects.toThrow(/labels 0 \.\. 2/)
    await expect(sample(next, 1, { labels: tensor([0], [1], 'int32') })).rejects.toThrow(/int32\[2\]/)
    sample.dispose()
  })
  it.each([
    [{ real: numbers(3, 5) }, /int32\[2\]/],
    [{ real: numbers(3, 5), labels: tensor([0, 3], [2], 'int32') }, /labels 0 \.\. 2/],
    [{ real: numbers(3, 5), labels: tensor([0, 1]) }, /int32\[2\]/]
  ])('are checked', async (given, text) => {
    const step = await compiled(spec, { ...float64 })
    await expect(step(await step.init(0), [given as Gan.Batch])).rejects.toThrow(text)
  })
})

describe('a penalty of one’s own', () => {
  it('is what it says, in the metrics and in the gradient', async () => {
    const myPenalty: Gan.Term = ({ D, real }) => mean(square(norm(grad((x: Tensor) => sum(D(x)))(real), { axes: [1] })))
    const step = await compiled(numberSpec(Gan.withRegularizer('discriminator', myPenalty)), float64)
    const [next, metrics] = await step(await step.init(0), [numbers(3, 5)])
    expect(metrics['discriminator']!.terms['myPenalty']!.data[0]).toBeCloseTo(4, 12)
    expect(paramsOf(next, 'discriminator')).toBeCloseTo(2.3 - 0.1 * 4, 12)
  })
})

describe('three players', () => {
  it('train: an encoder beside the generator, a critic on pairs', async () => {
    const pair = Net.lambda('pair', ({ x, z }: { x: Tensor; z: Tensor }) => concat([x, z], { axis: 1 }), {
      output: [4]
    })
    const onPairs = (play: Gan.Play) => {
      const { networks, real, fake, latent } = play
      return { real: play.D({ x: real, z: networks['encoder']!(real) }), fake: play.D({ x: fake, z: latent }) }
    }
    const others: Gan.Term = (play) => {
      const scores = onPairs(play)
      return add(mean(softplus(scores.real)), mean(softplus(neg(scores.fake))))
    }
    const adam = Opt.adam({ learningRate: 0.01 })
    const spec = pipe(
      Gan.between({
        ...players,
        encoder: Net.dense(2, 2),
        discriminator: Net.serial(pair, Net.dense(4, 3), Net.softplus, Net.dense(3, 1))
      }),
      Gan.withLoss({
        discriminator: (play) => {
          const scores = onPairs(play)
          return add(mean(softplus(neg(scores.real))), mean(softplus(scores.fake)))
        },
        generator: others,
        encoder: others
      }),
      Gan.withOptimizer('generator', adam),
      Gan.withOptimizer('discriminator', adam),
      Gan.withOptimizer('encoder', adam)
    )
    const step = await compiled(spec)
    expect(step.batchesPerStep).toBe(2)
    const trainer = await trainerFor(step)
    const begun = await step.init(0)
    rightOf(await trainer.advance(5, { batches: (i) => [batchAt(2 * i), batchAt(2 * i + 1)] })())
    const after = rightOf(await trainer.snapshot()())
    for (const player of ['generator', 'discriminator', 'encoder'])
      expect(bits(after.players[player]!.params)).not.toEqual(bits(begun.players[player]!.params))
    trainer.dispose()
  })
})

describe('a critic on packs of samples', () => {
  it('trains, scores being of packs', async () => {
    const pack = Net.lambda('pack', (x: Tensor) => reshape(x, [x.shape[0]! / 2, 4]), { output: [4] })
    const spec = { ...smallSpec(Gan.withRegularizer('discriminator', Reg.r1())) }
    const step = await compiled(
      { ...spec, networks: { ...spec.networks, discriminator: Net.serial(pack, Net.dense(4, 1)) } },
      { sampler: points }
    )
    const [next] = await step(await step.init(0))
    expect(bits(next.players)).not.toEqual(bits((await step.init(0)).players))
  })
})

it('takes a term with where and equal, which have no derivative of their own', async () => {
  const masked: Gan.Term = ({ D, real, realLabels }) =>
    mean(where(equal(sum(real, { axes: [1] }), 0), 0, D(real, realLabels)))
  const step = await compiled(smallSpec(Gan.withRegularizer('discriminator', masked)), { sampler: points })
  step.dispose()
})
