/** What it means that a player's network sees samples augmented: in losses, penalties, update rules and the state. */
import { describe, expect, it } from 'vitest'
import { pipe } from '#fp-ts/function'
import {
  Augment,
  Gan,
  Loss,
  Net,
  Objective,
  Opt,
  Prior,
  Random,
  Reg,
  add,
  full,
  mean,
  mul,
  reshape,
  square,
  sub,
  treeLeaves
} from '../../../src/index.ts'
import type { Tensor } from '../../../src/index.ts'
import { functionNet } from '../../support/functionNet.ts'
import {
  bits,
  compiled,
  leftOf,
  pathsOf,
  points,
  rightOf,
  smallSpec,
  trained,
  trainerFor
} from '../../support/smallGan.ts'
import { showRule, updateRules } from '../../support/updateRules.ts'

type Edit = (spec: Gan.Spec) => Gan.Spec

const scalar = (x: number): Tensor => ({ shape: [], dtype: 'float32', data: Float64Array.of(x) })
const still = Opt.sgd({ learningRate: 0 })

/** G(z) = 1 and D(x) = 2 x on numbers, which never move; data are 3. */
const numberSpec = (...edits: readonly Edit[]): Gan.Spec =>
  edits.reduce(
    (spec, edit) => edit(spec),
    pipe(
      Gan.between({
        generator: functionNet('theta', scalar(1), (theta, z) => add(mul(z, 0), theta)),
        discriminator: functionNet('psi', scalar(2), (psi, x) => reshape(mul(x, psi), [x.shape[0]!])),
        prior: Prior.normal([1])
      }),
      Gan.withLoss(Loss.wasserstein),
      Gan.withOptimizer('generator', still),
      Gan.withOptimizer('discriminator', still)
    )
  )

/** Multiplies samples by the probability, so that it shows in everything that D gives. */
const weaker = Augment.of('weaker', (x, { probability }) => mul(x, probability))

/** A figure of the first update of a player in each of so many steps. */
const figures = async (spec: Gan.Spec, player: string, name: string, steps: number): Promise<readonly number[]> => {
  const found: number[] = []
  const trainer = await trainerFor(await compiled(spec))
  rightOf(
    await trainer.advance(steps, {
      batches: () => full([4, 1], 3),
      onStep: (_, metrics) => found.push(metrics[player]!.terms[name]!.data[0]!)
    })()
  )
  return found
}

const scores = Objective.metric('scores', ({ D, real }) => mean(D(real)))
const fakeScores = Objective.metric('scores', ({ D, fake }) => mean(D(fake)))
const close = (values: readonly number[]) => values.map((value): unknown => expect.closeTo(value, 5))

describe('what a network sees', () => {
  it('is augmented in the updates of both players, with a fixed probability', async () => {
    const augmented = Gan.withAugmentation('discriminator', weaker, { probability: 0.25 })
    const [d, g] = [Gan.withRegularizer('discriminator', scores), Gan.withRegularizer('generator', fakeScores)]
    expect(await figures(numberSpec(augmented, d), 'discriminator', 'scores', 1)).toEqual(close([1.5]))
    expect(await figures(numberSpec(augmented, g), 'generator', 'scores', 1)).toEqual(close([0.5]))
    expect(await figures(numberSpec(d), 'discriminator', 'scores', 1)).toEqual(close([6]))
  })
  it('follows a schedule of the step', async () => {
    const augmented = Gan.withAugmentation('discriminator', weaker, { probability: Opt.linear(0, 1, 4) })
    const spec = numberSpec(augmented, Gan.withRegularizer('generator', fakeScores))
    expect(await figures(spec, 'generator', 'scores', 3)).toEqual(close([0, 0.5, 1]))
  })
  it('is what penalties differentiate', async () => {
    const spec = numberSpec(
      Gan.withAugmentation('discriminator', weaker, { probability: 0.25 }),
      Gan.withRegularizer('discriminator', Reg.r1({ gamma: 2 }))
    )
    // gamma/2 |d(2 x/4)/dx|²
    expect(await figures(spec, 'discriminator', 'r1', 1)).toEqual(close([0.25]))
  })
  it('is one function during an update: a sample and its copy have one fate', async () => {
    const noisy = Augment.of('noisy', (x, { key }) => add(x, Random.normal(key, x.shape)))
    const gap = Objective.metric('gap', ({ D, real }) => mean(square(sub(D(real), D(mul(real, 1))))))
    const spec = numberSpec(Gan.withAugmentation('discriminator', noisy), Gan.withRegularizer('discriminator', gap))
    expect(await figures(spec, 'discriminator', 'gap', 2)).toEqual([0, 0])
    const seen = numberSpec(Gan.withAugmentation('discriminator', noisy), Gan.withRegularizer('discriminator', scores))
    const drawn = await figures(seen, 'discriminator', 'scores', 3)
    expect(new Set(drawn).size).toBe(3)
  })
  it('is what its stages begin with', async () => {
    const stage = Objective.metric('stage', ({ D, real }) => mean(D.stages()[0]!(real)))
    const networks = {
      generator: functionNet('theta', scalar(1), (theta, z) => add(mul(z, 0), theta)),
      discriminator: Net.serial(
        functionNet('psi', scalar(2), (psi, x) => mul(x, psi)),
        Net.lambda('score', (x) => x)
      ),
      prior: Prior.normal([1])
    }
    const edits = [
      Gan.withAugmentation('discriminator', weaker, { probability: 0.25 }),
      Gan.withRegularizer('discriminator', stage)
    ]
    const { networks: own } = Gan.between(networks)
    const spec = edits.reduce((made, edit) => edit(made), { ...numberSpec(), networks: own })
    expect(await figures(spec, 'discriminator', 'stage', 1)).toEqual(close([1.5]))
  })
  it('leaves every other draw as it was', async () => {
    const steps = { steps: 3, seed: 5 }
    const plain = await trained(smallSpec(), steps)
    const same = await trained(smallSpec(Gan.withAugmentation('discriminator', Augment.serial())), steps)
    expect(bits(same.state)).toEqual(bits(plain.state))
  })
})

