/** Batch sizes by player: each phase has that of the players whom it moves. */
import { describe, expect, it } from 'vitest'
import { pipe } from '#fp-ts/function'
import { Gan, Loss, Net, Objective, Opt, Random, Reg, Update, batches, convert, mean, mul, sub, zeros } from '../../../src/index.ts' // prettier-ignore
import type { Tensor } from '../../../src/index.ts'
import { batchAt, bits, compiled, failed, leftOf, pathsOf, players, points, smallSpec, trained } from '../../support/smallGan.ts' // prettier-ignore
import { showRule, updateRules } from '../../support/updateRules.ts'

const js = (x: unknown): any => x

const sizes = { discriminator: 4, generator: 2 }

/** Relativistic, so that both players take data; a penalty with draws, lazy, and a memory. */
const specOf = (...edits: readonly ((spec: Gan.Spec) => Gan.Spec)[]): Gan.Spec =>
  smallSpec(
    Gan.withLoss(Loss.relativistic),
    Gan.withRegularizer('discriminator', pipe(Reg.gradientPenalty(), Objective.every(2))),
    Gan.withRegularizer('generator', Reg.pathLength({ weight: 0.1, decay: 0.5 })),
    Gan.withOptimizer('discriminator', Opt.adam({ learningRate: 0.02, b1: 0.5, b2: 0.9 })),
    ...edits
  )

const rows: Tensor = Random.normal(Random.key(3), [20, 2])

