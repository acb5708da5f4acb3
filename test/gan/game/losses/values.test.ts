/** What losses come to, by hand and by the laws that tie them to one another. */
import { describe, expect, it } from 'vitest'
import * as fc from 'fast-check'
import { Gan, Loss, Net, Objective, Opt, Prior, Random, Reg, abs, evaluate, exp, grad, log, mean, mul, pipe, reshape, slice, square, sub, sum, tensor, treeLeaves } from '../../../../src/index.ts' // prettier-ignore
import type { Tensor } from '../../../../src/index.ts'
import { initialState } from '../../../../src/gan/step/state.ts'
import { lossGames, optimized } from '../../../support/lossGames.ts'
import { compiled } from '../../../support/smallGan.ts'

/** Plain JavaScript knows no types. */
const js = (x: unknown): any => x

const key = Random.key(3)
const step = (t: number): Tensor => tensor(t, [], 'int32')

interface Scored {
  readonly onReal: readonly number[]
  readonly onFake: readonly number[]
  readonly shape?: readonly number[]
  readonly at?: number
}

/** The terms of a player where D scores reals and fakes as given: their sum, and the gradient in both. */
const scored = (loss: Loss.Loss, player: string, { onReal, onFake, shape = [onFake.length], at = 0 }: Scored) => {
  const value = (reals: Tensor, fakes: Tensor): Tensor => {
    const play = Gan.createPlay({
      networks: { generator: (z) => z as Tensor, discriminator: (x) => reshape(x as Tensor, shape) },
      real: () => reals,
      latent: fakes,
      key,
      step: step(at)
    })
    const [entry] = loss.objectives[player]!
    return entry!.term(play(entry!.name, 0))
  }
  return evaluate(
    (reals: Tensor, fakes: Tensor) => [value(reals, fakes), ...grad(value, { argnums: [0, 1] })(reals, fakes)] as const,
    { precision: 'float64' }
  )(tensor([...onReal]), tensor([...onFake])).map(({ data }) => Array.from(data, (x) => x + 0)) as [
    [number],
    number[],
    number[]
  ]
}

const score = fc.double({ min: -30, max: 30, noNaN: true })
const scores = fc.tuple(score, score, score, score)
const near = (a: readonly number[], b: readonly number[]): boolean =>
  a.every((x, i) => Math.abs(x - b[i]!) <= 1e-6 * Math.max(1, Math.abs(b[i]!)))