const image: readonly number[] = [1, 4, 4]
/** Small networks of images, smooth so that every rule may differentiate them twice. */
const imageSpec = (...edits: readonly Edit[]): Gan.Spec =>
  edits.reduce(
    (spec, edit) => edit(spec),
    pipe(
      Gan.between({
        generator: Net.serial(Net.dense(2, 16), Net.tanh, Net.reshape([1, 4, 4])),
        discriminator: Net.serial(Net.flatten, Net.dense(16, 4), Net.softplus, Net.dense(4, 1)),
        prior: Prior.normal([2])
      }),
      Gan.withLoss(Loss.nonSaturating),
      Gan.withOptimizer('generator', Opt.adam({ learningRate: 0.01, b1: 0, b2: 0.9 })),
      Gan.withOptimizer('discriminator', Opt.adam({ learningRate: 0.01, b1: 0, b2: 0.9 }))
    )
  )
const images: Gan.Sampler = (key, n) => mul(Random.uniform(key, [n, ...image]), 2)

const adaptive = (options: Augment.AdaptiveOptions = {}): Edit =>
  Gan.withAugmentation('discriminator', Augment.ada(), {
    probability: Augment.adaptive({ initial: 0.5, images: 64, every: 2, ...options })
  })

const probabilityOf = ({ memories }: Gan.State): number =>
  memories['discriminator']!['augmentation/probability']!.data[0]!

describe('a probability that adapts', () => {
  it('grows where D is surer than the target, and shrinks where it is not', async () => {
    const steps = { data: images, steps: 4 }
    // Two adjustments of 2 minibatches of 4 samples, over 64 images.
    const surer = await trained(imageSpec(adaptive({ target: -2 })), steps)
    const less = await trained(imageSpec(adaptive({ target: 2 })), steps)
    expect([surer, less].map(({ state }) => probabilityOf(state))).toEqual(close([0.75, 0.25]))
  })
  it('is seen by the generator one update later, and is a figure', async () => {
    const probability = Augment.adaptive({ target: 2, initial: 1, images: 16, every: 1 })
    const spec = numberSpec(
      Gan.withAugmentation('discriminator', weaker, { probability }),
      Gan.withRegularizer('generator', fakeScores)
    )
    // D moves first: the generator's update sees what it left.
    expect(await figures(spec, 'generator', 'scores', 3)).toEqual(close([1.5, 1, 0.5]))
    expect(await figures(spec, 'discriminator', 'augmentation', 3)).toEqual(close([1, 0.75, 0.5]))
  })
  it('follows held-out data', async () => {
    // r_v = (6p - 2vp) / (6p - 2p): 0 where they are like data, 1 where they are like fakes.
    const after = async (held: number): Promise<number> => {
      const validation = full([5, 1], held)
      const probability = Augment.adaptive({ validation, initial: 0.5, images: 32, every: 1 })
      const spec = numberSpec(Gan.withAugmentation('discriminator', weaker, { probability }))
      return (await figures(spec, 'discriminator', 'augmentation', 2))[1]!
    }
    expect([await after(3), await after(1)]).toEqual(close([0.375, 0.625]))
  })
  it('is told from a term of the same name', async () => {
    const own = Objective.metric('augmentation', ({ recall, remember, real }) => {
      remember('probability', add(recall('probability', 7), 1))
      return mean(real)
    })
    const spec = imageSpec(Gan.withRegularizer('discriminator', own), adaptive({ target: -2 }))
    const { state } = await trained(spec, { data: images, steps: 2 })
    const { discriminator } = state.memories
    expect(discriminator!['augmentation/probability']!.data[0]).toBe(9)
    expect(discriminator!['augmentation#2/probability']!.data[0]).toBeCloseTo(0.625, 5)
  })
  it('goes on to the same bits from a state that was saved between two adjustments', async () => {
    const spec = imageSpec(adaptive({ every: 4 }))
    const whole = await trained(spec, { data: images, steps: 7 })
    const first = await trained(spec, { data: images, steps: 3 })
    const saved = rightOf(Gan.stateFromJson(spec, Gan.stateToJson(first.state)))
    const rest = await trained(spec, { data: images, steps: 4, state: saved })
    expect(bits(rest.state)).toEqual(bits(whole.state))
    expect(probabilityOf(whole.state)).not.toBe(0.5)
  })
})

