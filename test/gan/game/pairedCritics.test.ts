/** Every regularizer of critics with every loss of several networks: it trains, or says what stands in the way. */
import { describe, expect, it } from 'vitest'
import {
  Gan,
  Loss,
  Net,
  Prior,
  Random,
  Reg,
  add,
  concat,
  grad,
  mean,
  mul,
  pipe,
  reduceMax,
  reshape,
  slice,
  sqrt,
  square,
  sub,
  sum
} from '../../../src/index.ts'
import type { Tensor } from '../../../src/index.ts'
import { lossGames } from '../../support/lossGames.ts'
import { regularizers } from '../../support/regularizers.ts'
import { bits, leftOf, rightOf } from '../../support/smallGan.ts'

const games = lossGames.filter(({ name }) => /^(bidirectional|mutualInformation|auxiliaryClassifier)/.test(name))
const critics = regularizers.filter(({ of }) => of === 'critic')
/** What is wrong with a critic of pairs, in words, by the regularizer. */
const refused: Readonly<Record<string, string>> = {
  dragan: 'one deviation, that of data',
  forwardDragan: 'one deviation, that of data',
  consistency: 'no code of its own',
  balancedConsistency: 'no code of its own',
  latentConsistency: 'its latents are part of what it is shown'
}

it('are games of all three losses', () => expect(games.length).toBeGreaterThanOrEqual(6))

describe.each(games.map((game) => [game.name, game] as const))('%s', (name, { spec, sampler }) => {
  const paired = name.startsWith('bidirectional')
  it.each(critics.map((one) => [one.name, one] as const))('with %s', async (regularizer, { make }) => {
    const players = Object.keys(spec.networks).filter((player) => player === 'discriminator' || player === 'second')
    const regularized = players.reduce((s, player) => Gan.withRegularizer(player, make(player))(s), spec)
    if (paired && regularizer in refused) {
      const issues = leftOf(Gan.validate(regularized))
      expect(issues).toHaveLength(players.length)
      for (const issue of issues)
        expect(issue).toMatchObject({
          expected: 'a critic that is shown samples',
          actual: expect.stringContaining(refused[regularizer]!) as string,
          hint: expect.stringContaining('Reg.r1') as string
        })
      return
    }
    const { state, step } = rightOf(await pipe(regularized, Gan.train({ data: sampler, batchSize: 4, steps: 2, engine: 'wasm' }))()) // prettier-ignore
    expect(bits(state).flat().every(Number.isFinite)).toBe(true)
    step.dispose()
  })
})

describe('penalties of slopes at pairs', () => {
  const discriminator = Net.serial(Net.join, Net.dense(5, 4), Net.softplus, Net.dense(4, 1))
  const networks = { generator: Net.dense(3, 2), discriminator, encoder: Net.dense(2, 3) }
  const params = Object.fromEntries(
    Object.entries(networks).map(([name, net], i) => [name, (net as Net.Layer).init(Random.key(i)).params])
  )
  const gradientWith = (penalty: Gan.Objective | Gan.Term): readonly number[] => {
    const spec = pipe(
      Gan.between({ ...networks, prior: Prior.normal([3]) }),
      Gan.withLoss(Loss.bidirectional()),
      Gan.withRegularizer('discriminator', penalty)
    )
    return bits(Gan.field(spec)(params, { batch: Random.normal(Random.key(5), [6, 2]) })['discriminator']).flat()
  }
  /** ||dD/d(x, z)||² of each pair, [B], of D as a function of one tensor [B, 5]. */
  const slopes = ({ D }: Gan.Play, x: Tensor, z: Tensor): Tensor => {
    const split = (joined: Tensor) => ({ x: slice(joined, { end: [6, 2] }), z: slice(joined, { start: [0, 2] }) })
    return sum(square(grad((joined: Tensor) => sum(D(split(joined))))(concat([x, z], { axis: 1 }))), { axes: [1] })
  }
  const half = (x: Tensor): Tensor => mul(0.5, mean(x))
  const between = ({ draw, real, fake, latent, networks: { encoder } }: Gan.Play): readonly [Tensor, Tensor] => {
    const weight = reshape(
      draw('interpolation', (key) => Random.uniform(key, [6])),
      [6, 1]
    )
    const blend = (a: Tensor, b: Tensor): Tensor => add(mul(weight, a), mul(sub(1, weight), b))
    return [blend(real, fake), blend(encoder!(real), latent)]
  }

  it.each<readonly [string, Gan.Objective, Gan.Term]>([
    ['R1', Reg.r1({ gamma: 1 }), (play) => half(slopes(play, play.real, play.networks['encoder']!(play.real)))],
    ['R2', Reg.r2({ gamma: 1 }), (play) => half(slopes(play, play.fake, play.latent))],
    [
      'the gradient penalty',
      Reg.gradientPenalty({ lambda: 1, target: 0.5 }),
      (play) => mean(square(sub(sqrt(slopes(play, ...between(play))), 0.5)))
    ],
    [
      'the greatest gradient',
      Reg.maxGradientPenalty({ lambda: 1 }),
      (play) => reduceMax(slopes(play, ...between(play)))
    ]
  ])('%s is that of D as a function of both parts together', (_, penalty, byHand) => {
    const expected = gradientWith(byHand)
    gradientWith(penalty).forEach((x, i) => expect(x).toBeCloseTo(expected[i]!, 5))
  })
})