describe('f-GANs', () => {
  const divergences = ['kl', 'reverseKl', 'pearson', 'squaredHellinger', 'jensenShannon', 'gan'] as const
  it('of gan are the minimax and the non-saturating game, value and gradient', () => {
    fc.assert(
      fc.property(scores, scores, (onReal, onFake) => {
        const pairs = [
          [Loss.fGan('gan', { generator: 'saturating' }), Loss.minimax],
          [Loss.fGan('gan'), Loss.nonSaturating],
          [Loss.phi('log'), Loss.minimax]
        ] as const
        for (const [ours, other] of pairs)
          for (const player of ['discriminator', 'generator']) {
            const [a, b] = [ours, other].map((loss) => scored(loss, player, { onReal, onFake }).flat())
            expect(near(a!, b!)).toBe(true)
          }
      })
    )
  })
  it('bound the divergence from below, and reach it at the best scores', () => {
    const [p, q] = [[0.7, 0.2, 0.1], [0.25, 0.25, 0.5]] as const // prettier-ignore
    // f'(p / q) = g(v) at the best v, and sum q f(p / q) with the f of each name.
    const best: Record<string, readonly [v: (r: number) => number, f: (r: number) => number]> = {
      kl: [(r) => 1 + Math.log(r), (r) => r * Math.log(r)],
      reverseKl: [(r) => Math.log(r), (r) => -Math.log(r)],
      pearson: [(r) => 2 * (r - 1), (r) => (r - 1) ** 2],
      squaredHellinger: [(r) => Math.log(r) / 2, (r) => (Math.sqrt(r) - 1) ** 2],
      jensenShannon: [(r) => Math.log(r), (r) => -(r + 1) * Math.log((1 + r) / 2) + r * Math.log(r)],
      gan: [(r) => Math.log(r), (r) => r * Math.log(r) - (r + 1) * Math.log(r + 1)]
    }
    const bound = (divergence: (typeof divergences)[number], v: readonly number[]): number => {
      const of = (player: string, s: number): number =>
        scored(Loss.fGan(divergence, { generator: 'saturating' }), player, { onReal: [s], onFake: [s] })[0][0]
      // L_D on one score is f*(g(s)) - g(s), and L_G is -f*(g(s)).
      return v.reduce((total, s, i) => total + p[i]! * (-of('generator', s) - of('discriminator', s)) + q[i]! * of('generator', s), 0) // prettier-ignore
    }
    for (const divergence of divergences) {
      const [v, f] = best[divergence]!
      const ratios = p.map((x, i) => x / q[i]!)
      const exact = ratios.reduce((total, r, i) => total + q[i]! * f(r), 0)
      expect(bound(divergence, ratios.map(v))).toBeCloseTo(exact, 9)
      fc.assert(
        fc.property(fc.tuple(...p.map(() => fc.double({ min: -3, max: 3, noNaN: true }))), (off) => {
          expect(bound(divergence, off)).toBeLessThanOrEqual(exact + 1e-9)
        }),
        { numRuns: 20 }
      )
    }
  })
  it('stay finite where their activations and conjugates would not, one after the other', () => {
    for (const s of [-80, 80])
      for (const divergence of ['pearson', 'jensenShannon', 'gan'] as const)
        for (const player of ['discriminator', 'generator'])
          for (const generator of ['saturating', 'nonSaturating'] as const) {
            const found = scored(Loss.fGan(divergence, { generator }), player, { onReal: [s], onFake: [s] })
            expect(found.flat().every(Number.isFinite)).toBe(true)
          }
    const fooled = scored(Loss.fGan('squaredHellinger', { generator: 'saturating' }), 'generator', { onReal: [0], onFake: [-800] }) // prettier-ignore
    expect(fooled[0][0]).toBe(1)
  })
})

it('a measuring function of one’s own is what its name says', () => {
  const root = (p: Tensor): Tensor => exp(mul(0.5, log(p)))
  const given = { onReal: [1, -2], onFake: [0.5, 3] }
  for (const player of ['discriminator', 'generator'])
    expect(near(scored(Loss.phi(root), player, given).flat(), scored(Loss.phi('sqrt'), player, given).flat())).toBe(
      true
    )
})

describe('relativistic averages', () => {
  it('do not change where all scores move together', () => {
    fc.assert(
      fc.property(scores, scores, score, (onReal, onFake, by) => {
        for (const player of ['discriminator', 'generator']) {
          const [value] = scored(Loss.relativisticAverage, player, { onReal, onFake })
          const moved = scored(Loss.relativisticAverage, player, { onReal: onReal.map((s) => s + by), onFake: onFake.map((s) => s + by) }) // prettier-ignore
          expect(near(moved[0], value)).toBe(true)
        }
      })
    )
  })
})