const penalties: Readonly<Record<string, Edit>> = {
  none: (spec) => spec,
  r1: Gan.withRegularizer('discriminator', Reg.r1({ gamma: 1 })),
  'r1 every second step': Gan.withRegularizer('discriminator', Objective.every(2)(Reg.r1({ gamma: 1 }))),
  gradientPenalty: Gan.withRegularizer('discriminator', Reg.gradientPenalty())
}

describe('under every update rule and penalty', () => {
  const combinations = updateRules.flatMap((rule) => Object.keys(penalties).map((name) => [rule, name] as const))
  it.each(combinations.map(([rule, name]) => [`${showRule(rule)}, ${name}`, rule, name] as const))(
    '%s',
    async (_, rule, name) => {
      const augmented = Gan.withAugmentation('discriminator', Augment.serial(Augment.ada(), Augment.diffAugment()), {
        probability: Augment.adaptive({ initial: 0.5, images: 64, every: 1, target: -2 })
      })
      const spec = imageSpec(augmented, penalties[name]!, Gan.withUpdate(rule))
      const { state } = await trained(spec, { data: images, steps: 2 })
      expect(treeLeaves(state).every(({ data }) => data.every(Number.isFinite))).toBe(true)
      expect(probabilityOf(state)).toBeGreaterThan(0.5)
    }
  )
})

describe('a spec with an augmentation', () => {
  const issuesOf = (...edits: readonly Edit[]): Gan.Issues => leftOf(Gan.validate(imageSpec(...edits)))
  const js = (...args: readonly unknown[]): Edit => (Gan.withAugmentation as (...given: unknown[]) => Edit)(...args)

  it.each<readonly [string, Edit, readonly string[]]>([
    ['nothing', js('discriminator'), ['augmentations.discriminator']],
    ['a player that nobody is', js('critic', Augment.ada()), ['augmentations.critic']],
    ['a probability beyond 1', js('discriminator', Augment.ada(), { probability: 2 }), ['augmentations.discriminator.probability']], // prettier-ignore
    ['options of another name', js('discriminator', Augment.ada(), { chance: 1 }), ['augmentations.discriminator.chance']], // prettier-ignore
    ['a faulty schedule', js('discriminator', Augment.ada(), { probability: Opt.linear(0, 1, 0) }), ['augmentations.discriminator.probability.steps']], // prettier-ignore
    ['options of ADA and of its controller', js('discriminator', Augment.ada({ groups: ['color' as 'colour'], multipliers: { flop: 1 } as object }), { probability: Augment.adaptive({ every: 0, target: NaN }) }), ['augmentations.discriminator.groups', 'augmentations.discriminator.multipliers.flop', 'augmentations.discriminator.probability.target', 'augmentations.discriminator.probability.every']], // prettier-ignore
    ['a part of a chain', js('discriminator', Augment.serial(Augment.ada(), Augment.diffAugment({ policy: ['cut'] as never }))), ['augmentations.discriminator.1.policy']] // prettier-ignore
  ])('tells of %s', (_, edit, paths) => {
    const issues = issuesOf(edit)
    expect(pathsOf(issues)).toEqual(paths)
    expect(issues.every(({ severity }) => severity === 'error')).toBe(true)
  })
  it('tells of samples that are no images once, as a misfit of the network', () => {
    const issues = leftOf(Gan.validate(smallSpec(Gan.withAugmentation('discriminator', Augment.ada()))))
    expect(issues).toMatchObject([{ _tag: 'Misfit', path: ['networks', 'discriminator'], expected: 'images [N, C, H, W]' }]) // prettier-ignore
  })
  it('is shown', () => {
    const lines = (edit: Edit): readonly string[] =>
      Gan.show(imageSpec(edit))
        .split('\n')
        .filter((line) => line.includes('sees samples'))
    expect(lines(adaptive())).toEqual([
      '  sees samples through ada({ groups: ["blit", "geometry", "colour"], multipliers: an object, padding: "reflection", lowPass: true }),' +
        ' probability adaptive({ target: 0.6, every: 2, images: 64, initial: 0.5 })'
    ])
    const chain = Augment.serial(Augment.diffAugment({ policy: ['cutout'] }), weaker)
    expect(lines(Gan.withAugmentation('discriminator', chain, { probability: Opt.linear(0, 1, 4) }))).toEqual([
      '  sees samples through diffAugment({ policy: ["cutout"] }) then weaker, probability linear({ from: 0, to: 1, steps: 4 })'
    ])
  })
  it('is seen by no network that is applied outside of training', async () => {
    const spec = smallSpec(Gan.withAugmentation('generator', weaker, { probability: 0 }))
    const step = await compiled(spec, { sampler: points })
    const [made, plain] = [spec, smallSpec()].map(Gan.generate({ count: 2, engine: 'reference' }))
    const state = await step.init(0)
    expect(await made!(state, 1)).toEqual(await plain!(state, 1))
  })
})
