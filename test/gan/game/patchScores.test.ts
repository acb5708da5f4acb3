/** Critics that score patches, and games of several critics: every loss and every penalty of the library. */
import { describe, expect, it } from 'vitest'
import * as E from '#fp-ts/Either'
import { Gan, Issue, Loss, Net, Objective, Opt, Prior, Random, Reg, Update, add, div, evaluate, exp, mean, mul, neg, pipe, reshape, square, sum, tanh, tensor } from '../../../src/index.ts' // prettier-ignore
import type { Tensor } from '../../../src/index.ts'
import { pathsOf, rightOf } from '../../support/smallGan.ts'
import { thrown } from '../../support/thrown.ts'

/** Plain JavaScript knows no types. */
const js = (x: unknown): any => x

const isLoss = (x: unknown): x is Loss.Loss => typeof x === 'object' && x !== null && 'objectives' in x
const divergences = ['kl', 'reverseKl', 'pearson', 'squaredHellinger', 'jensenShannon', 'gan'] as const
const losses: readonly (readonly [string, Loss.Loss])[] = [
  ...Object.entries(Loss).flatMap(([name, x]) => (isLoss(x) ? [[name, x] as const] : [])),
  ...divergences.map((divergence) => [`fGan ${divergence}`, Loss.fGan(divergence)] as const),
  ...(['log', 'identity', 'sqrt'] as const).map((measure) => [`phi ${measure}`, Loss.phi(measure)] as const),
  ['energyBased', Loss.energyBased({ margin: 1 })],
  ['boundaryEquilibrium', Loss.boundaryEquilibrium()]
]
const penalties = Object.entries(Reg)
  .filter((entry): entry is [string, (options?: object) => Gan.Objective] => typeof entry[1] === 'function')
  .flatMap(([name, penalty]) => {
    const objective: unknown = E.toUnion(E.tryCatch(() => (penalty.length <= 1 ? penalty() : undefined), () => undefined)) // prettier-ignore
    return Array.isArray(objective) && objective[0]?.perSample === true ? [[name, penalty] as const] : []
  })

it('are all of the losses and penalties', () => {
  expect(losses.length).toBeGreaterThanOrEqual(6)
  expect(penalties.map(([name]) => name)).toEqual(
    expect.arrayContaining(['r1', 'r2', 'gradientPenalty', 'maxGradientPenalty', 'dragan'])
  )
})

const samples = (seed: number): Tensor => Random.normal(Random.key(seed), [3, 6])
const [real, latent] = [samples(1), samples(2)]

/** What a term comes to where the critics of these names score as these functions do. */
const valueOf = (term: Gan.Term, critics: Readonly<Record<string, (x: Tensor) => Tensor>>, rows = 3): number =>
  evaluate(
    (x: Tensor, z: Tensor) => {
      const play = Gan.createPlay({
        networks: { generator: (y) => y as Tensor, ...js(critics) },
        real: () => x,
        latent: z,
        key: Random.key(3),
        step: tensor(0, [], 'int32')
      })
      return term(play('term', 0))
    },
    { precision: 'float64' }
  )(reshape(real, [rows, 18 / rows]), reshape(latent, [rows, 18 / rows])).data[0]!

/** Six scores a sample. */
const patches = (x: Tensor): Tensor => tanh(mul(x, tensor([1, -2, 0.5, 3, -1, 2])))
const shapes = [[3, 6], [3, 1, 6], [3, 1, 2, 3], [3, 2, 3], [3, 1, 1, 6], [3, 1, 6, 1]] // prettier-ignore

describe.each(losses)('the loss %s', (_, { objectives }) => {
  it.each(['discriminator', 'generator'])('of the %s is the mean over all patches', (player) => {
    const { term } = objectives[player]![0]!
    const alone = valueOf(term, { discriminator: (x) => reshape(patches(reshape(x, [3, 6])), [18, 1]) }, 18)
    for (const shape of shapes)
      expect(valueOf(term, { discriminator: (x) => reshape(patches(x), shape) })).toBeCloseTo(alone, 12)
  })
})