describe('the k best fakes', () => {
  const onFake = [3, -1, 2, 0.5]
  const of = (k: Loss.TopKOptions['k'], more: Partial<Scored> = {}, loss: 'hinge' | 'nonSaturating' = 'hinge') =>
    scored(Loss.topK({ k, loss }), 'generator', { onReal: onFake, onFake, ...more })
  it('are those with the largest scores, and they alone have a gradient', () => {
    expect(of(2)[0][0]).toBeCloseTo(-2.5, 12)
    expect(of(2)[2]).toEqual([-0.5, 0, -0.5, 0])
    expect(of(1)[2]).toEqual([-1, 0, 0, 0])
  })
  it('are the first of equals', () => expect(of(2, { onFake: [1, 1, 1, 1] })[2]).toEqual([-0.5, -0.5, 0, 0]))
  it('are all of them at k = B, which is the game itself', () => {
    for (const [name, game] of [
      ['hinge', Loss.hinge],
      ['nonSaturating', Loss.nonSaturating]
    ] as const)
      // prettier-ignore
      expect(near(of(4, {}, name).flat(), scored(game, 'generator', { onReal: onFake, onFake }).flat())).toBe(true)
  })
  it('follow a schedule, rounded up, no more than there are and at least one', () => {
    const falling = Opt.linear(5, 0, 10)
    const counts = [0, 1, 3, 4, 5, 9, 10, 20].map((at) => of(falling, { at })[2].filter((x) => x !== 0).length)
    expect(counts).toEqual([4, 4, 4, 3, 3, 1, 1, 1])
  })
  it('of patches are those with the largest means', () => {
    const [value, , gradient] = of(1, { onFake: [9, -9, 1, 1], shape: [2, 1, 1, 2] })
    expect(value[0]).toBe(-1)
    expect(gradient).toEqual([0, 0, -0.5, -0.5])
  })
  it('are NaN where a score is', () => expect(of(1, { onFake: [1, NaN, 2, 3] })[0][0]).toBeNaN())
})

describe('energies', () => {
  const D = (x: Tensor): Tensor => mul(0.5, x)
  const value = (energy: Loss.Energy, player: string): number => {
    const play = Gan.createPlay({
      networks: { generator: (z) => z as Tensor, discriminator: (x) => D(x as Tensor) },
      real: () => tensor([[2, -4], [0, 2]]), // prettier-ignore
      latent: tensor([[8, 0], [0, 4]]), // prettier-ignore
      key,
      step: step(0)
    })
    const [entry] = Loss.energyBased({ margin: 3, energy }).objectives[player]!
    return entry!.term(play('term', 0)).data[0]!
  }
  it('of an autoencoder are how far it is from giving samples again, of each alone', () => {
    // |x - D(x)| is |x| / 2: reals 1.5 and 0.5, fakes 2 and 1; squares 2.5 and 0.5, 8 and 2.
    expect(value('absoluteError', 'discriminator')).toBeCloseTo(1 + (1 + 2) / 2, 6)
    expect(value('absoluteError', 'generator')).toBeCloseTo(1.5, 6)
    expect(value('squaredError', 'discriminator')).toBeCloseTo(1.5 + (0 + 1) / 2, 6)
    expect(value('squaredError', 'generator')).toBeCloseTo(5, 6)
  })
  it('may be of one’s own', () => {
    expect(value((network, x) => sum(square(network.output(x)), { axes: [1] }), 'generator')).toBeCloseTo(10, 6)
  })
})

it('each critic of a boundary equilibrium has a k of its own', async () => {
  const game = lossGames.find(({ name }) => name === 'boundaryEquilibrium against two critics')!
  const made = await compiled(game.spec, { sampler: game.sampler })
  const [{ memories }] = await made(await made.init(0))
  const ks = ['discriminator', 'second'].map((player) => memories[player]!['boundaryEquilibrium/k']!.data[0])
  // The file's recurrence: k + lambda (gamma E e(x) - E e(G(z))) below 0 stays at 0, but not for both the same energies.
  expect(ks.every((k) => k !== undefined && k >= 0 && k <= 1)).toBe(true)
  expect(Object.keys(memories['generator']!)).toEqual([])
  made.dispose()
})

