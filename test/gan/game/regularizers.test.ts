/** What has to hold of every regularizer: in games of every kind, by every update rule, now and then, and after a break. */
import { describe, expect, it } from 'vitest'
import * as E from '#fp-ts/Either'
import { Augment, Gan, Loss, Net, Objective, Opt, Prior, Random, Reg, Update, concat, pipe, tensor, treeLeaves, zeros } from '../../../src/index.ts' // prettier-ignore
import type { Tensor } from '../../../src/index.ts'
import type { Example } from '../../support/regularizers.ts'
import { regularizers } from '../../support/regularizers.ts'
import { showRule, updateRules } from '../../support/updateRules.ts'
import { bits, compiled, rightOf, trained, trainerFor } from '../../support/smallGan.ts'

const sgd = Opt.sgd({ learningRate: 0.001 })
const generator = Net.serial(Net.dense(3, 4), Net.tanh, Net.dense(4, 3))
const discriminator = Net.serial(Net.dense(3, 4), Net.softplus, Net.dense(4, 1))
const prior = Prior.normal([3])
const data: Gan.Sampler = (key, n) => Random.normal(key, [n, 3])

const base = pipe(
  Gan.between({ generator, discriminator, prior }),
  Gan.withLoss(Loss.nonSaturating),
  Gan.withOptimizer('generator', sgd),
  Gan.withOptimizer('discriminator', sgd)
)

const playerOf = ({ of }: Example): string => (of === 'critic' ? 'discriminator' : 'generator')

/** A spec with some of the regularizers, each of its own player. */
const withThem = (spec: Gan.Spec, examples: readonly Example[], edit: (o: Gan.Objective) => Gan.Objective = (o) => o) =>
  examples.reduce((s, one) => Gan.withRegularizer(playerOf(one), edit(one.make(playerOf(one))))(s), spec)

const isFinite = (state: Gan.State): boolean => treeLeaves(state.players).every(({ data: numbers }) => numbers.every(Number.isFinite)) // prettier-ignore

/** The functions of Reg that make objectives: all that take options, and no tensors. */
const makers = Object.entries(Reg).flatMap(([name, f]) => {
  const made = E.toUnion(E.tryCatch(() => (f as (options: object) => unknown)({}), () => undefined)) // prettier-ignore
  return Objective.isObjective(made) && Array.isArray(made) ? [name] : []
})

it('is among the examples, whichever it is of Reg', () => {
  const names = new Set(regularizers.map(({ make }) => make('discriminator')[0]!.name))
  expect([...names].sort()).toEqual([...makers].sort())
  for (const { make } of regularizers) expect(make('discriminator')[0]!.problems ?? []).toEqual([])
})