describe.each(penalties)('the penalty %s', (_, penalty) => {
  const { term } = penalty()[0]!
  const whole = valueOf(term, { discriminator: (x) => sum(patches(x), { axes: [1] }) })
  it('is of the sum of a sample’s patches', () => {
    for (const shape of shapes)
      expect(valueOf(term, { discriminator: (x) => reshape(patches(x), shape) })).toBeCloseTo(whole, 12)
  })
  it('may be of another critic', () => {
    const other = penalty({ player: 'second' })[0]!
    const critics = { discriminator: (x: Tensor) => mean(square(x), { axes: [1] }), second: patches }
    expect(valueOf(other.term, critics)).toBeCloseTo(whole, 12)
    expect(penalty({ player: 5 })[0]!.problems).toMatchObject([{ path: ['player'] }])
  })
})

describe.each(['jacobianClamp', 'pathLength'] as const)('the penalty %s', (name) => {
  it('may be of another generator', () => {
    const generators = { generator: (z: Tensor) => mul(z, 2), second: (z: Tensor) => mul(tanh(z), 30) }
    const [own, other] = [Reg[name]()[0]!, Reg[name]({ player: 'second' })[0]!]
    const swapped = valueOf(own.term, { ...generators, generator: generators.second })
    expect(valueOf(other.term, generators)).toBeCloseTo(swapped, 12)
    expect(valueOf(own.term, generators)).not.toBeCloseTo(swapped, 3)
  })
})

describe('the scores of a play', () => {
  const scoresOf = (y: (x: Tensor) => unknown): readonly number[] => {
    const play = Gan.createPlay({
      networks: js({ discriminator: y }),
      real: () => real,
      latent,
      key: Random.key(3),
      step: tensor(0, [], 'int32')
    })('term', 0)
    return play.D(real).shape
  }
  it.each([
    [[3], [3]],
    [[3, 1], [3]],
    [[3, 1, 1, 1], [3]],
    [
      [3, 1, 2, 2],
      [3, 2, 2]
    ],
    [
      [3, 2, 1, 2],
      [3, 2, 2]
    ],
    [
      [3, 4],
      [3, 4]
    ],
    [[1, 1], [1]],
    [
      [1, 1, 2],
      [1, 2]
    ]
  ])('have no axes of extent 1: %j becomes %j', (shape, squeezed) => {
    expect(scoresOf(() => Random.normal(Random.key(0), shape))).toEqual(squeezed)
  })
  it.each([tensor(3), 3, undefined, [tensor([1])]])('are a tensor with an axis of samples, not %s', (y) => {
    expect(thrown(() => scoresOf(() => y))).toMatchObject({ _tag: 'ShapeMisfit', op: 'discriminator' })
  })
})

const images = {
  generator: Net.serial(Net.dense(4, 64), Net.reshape([1, 8, 8])),
  discriminator: Net.serial(
    Net.convolution(1, 4, { kernel: 4, stride: 2, padding: 1 }),
    Net.leakyRelu(0.2),
    Net.convolution(4, 1, { kernel: 3 })
  ),
  prior: Prior.normal([4])
}
const game = (players: Parameters<typeof Gan.between>[0], loss: Loss.Loss, ...names: readonly string[]): Gan.Spec =>
  names.reduce(
    (spec, name) => Gan.withOptimizer(name, Opt.sgd({ learningRate: 0.01 }))(spec),
    pipe(Gan.between(players), Gan.withLoss(loss))
  )
const noise: Gan.Sampler = (key, n) => Random.normal(key, [n, 1, 8, 8])

describe('a PatchGAN', () => {
  it('trains with every loss and penalty, without a warning', async () => {
    for (const [, loss] of losses) {
      const spec = penalties.reduce(
        (s, [, penalty]) => Gan.withRegularizer('discriminator', penalty())(s),
        game(images, loss, 'generator', 'discriminator')
      )
      const training = Gan.train({ data: noise, batchSize: 2, steps: 2, engine: 'reference' })(spec)
      const { step, stopped, warnings } = rightOf(await training())
      expect([stopped, Issue.show(warnings)]).toEqual(['done', '0 warnings on this GAN'])
      step.dispose()
    }
  })
  it('may end in a convolution to one number', () => {
    const whole = Net.convolution(1, 1, { kernel: 8 })
    const spec = game({ ...images, discriminator: whole }, Loss.hinge, 'generator', 'discriminator')
    expect(E.isRight(Gan.validate(spec))).toBe(true)
  })
})