describe('a critic of several numbers', () => {
  const net = Net.serial(Net.dense(2, 4), Net.tanh, Net.dense(4, 4))
  const { params, state } = net.init(key)
  const whole = (x: Tensor): Tensor => net.apply({ params, state }, x)[0]
  const first = (x: Tensor): Tensor => slice(whole(x), { start: [0, 0], end: [x.shape[0]!, 1] })
  const real = Random.normal(Random.key(1), [3, 2])
  const play = (D: (x: Tensor) => Tensor, outputs?: number) =>
    Gan.createPlay({
      networks: { generator: (z) => z as Tensor, discriminator: (x) => D(x as Tensor) },
      real: () => real,
      latent: mul(real, 2),
      fakeLabels: tensor([0, 1, 2], [3], 'int32'),
      realLabels: () => tensor([2, 1, 0], [3], 'int32'),
      key,
      step: step(0),
      outputs
    })('term', 0)
  it('is penalized by its score alone', () => {
    for (const penalty of [
      Reg.r1(),
      Reg.r2(),
      Reg.gradientPenalty(),
      Reg.gradientPenalty({ oneSided: true, target: 0 })
    ])
      expect(penalty[0]!.term(play(whole, 4)).data[0]).toBeCloseTo(penalty[0]!.term(play(first)).data[0]!, 5)
  })
  it('plays every other loss by its score alone', () => {
    for (const loss of [Loss.hinge, Loss.relativisticAverage, Loss.topK({ k: 2 })]) {
      const { objectives, outputs } = Loss.auxiliaryClassifier({ classes: 3, loss })
      expect(outputs).toBe(4)
      for (const player of ['discriminator', 'generator'])
        expect(objectives[player]![0]!.term(play(whole, 4))).toEqual(loss.objectives[player]![0]!.term(play(first)))
    }
  })
  it('may be one of a loss of one’s own', () => {
    const second: Gan.Term = ({ D, fake }) => mean(slice(D.output(fake), { start: [0, 1], end: [3, 2] }))
    const own = Loss.custom('own', { generator: second, discriminator: Loss.hinge.objectives['discriminator']! }, { outputs: 4 }) // prettier-ignore
    const { term } = own.objectives['discriminator']![0]!
    expect(term(play(whole, own.outputs))).toEqual(term(play(first)))
    expect(own.objectives['generator']![0]!.term(play(whole, own.outputs)).data[0]).toBeCloseTo(mean(slice(whole(mul(real, 2)), { start: [0, 1], end: [3, 2] })).data[0]!, 6) // prettier-ignore
    expect(Loss.custom('own', {}, { outputs: 0 }).problems).toMatchObject([{ path: ['outputs'] }])
  })
  it('may have classes behind codes: each loss reads numbers of its own', () => {
    const inner = Loss.mutualInformation({ categories: 2 })
    const { outputs, objectives } = Loss.auxiliaryClassifier({ classes: 3, loss: inner })
    expect(outputs).toBe(6)
    expect(objectives['generator']!.map(({ name }) => name)).toEqual(['nonSaturating', 'mutualInformation', 'auxiliaryClassifier']) // prettier-ignore
  })
  it('has the mean over patches for classes, too', () => {
    const spread = (x: Tensor): Tensor => mul(reshape(whole(x), [3, 4, 1, 1]), tensor([[1, 1]]))
    const { objectives } = Loss.auxiliaryClassifier({ classes: 3 })
    for (const player of ['discriminator', 'generator'])
      for (const { term } of objectives[player]!)
        expect(term(play(spread, 4)).data[0]).toBeCloseTo(term(play(whole, 4)).data[0]!, 6)
  })
})