describe('batch sizes by player', () => {
  it.each(updateRules.map((rule) => [showRule(rule), rule] as const))(
    'that are equal are one number, to the bit, under %s',
    async (_, rule) => {
      const spec = smallSpec(Gan.withUpdate(rule))
      const by = async (batchSize: Gan.BatchSize) => bits((await trained(spec, { batchSize, steps: 2 })).state)
      expect(await by({ discriminator: 4, generator: 4 })).toEqual(await by(4))
    }
  )
  it('are those of the phases that move the player, to the bit', async () => {
    const moving = (player: string) =>
      Update.of(`moving ${player}`, () => [Update.phase([player], (game, at) => game.step(at, game.field(at)))])
    const stepOf = (rule: Update.Update, batchSize: Gan.BatchSize) =>
      compiled(specOf(Gan.withUpdate(rule)), { batchSize, givenDraws: true })
    const [both, critic, generator] = [
      await stepOf(Update.alternating(), sizes),
      await stepOf(moving('discriminator'), 4),
      await stepOf(moving('generator'), 2)
    ]
    const draws = [
      { latent: batchAt(7), 'gradientPenalty/interpolation': Random.uniform(Random.key(5), [4]) },
      { latent: batchAt(8, 2), 'pathLength/cotangent': Random.normal(Random.key(6), [2, 2]) }
    ]
    const start = await both.init(0)
    const [together, metrics] = await both(start, [batchAt(0), batchAt(1, 2)], draws)
    const [half] = await critic(start, [batchAt(0)], draws.slice(0, 1))
    const [apart] = await generator({ ...half, step: start.step }, [batchAt(1, 2)], draws.slice(1))
    expect(bits([together.players, together.memories])).toEqual(bits([apart.players, apart.memories]))
    expect(metrics['generator']!.loss.shape).toEqual([1])
    expect([both.batchSize, both.shapesAt(0)]).toEqual([sizes, [[4, 2], [2, 2]]]) // prettier-ignore
    for (const step of [both, critic, generator]) step.dispose()
  })
  it.each<readonly [string, Update.Update]>([
    ['alternating', Update.alternating({ discriminatorSteps: 2 })],
    ['alternating, as the cycle says', Update.alternating({ discriminatorSteps: (cycle) => 1 + (cycle % 2) })],
    ['alternating, generator first', Update.alternating({ first: 'generator' })],
    ['lookahead', Update.lookahead(Update.alternating(), { period: 2 })],
    ['accumulated', Update.accumulated(Update.alternating(), { minibatches: 2 })],
    ['a best response', Update.bestResponse({ steps: 2 })]
  ])('resume to the same bits, drawn and given, under %s', async (_, rule) => {
    const spec = specOf(Gan.withUpdate(rule))
    const step = await compiled(spec, { batchSize: sizes })
    const turns = step.shapesAt(0).map(([n]) => n!)
    expect([...new Set(turns)].sort()).toEqual([2, 4])
    step.dispose()
    /** By the turns of whichever cycle it is. */
    const ownTurns = {
      *from(cursor: number) {
        for (let i = 0, cycle = 0; ; cycle++) {
          for (const [n] of step.shapesAt(cycle)) {
            if (i >= cursor) yield batchAt(i, n)
            i++
          }
        }
      }
    }
    const sources = rule.at === undefined ? [points, ownTurns, batches(rows, { batchSize: turns })] : [points, ownTurns]
    for (const data of sources) {
      const whole = await trained(spec, { data, batchSize: sizes, steps: 5 })
      const half = await trained(spec, { data, batchSize: sizes, steps: 2 })
      const rest = await trained(spec, { data, batchSize: sizes, steps: 3, state: structuredClone(half.state) })
      expect(bits(rest.state)).toEqual(bits(whole.state))
      expect([whole.stepsDone, bits(whole.state).flat().every(Number.isFinite)]).toEqual([5, true])
    }
  })
  it('need one minibatch a cycle of the critic alone, where only it takes data', async () => {
    const step = await compiled(smallSpec(), { batchSize: sizes })
    expect(step.shapesAt(0)).toEqual([[4, 2]])
    step.dispose()
    const done = await trained(smallSpec(), { data: batches(rows, { batchSize: 4 }), batchSize: sizes, steps: 7 })
    expect([done.stopped, done.state.cursor.data[0]]).toEqual(['done', 7])
  })
  it('draw labels, and those of the data for fakes, of as many samples', async () => {
    const shifted = Net.lambda(
      'shift',
      (x: Tensor, { labels }) => sub(x, mean(convert(labels ?? zeros([1], 'int32'), 'float32'))),
      { preserves: true }
    )
    const conditional = (fakes: 'data' | 'uniform') =>
      pipe(smallSpec(Gan.withLabels({ classes: 3, fakes })), (spec): Gan.Spec => ({
        ...spec,
        networks: {
          generator: Net.serial(players.generator, shifted),
          discriminator: Net.serial(shifted, players.discriminator)
        }
      }))
    const labelled = (key: Tensor, n: number) => ({
      real: points(key, n) as Tensor,
      labels: Random.randint(key, [n], 0, 3)
    })
    const [uniform, ofData] = [
      await compiled(conditional('uniform'), { batchSize: sizes }),
      await compiled(conditional('data'), { batchSize: sizes })
    ]
    expect([uniform.shapesAt(0), ofData.shapesAt(0)]).toEqual([[[4, 2]], [[4, 2], [2, 2]]]) // prettier-ignore
    const given = [4, 2].map((n) => labelled(Random.key(n), n))
    const [next] = await ofData(await ofData.init(0), given)
    expect(next.cursor.data[0]).toBe(2)
    for (const step of [uniform, ofData]) step.dispose()
    for (const fakes of ['data', 'uniform'] as const)
      expect((await trained(conditional(fakes), { data: labelled, batchSize: sizes })).stepsDone).toBe(3)
  })
  it('are those of several critics, each in a phase of its own', async () => {
    const critics = ['discriminator', 'second']
    const spec: Gan.Spec = pipe(
      Gan.between({ ...players, second: players.discriminator }),
      Gan.withLoss(Loss.withCritics(critics)(Loss.hinge)),
      ...([...critics, 'generator'].map((player) => Gan.withOptimizer(player, Opt.sgd({ learningRate: 0.1 }))) as [])
    )
    const turn = (player: string) =>
      Update.of(player, () => [Update.phase([player], (game, at) => game.step(at, game.field(at)))])
    const apart = [...critics, 'generator'].map(turn).reduce((a, b) => Update.Monoid.concat(a, b))
    const each = { discriminator: 4, second: 3, generator: 2 }
    const step = await compiled(Gan.withUpdate(apart)(spec), { batchSize: each })
    expect(step.shapesAt(0)).toEqual([[4, 2], [3, 2]]) // prettier-ignore
    const [next] = await step(await step.init(0), [batchAt(0), batchAt(1, 3)])
    expect(bits(next).flat().every(Number.isFinite)).toBe(true)
    step.dispose()
    const both = Gan.withUpdate(Update.alternating({ critic: critics }))(spec)
    const refused = await Gan.compile({ batchSize: each, engine: 'reference' })(both)()
    expect(leftOf(refused)).toMatchObject([{ path: ['compile', 'batchSize'], actual: '4 and 3' }])
    ;(await compiled(both, { batchSize: { ...each, second: 4 } })).dispose()
  })
})