describe('a game of several critics', () => {
  const { generator, discriminator, prior } = images
  const second = Net.serial(Net.flatten, Net.dense(64, 1))
  it.each(losses)('has every critic play %s, and the generator against their mean', (_, loss) => {
    const { objectives } = Loss.withCritics(['discriminator', 'second'])(loss)
    const critics = { discriminator: patches, second: (x: Tensor) => sum(x, { axes: [1] }) }
    const swapped = { ...critics, discriminator: critics.second }
    const value = (objective: Gan.Objective, of = critics): number =>
      objective
        .filter(({ isMetric }) => isMetric !== true)
        .reduce((total, { term, weight }) => total + Number(weight) * valueOf(term, of), 0)
    expect(Object.keys(objectives).sort()).toEqual(['discriminator', 'generator', 'second'])
    const of = (player: string) => loss.objectives[player]!
    expect(value(objectives['discriminator']!)).toBeCloseTo(value(of('discriminator')), 12)
    expect(value(objectives['second']!)).toBeCloseTo(value(of('discriminator'), swapped), 12)
    const both = value(of('generator')) + value(of('generator'), swapped)
    expect(value(objectives['generator']!)).toBeCloseTo(both / 2, 12)
  })
  it('trains', async () => {
    const loss = Loss.withCritics(['discriminator', 'second'])(Loss.hinge)
    const spec = pipe(
      game({ generator, discriminator, second, prior }, loss, 'generator', 'discriminator', 'second'),
      Gan.withUpdate(Update.alternating({ critic: ['discriminator', 'second'], discriminatorSteps: 2 })),
      Gan.withRegularizer('second', Reg.r1({ player: 'second' }))
    )
    const training = Gan.train({ data: noise, batchSize: 2, steps: 2, engine: 'reference' })(spec)
    const { step, warnings, figures } = rightOf(await training())
    expect(warnings).toEqual([])
    expect(Object.keys(figures['generator']!.terms)).toEqual(['hinge', 'hinge.second'])
    expect(Object.keys(figures['second']!.terms)).toEqual(['hinge', 'r1'])
    expect(step.batchesPerStep).toBe(0)
    const phases = spec.update.phases(Object.keys(spec.networks).sort()).map((phase) => phase.players)
    expect(phases).toEqual([['discriminator', 'second'], ['discriminator', 'second'], ['generator']])
    step.dispose()
  })
  it('tells a penalty of another critic than the one that it is given to', () => {
    const loss = Loss.withCritics(['discriminator', 'second'])(Loss.hinge)
    const spec = pipe(
      game({ generator, discriminator, second, prior }, loss, 'generator', 'discriminator', 'second'),
      Gan.withRegularizer('second', Reg.r1())
    )
    const checked = Gan.validate(spec)
    expect(E.isLeft(checked) && checked.left[0]).toMatchObject({ _tag: 'NoGradient', hint: "Is it r1({ player: 'second' }) that was meant?" }) // prettier-ignore
  })
  it('tells lists of critics that are none to the rule', () => {
    for (const critic of [[], [5], ['discriminator', 'discriminator'], 5, null])
      expect(Update.alternating({ critic: js(critic) }).problems).toMatchObject([{ path: ['critic'] }])
    const strange = pipe(game(images, Loss.hinge, 'generator', 'discriminator'), Gan.withUpdate(Update.alternating({ critic: ['discriminator', 'third'] }))) // prettier-ignore
    const checked = Gan.validate(strange)
    expect(E.isLeft(checked) && pathsOf(checked.left)).toEqual(['update.third'])
  })
  it('tells critics that are not there, and lists that are none', () => {
    const spec = (critics: unknown): Gan.Spec => game(images, Loss.withCritics(js(critics))(Loss.hinge), 'generator', 'discriminator') // prettier-ignore
    const issuesOf = (critics: unknown): readonly string[] => {
      const result = Gan.validate(spec(critics))
      return E.isLeft(result) ? pathsOf(result.left) : []
    }
    expect(issuesOf(['discriminator', 'third'])).toContain('loss.third')
    for (const critics of [[], 5, undefined, 'second', [5], ['discriminator', 'discriminator']])
      expect(issuesOf(critics)).toContain('loss.critics')
  })
})