describe('codes', () => {
  it('are drawn as they are told: normal numbers, one of each list, numbers in [-1, 1)', () => {
    const n = 2000
    const x = Prior.codes({ noise: 2, categories: [3, 2], continuous: 2 }).sample(Random.key(5), n)
    expect(x.shape).toEqual([n, 9])
    const column = (j: number): readonly number[] => Array.from({ length: n }, (_, i) => x.data[9 * i + j]!)
    const meanOf = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0) / n
    const squares = (j: number): number => meanOf(column(j).map((v) => v * v))
    for (const j of [0, 1]) expect([Math.abs(meanOf(column(j))) < 0.12, Math.abs(squares(j) - 1) < 0.17]).toEqual([true, true]) // prettier-ignore
    const chosen = [2, 3, 4, 5, 6].map(column)
    expect(chosen.flat().every((v) => v === 0 || v === 1)).toBe(true)
    for (const list of [chosen.slice(0, 3), chosen.slice(3)])
      for (let i = 0; i < n; i++) expect(list.reduce((total, of) => total + of[i]!, 0)).toBe(1)
    for (const [j, p] of [[2, 1 / 3], [3, 1 / 3], [5, 1 / 2]] as const) expect(Math.abs(meanOf(column(j)) - p)).toBeLessThan(0.06) // prettier-ignore
    for (const j of [7, 8]) {
      expect(column(j).every((v) => v >= -1 && v < 1)).toBe(true)
      expect(Math.abs(squares(j) - 1 / 3)).toBeLessThan(0.04)
    }
    expect(column(7)).not.toEqual(column(8))
  })
  it('of a game are what it says of them, by hand', () => {
    const { objectives, outputs } = Loss.mutualInformation({ categories: 2, continuous: 1, sigma: 0.5 })
    const play = Gan.createPlay({
      networks: {
        generator: (z) => z as Tensor,
        discriminator: () => tensor([[7, 0, Math.log(3), 0.5], [9, 0, 0, -1]]) // prettier-ignore
      },
      real: () => tensor([[0]]),
      latent: tensor([[5, 0, 1, 1], [6, 1, 0, -1]]), // prettier-ignore
      key,
      step: step(0),
      outputs
    })
    const normal = (error: number): number => error ** 2 / (2 * 0.25) + Math.log(0.5) + Math.log(2 * Math.PI) / 2
    const expected = (-Math.log(0.75) + normal(0.5) - Math.log(0.5) + normal(0)) / 2
    for (const player of ['discriminator', 'generator'])
      expect(objectives[player]![1]!.term(play('term', 0)).data[0]).toBeCloseTo(expected, 6)
  })
})

describe('a hybrid', () => {
  const main: Gan.Term = ({ real, fake }) => mean(abs(sub(real, fake)))
  const players = {
    generator: Net.serial(Net.dense(3, 4), Net.tanh, Net.dense(4, 2)),
    discriminator: Net.serial(Net.dense(2, 4), Net.tanh, Net.dense(4, 1)),
    second: Net.serial(Net.dense(2, 3), Net.softplus, Net.dense(3, 1)),
    prior: Prior.normal([3])
  }
  const gradient = (generator: Gan.Term | Gan.Objective): readonly number[] => {
    const spec = optimized(
      pipe(Gan.between(players), Gan.withLoss({ discriminator: Loss.hinge.objectives['discriminator']!, generator }))
    )
    return evaluate(
      () => {
        const held = initialState(spec, {}, Random.key(1)).players
        const params = Object.fromEntries(Object.entries(held).map(([name, of]) => [name, of.params]))
        return treeLeaves(Gan.field(spec)(params, { batch: Random.normal(Random.key(2), [4, 2]) })['generator'])
      },
      { precision: 'float64' }
    )().flatMap(({ data }) => [...data])
  }
  const length = (v: readonly number[]): number => Math.sqrt(v.reduce((total, x) => total + x * x, 0))
  it('moves along the main gradient and along the other one, which is ratio times shorter', () => {
    const [ofMain, ofGame] = [gradient(main), gradient(Loss.hinge.objectives['generator']!)]
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 100, noNaN: true }), (ratio) => {
        const both = gradient(Loss.hybrid(main, { ratio, loss: Loss.hinge }).objectives['generator']!)
        const c = length(ofMain) / (length(ofGame) + 1e-6) / ratio
        expect(
          near(
            both,
            ofMain.map((x, i) => x + c * ofGame[i]!)
          )
        ).toBe(true)
      }),
      { numRuns: 10 }
    )
  })
  it('weighs each of several critics by its own gradient', () => {
    const ofMain = gradient(main)
    for (const critic of ['discriminator', 'second']) {
      const { objectives } = Loss.withCritics([critic])(Loss.hybrid(main, { ratio: 4, epsilon: 1e-12 }))
      const other = gradient(objectives['generator']!).map((x, i) => x - ofMain[i]!)
      expect(length(other)).toBeCloseTo(length(ofMain) / 4, 9)
    }
  })
  it('does not care how the other one is scaled', () => {
    const scaled = { ...Loss.hinge, objectives: { ...Loss.hinge.objectives, generator: Objective.scale(1000)(Loss.hinge.objectives['generator']!) } } // prettier-ignore
    const of = (loss: Loss.Loss) => gradient(Loss.hybrid(main, { loss, epsilon: 1e-15 }).objectives['generator']!)
    expect(near(of(scaled), of(Loss.hinge))).toBe(true)
  })
  it('outside of an update is refused in words', () => {
    const play = Gan.createPlay({ networks: { generator: (z) => z as Tensor, discriminator: (x) => mean(x as Tensor, { axes: [1] }) }, real: () => tensor([[1]]), latent: tensor([[2]]), key, step: step(0) }) // prettier-ignore
    const [, entry] = Loss.hybrid(main).objectives['generator']!
    expect(() => entry!.term(play('main', 0))).toThrow('a play of an update')
  })
})