describe('every regularizer', () => {
  const real = Random.normal(Random.key(5), [4, 3])
  const params = Object.fromEntries(Object.entries(base.networks).map(([name, net]) => [name, net.init(Random.key(7)).params])) // prettier-ignore
  const gradients = (spec: Gan.Spec): Readonly<Record<string, readonly number[][]>> => {
    const found = Gan.field(spec)(params, { batch: real })
    return Object.fromEntries(Object.entries(found).map(([name, tree]) => [name, treeLeaves(tree).map((g) => [...g.data])])) // prettier-ignore
  }
  const before = gradients(base)

  it.each(regularizers.map((one) => [one.name, one] as const))('changes its player’s gradient alone: %s', (_, one) => {
    const after = gradients(withThem(base, [one]))
    const [own, other] = one.of === 'critic' ? ['discriminator', 'generator'] : ['generator', 'discriminator']
    expect(after[own]).not.toEqual(before[own])
    expect(after[other]).toEqual(before[other])
    expect(after[own]!.flat().every(Number.isFinite)).toBe(true)
  }) // prettier-ignore

  it.each(updateRules.map((rule) => [showRule(rule), rule] as const))('takes steps by the rule %s', async (_, rule) => {
    const spec = pipe(withThem(base, regularizers), Gan.withUpdate(rule))
    const { state, stopped } = await trained(spec, { data, batchSize: 4, steps: 2, engine: 'wasm' })
    expect([stopped, isFinite(state)]).toEqual(['done', true])
  })

  it('goes on to the same bits after a break, lazily too', async () => {
    const spec = withThem(base, regularizers, Objective.every(2))
    const options = { data, batchSize: 4, engine: 'wasm' } as const
    const whole = await trained(spec, { ...options, steps: 4 })
    for (const steps of [1, 2, 3]) {
      const half = await trained(spec, { ...options, steps })
      const state = rightOf(Gan.stateFromJson(spec, Gan.stateToJson(half.state)))
      const rest = await trained(spec, { ...options, steps: 4 - steps, state })
      expect(bits(rest.state)).toEqual(bits(whole.state))
    }
  })

  it('passes labels on in conditional games', async () => {
    const players = {
      generator: Net.serial(Net.appendLabels(3), Net.dense(6, 4), Net.tanh, Net.dense(4, 3)),
      discriminator: Net.serial(Net.appendLabels(3), Net.dense(6, 4), Net.softplus, Net.dense(4, 1)),
      prior
    }
    const spec = pipe(
      Gan.between(players),
      Gan.withLabels({ classes: 3 }),
      Gan.withLoss(Loss.hinge),
      Gan.withOptimizer('generator', sgd),
      Gan.withOptimizer('discriminator', sgd),
      (s) => withThem(s, regularizers)
    )
    const training = await compiled(spec, { batchSize: 4, engine: 'wasm' })
    const batch = (i: number): Gan.Batch => ({ real: Random.normal(Random.key(i), [4, 3]), labels: tensor([0, 2, 1, 1], [4], 'int32') }) // prettier-ignore
    const trainer = await trainerFor(training)
    rightOf(await trainer.advance(2, { batches: (i) => Array.from({ length: training.batchesPerStep }, () => batch(i)) })()) // prettier-ignore
    expect(isFinite(rightOf(await trainer.snapshot()()))).toBe(true)
    trainer.dispose()
    training.dispose()
  })

  it('belongs to any of several critics', async () => {
    const critics = ['discriminator', 'second']
    const spec = pipe(
      Gan.between({ generator, discriminator, second: discriminator, prior }),
      Gan.withLoss(Loss.withCritics(critics)(Loss.hinge)),
      Gan.withUpdate(Update.alternating({ critic: critics })),
      ...(['generator', 'discriminator', 'second'].map((name) => Gan.withOptimizer(name, sgd)) as [])
    )
    const full = regularizers
      .filter(({ of }) => of === 'critic')
      .reduce((s, { make }) => Gan.withRegularizer('second', make('second'))(s), spec)
    const { figures, state } = await trained(full, { data, batchSize: 4, steps: 2, engine: 'wasm' })
    expect(isFinite(state)).toBe(true)
    expect(Object.keys(figures['second']!.terms).length).toBe(1 + regularizers.filter(({ of }) => of === 'critic').length)
  }) // prettier-ignore

  it('takes critics of patches, and images', async () => {
    const images = {
      generator: Net.serial(Net.dense(3, 64), Net.reshape([1, 8, 8]), Net.convolution(1, 1, { kernel: 3, padding: 1 }), Net.tanh),
      discriminator: Net.serial(Net.convolution(1, 2, { kernel: 4, stride: 2, padding: 1 }), Net.softplus, Net.convolution(2, 1, { kernel: 3 })),
      prior
    } // prettier-ignore
    const spec = pipe(
      Gan.between(images),
      Gan.withLoss(Loss.leastSquares),
      Gan.withOptimizer('generator', sgd),
      Gan.withOptimizer('discriminator', sgd),
      (s) => withThem(s, regularizers)
    )
    const { state } = await trained(spec, { data: (key, n) => Random.normal(key, [n, 1, 8, 8]), batchSize: 4, steps: 2, engine: 'wasm' }) // prettier-ignore
    expect(isFinite(state)).toBe(true)
  })
})

describe('LeCam', () => {
  const meansAfter = async (lecam: Gan.Objective, steps: number): Promise<readonly number[]> => {
    const spec = Gan.withRegularizer('discriminator', lecam)(base)
    const { state } = await trained(spec, { data, batchSize: 4, steps })
    return ['lecam/real', 'lecam/fake'].map((name) => state.memories['discriminator']![name]!.data[0]!)
  }
  it('keeps means of scores by its decay, and those of the minibatch before its start', async () => {
    const fresh = await meansAfter(Reg.lecam({ start: 1 }), 1)
    const decayed = await meansAfter(Reg.lecam({ start: 0, decay: 0.75 }), 1)
    expect(fresh.every((x) => x !== 0)).toBe(true)
    decayed.forEach((x, i) => expect(x).toBeCloseTo(fresh[i]! / 4, 6))
  })
  it('penalizes nothing before its start', async () => {
    const spec = Gan.withRegularizer('discriminator', Reg.lecam({ start: 2, lambda: 10 }))(base)
    const values: number[] = []
    await trained(spec, {
      data,
      batchSize: 4,
      steps: 4,
      onStep: (_, figures) => values.push(figures['discriminator']!.terms['lecam']!)
    })
    expect(values.slice(0, 2)).toEqual([0, 0])
    expect(values.slice(2).every((x) => x > 0)).toBe(true)
  })
})