describe('scores that meet values of another shape', () => {
  const warned = (term: Gan.Term): readonly string[] => {
    const spec = pipe(
      game(images, Loss.hinge, 'generator', 'discriminator'),
      Gan.withRegularizer('discriminator', Objective.of('own', term))
    )
    const broken = Gan.withRegularizer('generator', Objective.scale(-1)(Reg.pathLength()))
    const result = Gan.validate(
      broken({ ...spec, networks: { ...spec.networks, discriminator: images.discriminator } })
    )
    return E.isLeft(result) ? result.left.filter(({ severity }) => severity === 'warning').map(({ path, _tag }) => `${_tag} ${path.join('.')}`) : [] // prettier-ignore
  }
  it('of each with each are a warning', () => {
    const flat = (x: Tensor): Tensor => mean(x, { axes: [1, 2] })
    const column: Gan.Term = ({ D, real }) => mean(add(flat(D(real)), Random.uniform(Random.key(0), [4, 1])))
    const row: Gan.Term = ({ D, real }) => mean(add(reshape(flat(D(real)), [4, 1]), reshape(flat(D(real)), [1, 4])))
    const plain: Gan.Term = ({ D, real }) => mean(add(flat(D(real)), flat(D(real))))
    expect(warned(column)).toEqual(['Misfit regularizers.discriminator.own'])
    expect(warned(row)).toEqual([])
    expect(warned(plain)).toEqual([])
  })
})

describe('scores that look like a mistake are a warning', () => {
  const { generator, prior } = images
  const warnings = async (discriminator: Net.Layer, loss: Loss.Loss): Promise<readonly string[]> => {
    const spec = game({ generator, discriminator, prior }, loss, 'generator', 'discriminator')
    const step = rightOf(await pipe(spec, Gan.compile({ batchSize: 3, sampler: noise, engine: 'reference' }))())
    step.dispose()
    return step.warnings.map(({ path, expected, severity }) => `${severity} ${path.join('.')} ${expected}`)
  }
  const many = 'warning networks.discriminator one score a sample, [B] or [B, 1], or one a patch, [B, 1, h, w]'
  const raw = 'warning networks.discriminator raw scores, any number, which the loss takes'
  const head = Net.serial(Net.flatten, Net.dense(64, 1))
  const squashed = Net.serial(head, Net.sigmoid)
  const reshaped = Net.serial(head, Net.lambda('own', (x: Tensor) => reshape(div(1, add(1, exp(neg(x)))), [3])), Net.sigmoid) // prettier-ignore

  it.each(losses)('a sigmoid before %s', async (_, loss) => {
    const expected = loss.raw === true ? [raw] : []
    expect(await warnings(squashed, loss)).toEqual(expected)
    expect(await warnings(reshaped, loss)).toEqual(expected)
    expect(await warnings(Net.serial(head, Net.tanh, Net.dense(1, 1)), loss)).toEqual([])
  })
  it('a sigmoid within the critic is none', async () => {
    expect(await warnings(Net.serial(head, Net.sigmoid, Net.dense(1, 1)), Loss.minimax)).toEqual([])
  })
  it('many scores a sample, or channels a patch', async () => {
    const channels = Net.convolution(1, 5, { kernel: 3 })
    expect(await warnings(Net.serial(Net.flatten, Net.dense(64, 10)), Loss.minimax)).toEqual([many])
    expect(await warnings(channels, Loss.hinge)).toEqual([many])
  })
})