describe('losses of a conditional game', () => {
  const conditional = lossGames.filter(({ spec }) => spec.labels !== undefined)
  const games: readonly (readonly [string, Loss.Loss])[] = [
    ['fGan', Loss.fGan('kl')],
    ['phi', Loss.phi('sqrt')],
    ['energyBased', Loss.energyBased()],
    ['topK', Loss.topK({ k: 2 })],
    ['bidirectional', Loss.bidirectional()],
    ...conditional.map(({ name, spec }) => [name, spec.loss!] as const)
  ]
  const realLabels = tensor([0, 1, 2], [3], 'int32')
  const fakeLabels = tensor([2, 2, 0], [3], 'int32')
  it.each(games)('%s shows each network the labels of what it is shown', (_, { objectives, outputs = 1 }) => {
    const real = Random.normal(Random.key(1), [3, 2])
    const isReal = (x: unknown): boolean => (js(x).x ?? x) === real
    const seen: string[] = []
    const D = (x: unknown, labels?: Tensor): Tensor => {
      seen.push(labels === (isReal(x) ? realLabels : fakeLabels) ? 'right' : 'wrong')
      return Random.normal(key, [3, outputs])
    }
    const play = Gan.createPlay({
      networks: {
        generator: (z, labels) => { seen.push(labels === fakeLabels ? 'right' : 'wrong'); return mul(z as Tensor, 2) }, // prettier-ignore
        encoder: (x, labels) => { seen.push(labels === realLabels ? 'right' : 'wrong'); return x as Tensor }, // prettier-ignore
        discriminator: Object.assign(js(D), { stages: [D, D, D, D] }),
        second: js(D)
      },
      real: () => real,
      latent: Random.normal(Random.key(2), [3, 2]),
      realLabels: () => realLabels,
      fakeLabels,
      key,
      step: step(0),
      outputs
    })
    for (const objective of Object.values(objectives))
      for (const [i, { name, term }] of objective.entries()) term(play(name, i))
    expect(new Set(seen)).toEqual(new Set(['right']))
  })
})

describe('mode seeking', () => {
  const G = (z: Tensor): Tensor => mul(z, tensor([3, 1]))
  const term = (options: Reg.ModeSeekingOptions): number => {
    const play = Gan.createPlay({ networks: { generator: (z) => G(z as Tensor) }, real: () => tensor([[0]]), latent: tensor([[1, 0], [0, 0], [0, 2]]), key, step: step(0) }) // prettier-ignore
    return Reg.modeSeeking({ epsilon: 0, ...options })[0]!.term(play('term', 0)).data[0]!
  }
  it('compares each latent with the one before it', () => {
    // Distances of latents: 3/2, 1/2, 2/2; of fakes 5/2, 3/2, 2/2.
    expect(term({})).toBeCloseTo((3 / 5 + 1 / 3 + 1) / 3, 6)
    expect(term({ form: 'batch', weight: 2 })).toBeCloseTo((2 * 3) / 5, 6)
  })
})