describe('a subset', () => {
  it('is the first latents of the minibatch, and all of them where it is larger', () => {
    const z = tensor([[1, 2], [3, 1], [0, 1], [1, 1]]) // prettier-ignore
    const G = (x: Tensor): Tensor => concat([x, x], { axis: 1 })
    const valueOf = (make: (subset?: number) => Gan.Objective, rows: number): number => {
      const play = Gan.createPlay({
        networks: { generator: (x) => G(x as Tensor) },
        real: () => z,
        latent: tensor([...z.data].slice(0, 2 * rows), [rows, 2]),
        key: Random.key(3),
        step: tensor(0, [], 'int32')
      })
      return make()[0]!.term(play('term', 0)).data[0]!
    }
    for (const make of [
      (subset?: number) => Reg.jacobianClamp({ max: 1, mode: 'jvp', ...(subset === undefined ? {} : { subset }) }),
      (subset?: number) => Reg.pathLength(subset === undefined ? {} : { subset }),
      (subset?: number) => Reg.hessianPenalty(subset === undefined ? {} : { subset })
    ])
      for (const rows of [2, 3]) {
        expect(valueOf(() => make(rows), 4)).toBeCloseTo(
          valueOf(() => make(), rows),
          6
        )
        expect(valueOf(() => make(9), 4)).toBe(valueOf(() => make(), 4))
      }
  })
})

describe('instance noise', () => {
  const noisy = (deviation: Opt.Rate, probability = 1): Gan.Spec =>
    Gan.withAugmentation('discriminator', Augment.instanceNoise({ deviation }), { probability })(base)
  /** What the critic is shown of zeros. */
  const shown = (deviation: Opt.Rate, at: number, probability = 1): readonly number[] => {
    const chance = { key: Random.key(1), step: tensor(at, [], 'int32'), probability }
    return [...Augment.instanceNoise({ deviation }).apply(chance, zeros([2000, 3])).data]
  }
  const sd = (x: readonly number[]): number => Math.sqrt(x.reduce((sum, y) => sum + y * y, 0) / x.length)

  it('has the deviation of its schedule at the step', () => {
    const falling = Opt.linear(0.5, 0, 10)
    expect(sd(shown(falling, 0))).toBeCloseTo(0.5, 1)
    expect(sd(shown(falling, 6))).toBeCloseTo(0.2, 1)
    expect(sd(shown(falling, 10))).toBe(0)
  })
  it('acts on whole samples with its probability', () => {
    const samples = shown(1, 0, 0.25)
    const still = samples.filter((_, i) => i % 3 === 0 && samples.slice(i, i + 3).every((x) => x === 0)).length
    expect(still / 2000).toBeCloseTo(0.75, 1)
    expect(samples.filter((x) => x === 0).length).toBe(3 * still)
  })
  it('is part of D: penalties and both players see it, until it has gone', async () => {
    const figures = async (spec: Gan.Spec): Promise<Gan.Figures> => {
      const regularized = Gan.withRegularizer('discriminator', Reg.r1())(spec)
      return (await trained(regularized, { data, batchSize: 4, steps: 1 })).figures
    }
    const [without, gone, there] = [await figures(base), await figures(noisy(0)), await figures(noisy(0.5))]
    expect(gone).toEqual(without)
    expect(there['generator']!.loss).not.toBe(without['generator']!.loss)
    expect(there['discriminator']!.terms['r1']).not.toBe(without['discriminator']!.terms['r1'])
  })
  it('tells what is wrong with its deviation', () => {
    const paths = ({ problems }: Augment.Augmentation): readonly string[] => problems.map(({ path }) => path.join('.'))
    expect(paths(Augment.instanceNoise({ deviation: -1 }))).toEqual(['deviation'])
    expect(paths(Augment.instanceNoise({ deviation: Opt.linear(1, NaN, 3) }))).toEqual(['deviation.to'])
    expect(paths(Augment.instanceNoise({ deviaton: 1 } as never))).toContain('deviaton')
    const flawed = Reg.consistency({ augment: Augment.instanceNoise({ deviation: -1 }) })
    expect(flawed[0]!.problems?.map(({ path }) => path.join('.'))).toEqual(['augment.deviation'])
  })
})
