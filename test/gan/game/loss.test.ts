/** Every loss is its equation, of the scores of samples with their own labels. */
import { describe, expect, it } from 'vitest'
import {
  Gan,
  Loss,
  Random,
  add,
  convert,
  evaluate,
  mul,
  grad,
  reshape,
  sum,
  tensor,
  zeros
} from '../../../src/index.ts'
import type { Tensor } from '../../../src/index.ts'

type Scores = readonly number[]
type Equation = (real: Scores, fake: Scores) => number

const mean = (values: Scores): number => values.reduce((a, b) => a + b) / values.length
const softplus = (x: number): number => Math.log1p(Math.exp(x))
const logistic =
  (target: number): Equation =>
  (real, fake) =>
    mean(real.map((d) => target * softplus(-d) + (1 - target) * softplus(d))) + mean(fake.map(softplus))
const fooled: Equation = (_, fake) => -mean(fake)

const equations: readonly (readonly [string, Loss.Loss, Equation, Equation])[] = [
  ['minimax', Loss.minimax, logistic(1), (_, fake) => -mean(fake.map(softplus))],
  ['minimax, smooth', Loss.minimaxWith({ realTarget: 0.8 }), logistic(0.8), (_, fake) => -mean(fake.map(softplus))],
  ['non-saturating', Loss.nonSaturating, logistic(1), (_, fake) => mean(fake.map((d) => softplus(-d)))],
  [
    'non-saturating, smooth',
    Loss.nonSaturatingWith({ realTarget: 0.9 }),
    logistic(0.9),
    (_, fake) => mean(fake.map((d) => softplus(-d)))
  ],
  [
    'least squares',
    Loss.leastSquaresWith({ fakeTarget: -1, realTarget: 2, generatorTarget: 0.5 }),
    (real, fake) => mean(real.map((d) => (d - 2) ** 2)) / 2 + mean(fake.map((d) => (d + 1) ** 2)) / 2,
    (_, fake) => mean(fake.map((d) => (d - 0.5) ** 2)) / 2
  ],
  ['Wasserstein', Loss.wasserstein, (real, fake) => mean(fake) - mean(real), fooled],
  [
    'hinge',
    Loss.hinge,
    (real, fake) => mean(real.map((d) => Math.max(0, 1 - d))) + mean(fake.map((d) => Math.max(0, 1 + d))),
    fooled
  ],
  [
    'relativistic',
    Loss.relativistic,
    (real, fake) => mean(real.map((d, i) => softplus(fake[i]! - d))),
    (real, fake) => mean(real.map((d, i) => softplus(d - fake[i]!)))
  ]
]

const real = [0.3, -2.1, 1.7, 0.4]
const fake = [-0.6, 0.9, -1.3, 2.2]
const [realLabels, fakeLabels] = [
  [0, 1, 2, 3],
  [2, 0, 1, 1]
]
const labels = (values: readonly number[]): Tensor => tensor([...values], [values.length], 'int32')

describe.each(equations)('%s', (_, { objectives }, discriminator, generator) => {
  it.each([
    ['discriminator', discriminator],
    ['generator', generator]
  ])('is the equation of the %s', (player, equation) => {
    const value = evaluate(
      (x: Tensor, z: Tensor) => {
        const play = Gan.createPlay({
          networks: {
            generator: (latent) => latent as Tensor,
            discriminator: (at, given) => add(reshape(at as Tensor, [4]), convert(given!, 'float32'))
          },
          real: () => x,
          latent: z,
          realLabels: () => labels(realLabels),
          fakeLabels: labels(fakeLabels),
          key: Random.key(0),
          step: zeros([], 'int32')
        })
        return objectives[player]![0]!.term(play('loss', 0))
      },
      { precision: 'float64' }
    )(tensor(Float64Array.from(real), [4, 1]), tensor(Float64Array.from(fake), [4, 1]))
    const scores = (of: Scores, given: Scores): Scores => of.map((x, i) => x + given[i]!)
    expect(value.data[0]).toBeCloseTo(equation(scores(real, realLabels), scores(fake, fakeLabels)), 12)
  })
})

describe('a play', () => {
  const playOf = (more: Partial<Gan.PlaySource> = {}) =>
    Gan.createPlay({
      networks: { generator: (z) => mul(z as Tensor, 2), discriminator: (x) => x as Tensor },
      real: () => zeros([2, 1]),
      latent: tensor([[1], [2]]),
      key: Random.key(0),
      step: zeros([], 'int32'),
      ...more
    })('own', 0)

  it('remembers scalars alone', () => {
    const kept: string[] = []
    const { remember } = playOf({ onRemember: (name) => kept.push(name) })
    remember('mean', zeros([]))
    expect(() => { remember('mean', zeros([1])) }).toThrow("ShapeMisfit in remember('mean'): expected a float32 scalar") // prettier-ignore
    expect(() => { remember('mean', zeros([], 'int32')) }).toThrow('ShapeMisfit in remember') // prettier-ignore
    expect(kept).toEqual(['own/mean'])
  })

  it('recalls what was given for its name, or the initial value', () => {
    expect([...playOf().recall('mean', 3).data]).toEqual([3])
    expect([...playOf({ memories: { 'own/mean': tensor(5, []) } }).recall('mean', 3).data]).toEqual([5])
  })

  it('holds the fake constant where it is detached', () => {
    const slope = (detached: boolean): number =>
      grad((z: Tensor) => sum(playOf({ latent: z, detached }).fake))(tensor([[1], [2]])).data[0]!
    expect([slope(false), slope(true)]).toEqual([2, 0])
  })

  it('names the players it has where it is asked for another', () => {
    const { D } = playOf({ networks: { generator: (z) => z as Tensor } })
    expect(() => D(zeros([2, 1]))).toThrow(
      /InvalidArgument in play: expected a player called discriminator; got generator/
    )
  })
})