describe('batch sizes that are wrong', () => {
  const issuesOf = async (spec: Gan.Spec, batchSize: unknown) =>
    leftOf(await Gan.compile({ batchSize: js(batchSize), engine: 'reference' })(spec)())
  it.each<readonly [string, unknown, object]>([
    [
      'nobody',
      {},
      { path: ['compile', 'batchSize'], expected: 'a whole number of at least 1, or such numbers by player' }
    ],
    ['a list', [4, 2], { path: ['compile', 'batchSize'], actual: '[4, 2]' }],
    ['nothing', { ...sizes, generator: 0 }, { path: ['compile', 'batchSize', 'generator'], actual: '0' }],
    ['a half', { ...sizes, generator: 1.5 }, { path: ['compile', 'batchSize', 'generator'], actual: '1.5' }],
    ['a text', { ...sizes, generator: '2' }, { path: ['compile', 'batchSize', 'generator'], actual: '"2"' }],
    [
      'a player who is none',
      { ...sizes, critic: 3 },
      { _tag: 'Misspelt', path: ['compile', 'batchSize', 'critic'], actual: "'critic'" }
    ],
    [
      'one player alone',
      { discriminator: 4 },
      {
        _tag: 'Missing',
        path: ['compile', 'batchSize', 'generator'],
        hint: expect.stringContaining('discriminator: 64')
      }
    ]
  ])('of %s', async (_, batchSize, issue) => {
    expect(await issuesOf(smallSpec(), batchSize)).toMatchObject([issue])
    const left = await failed(smallSpec(), { batchSize: js(batchSize) })
    expect(left).toMatchObject({ issues: [issue], reached: undefined })
  })
  it('of players whom a phase moves together, also of a later cycle', async () => {
    const misfit = { _tag: 'Misfit', path: ['compile', 'batchSize'], actual: '4 and 2' }
    for (const rule of [Update.simultaneous, Update.extragradient(), Update.unrolled({ steps: 1 })])
      expect(await issuesOf(smallSpec(Gan.withUpdate(rule)), sizes)).toMatchObject([
        { ...misfit, expected: expect.stringContaining(`a phase of ${rule.name} moves them`) }
      ])
    const later = {
      ...Update.alternating(),
      at: (cycle: number) =>
        js({
          _tag: 'Right',
          right: { key: String(cycle > 1), rule: cycle > 1 ? Update.simultaneous : Update.alternating() }
        })
    }
    const left = await failed(smallSpec(Gan.withUpdate(later)), { batchSize: sizes, steps: 4 })
    expect(left.issues).toMatchObject([misfit])
    expect(left.reached!.stepsDone).toBe(2)
  })
  it('of minibatches: told with the turns that they have', async () => {
    const left = await failed(specOf(), { data: batches(rows, { batchSize: 4 }), batchSize: sizes, steps: 2 })
    expect(left.issues).toMatchObject([
      {
        _tag: 'BadBatch',
        path: ['train', 'data', 1],
        expected: 'a minibatch float32[2, 2]',
        actual: 'float32[4, 2]',
        hint: 'Batches have the sizes of their phases by turns: batches(data, { batchSize: [4, 2] })'
      }
    ])
    const step = await compiled(specOf(), { batchSize: sizes })
    await expect(step(await step.init(0), [batchAt(0, 2), batchAt(1)])).rejects.toMatchObject({
      expected: 'a minibatch float32[4, 2] as batch'
    })
    step.dispose()
  })
  it('of layers that compare samples: warned of once, with the size that leaves nothing to compare', async () => {
    const spec = smallSpec()
    const normed = {
      ...spec,
      networks: { ...spec.networks, generator: Net.serial(Net.dense(2, 2), Net.batchNorm(2), Net.dense(2, 2)) }
    }
    const warningsOf = async (batchSize: Gan.BatchSize) => {
      const step = await compiled(normed, { batchSize })
      step.dispose()
      return pathsOf(step.warnings)
    }
    expect(await warningsOf({ discriminator: 4, generator: 1 })).toEqual(['networks.generator.1'])
    expect(await warningsOf({ discriminator: 1, generator: 1 })).toEqual(['networks.generator.1'])
    expect(await warningsOf(sizes)).toEqual([])
  })
  it('of a sampler: drawn of each size, told once', async () => {
    const wrong: Gan.Sampler = (key, n) => Random.normal(key, [n, 3])
    const left = await failed(smallSpec(), { data: wrong, batchSize: sizes })
    expect(pathsOf(left.issues)).toEqual(['sampler'])
    const wrongOf2: Gan.Sampler = (key, n) => Random.normal(key, [n, n === 2 ? 3 : 2])
    expect(await failed(smallSpec(), { data: wrongOf2, batchSize: sizes })).toMatchObject({
      issues: [{ expected: 'minibatches float32[2, 2] from sampler(key, 2)', actual: 'float32[2, 3]' }]
    })
  })
  it('of a spec that is wrong: each problem is told once', async () => {
    const spec = smallSpec(
      Gan.withRegularizer(
        'discriminator',
        Objective.of('odd', ({ D, fake }) => mul(D(fake), 2))
      )
    )
    expect(pathsOf(await issuesOf(spec, sizes))).toEqual(['regularizers.discriminator.odd'])
  })
})
