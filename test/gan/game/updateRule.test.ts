/** What an update rule is given and may give back: phases, positions, memories. */
import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { pipe } from '#fp-ts/function'
import {
  Gan,
  Update,
  add,
  customVjp,
  mean,
  mul,
  square,
  stack,
  sub,
  tensor,
  treeMap,
  zeros
} from '../../../src/index.ts'
import type { Tensor } from '../../../src/index.ts'
import { batchAt, bits, compiled, leftOf, pathsOf, points, rightOf, smallSpec } from '../../support/smallGan.ts'

const game = ['discriminator', 'generator']
const shown = (rule: Update.Update) => [
  rule.name,
  rule.options,
  rule.problems ?? [],
  rule.phases(game).map(({ players, evaluates, minibatches }) => [players, evaluates, minibatches])
]
const step: Update.Phase['run'] = (at, position) => [at.step(position, at.field(position)), []]
const compileIssues = async (rule: Update.Update): Promise<Gan.Issues> =>
  leftOf(await pipe(smallSpec(Gan.withUpdate(rule)), Gan.compile({ batchSize: 4, engine: 'reference' }))())

describe('Update.Monoid', () => {
  const rules = fc.oneof(
    fc.constant(Update.simultaneous),
    fc.constant(Update.Monoid.empty),
    fc.record({ discriminatorSteps: fc.integer({ min: 0, max: 3 }) }).map(Update.alternating)
  )
  const { concat: join, empty } = Update.Monoid
  it('is associative, and the rule without phases its unit', () => {
    fc.assert(
      fc.property(rules, rules, rules, (a, b, c) => {
        expect(shown(join(a, join(b, c)))).toEqual(shown(join(join(a, b), c)))
        expect(shown(join(a, empty))).toEqual(shown(a))
        expect(shown(join(empty, a))).toEqual(shown(a))
      })
    )
  })
  it('does the phases of one cycle in a row: alternating is a move of the critic, then one of the generator', async () => {
    const turn = (player: string) =>
      Update.of(player, () => [Update.phase([player], (at, position) => at.step(position, at.field(position)))])
    const after = async (rule: Update.Update): Promise<unknown> => {
      const one = await compiled(smallSpec(Gan.withUpdate(rule)))
      const [next] = await one(await one.init(0), [batchAt(0)])
      return bits(next)
    }
    expect(await after(join(turn('discriminator'), turn('generator')))).toEqual(await after(Update.alternating()))
  })
})

describe('a rule of one’s own', () => {
  it('remembers a tree from cycle to cycle, which is part of the state', async () => {
    const counting = Update.of('counting', (players) => [
      Update.phaseWith(players, {
        init: () => ({ cycles: zeros([]) }),
        run: (at, position, { cycles }) => [at.step(position, at.field(position)), { cycles: add(cycles, 1) }]
      })
    ])
    const one = await compiled(smallSpec(Gan.withUpdate(counting)))
    let state = await one.init(0)
    for (let i = 0; i < 3; i++) [state] = await one(state, [batchAt(i)])
    expect(bits(state.update)).toEqual([[3]])
    const broken = { ...state, update: [{ cycles: tensor([1, 2]) }] }
    const refused = await one.trainer(broken)()
    expect(pathsOf(leftOf(refused))).toEqual(['state.update.0.cycles'])
  })
  it('that looks and throws away leaves the state as it was, bit for bit', async () => {
    const looking = Update.of('looking', (players) => [
      Update.phase(players, (at, position) => {
        at.step(position, at.field(at.step(position, at.field(position))))
        return position
      })
    ])
    const one = await compiled(smallSpec(Gan.withUpdate(looking)))
    const before = await one.init(0)
    const [after, metrics] = await one(before, [batchAt(0)])
    expect(bits([after.players, after.memories])).toEqual(bits([before.players, before.memories]))
    expect(metrics).toEqual({})
  })
  it('has several minibatches where it says so, each fed and drawn apart', async () => {
    const spread = Update.of('spread', (players) => [
      Update.phase(
        players,
        (at, position) => at.step(at.step(position, at.field(position)), at.field(position, { minibatch: 1 })),
        { minibatches: 2 }
      )
    ])
    const one = await compiled(smallSpec(Gan.withUpdate(spread)))
    expect(one.batchesPerStep).toBe(2)
    const [next, metrics] = await one(await one.init(0), [batchAt(0), batchAt(1)])
    expect(metrics['discriminator']!.loss.shape).toEqual([2])
    expect([...next.cursor.data]).toEqual([2])
  })
})

describe('a rule that is wrong', () => {
  const own = (phases: Update.Update['phases']): Update.Update => Update.of('own', phases)
  it.each<readonly [string, unknown, string]>([
    ['no phases', () => [], 'none'],
    ['nothing', () => undefined, 'undefined']
  ])('has %s', (_, phases, actual) => {
    const [issue] = leftOf(Gan.validate(smallSpec(Gan.withUpdate(own(phases as Update.Update['phases'])))))
    expect(issue).toMatchObject({ path: ['update'] })
    expect(issue.actual).toContain(actual)
  })
  it.each<readonly [string, unknown, string]>([
    ['players alone', ['generator'], 'players'],
    ['one that does not run', { ...Update.simultaneous.phases(game)[0], problems: [], run: 3 }, 'run'],
    [
      'one of a third of a minibatch',
      Update.phase(game, (_, position) => position, { minibatches: 1 / 3 }),
      'minibatches'
    ],
    ['one of nobody', Update.phase(undefined as never, (_, position) => position), 'players'],
    ['one with a word for its players', Update.phase('generator' as never, (_, position) => position), 'players']
  ])('has no phase, but %s', (_, phase, option) => {
    const issues = leftOf(Gan.validate(smallSpec(Gan.withUpdate(own(() => [phase as Update.Phase])))))
    expect(pathsOf(issues)).toContain(`update.0.${option}`)
  })
  it('throws as it says its phases', () => {
    const [issue] = leftOf(
      Gan.validate(
        smallSpec(
          Gan.withUpdate(
            own(() => {
              throw new Error('no phases today')
            })
          )
        )
      )
    )
    expect(issue.actual).toContain('no phases today')
  })
  it('gives back parameters of another shape, or of another tree', async () => {
    const wider = own((players) => [Update.phase(players, (_, position) => treeMap((x) => stack([x, x]), position))])
    const [shape] = await compileIssues(wider)
    expect(shape).toMatchObject({ _tag: 'TermFailed', path: ['update'] })
    expect(shape.expected).toMatch(/^players, memories .* like those before it, /)
    const fewer = own((players) => [
      Update.phase(players, (_, { players: { generator }, ...position }) => ({
        ...position,
        players: { generator: generator! }
      }))
    ])
    expect((await compileIssues(fewer))[0]).toMatchObject({ path: ['update'] })
  })
  it('evaluates the objective of somebody whom its phase does not list, or a minibatch that it is not given', async () => {
    const peeking = own(() => [
      Update.phase(['generator'], (at, position) => at.step(position, at.field(position, { players: game })))
    ])
    expect((await compileIssues(peeking))[0].hint).toContain('evaluates')
    const greedy = own((players) => [
      Update.phase(players, (at, position) => at.step(position, at.field(position, { minibatch: 1 })))
    ])
    expect((await compileIssues(greedy))[0].expected).toBe('a minibatch below 1, as many as the phase has')
  })
  it('is fine once it lists whom it looks at', async () => {
    const looking = own(() => [
      { ...Update.phase(['generator'], (_, position) => position, { evaluates: game }), run: step },
      ...Update.simultaneous.phases(['discriminator'])
    ])
    const one = await compiled(smallSpec(Gan.withUpdate(looking)))
    expect(rightOf(await one.trainer(await one.init(0))())).toBeDefined()
    one.dispose()
  })
})

describe('a rule that needs forward mode', () => {
  const reverseOnly = customVjp(
    (x: Tensor) => square(x),
    ([x], ct: Tensor) => [mul(mul(2, x), ct)]
  )
  const spec = (rule: Update.Update): Gan.Spec =>
    smallSpec(
      Gan.withLoss({
        generator: ({ D, fake }: Gan.Play) => mean(square(reverseOnly(D(fake)))),
        discriminator: ({ D, fake, real }: Gan.Play) => sub(mean(square(D(real))), mean(D(fake)))
      }),
      Gan.withUpdate(rule)
    )
  it.each([Update.symplectic(), Update.competitive({ learningRate: 0.1 })])(
    'refuses what has a reverse rule only: $name',
    async (rule) => {
      for (const issues of [
        leftOf(Gan.validate(spec(rule))),
        leftOf(await pipe(spec(rule), Gan.compile({ batchSize: 4, engine: 'reference' }))())
      ]) {
        expect(pathsOf(issues)).toEqual(['update'])
        expect(issues[0].actual).toMatch(/which has a reverse rule only \(NotForward/)
      }
    }
  )
  it.each([Update.simultaneous, Update.consensus({ gamma: 0.1 }), Update.unrolled({ steps: 2 }), Update.optimistic])(
    'does not need it: $name',
    (rule) => {
      expect(Gan.validate(spec(rule))).toMatchObject({ _tag: 'Right' })
    }
  )
})

describe('options out of range', () => {
  it.each<readonly [string, Update.Update]>([
    ['consensus.gamma', Update.consensus({ gamma: -1 })],
    ['consensus.gamma', Update.consensus({} as never)],
    ['symplectic.lambda', Update.symplectic({ lambda: Infinity })],
    ['symplectic.align', Update.symplectic({ align: 1 as never })],
    ['extragradient.minibatches', Update.extragradient({ minibatches: 'mine' as never })],
    ['unrolled.steps', Update.unrolled({ steps: 0 })],
    ['unrolled.steps', Update.unrolled({ steps: 2e7 })],
    ['unrolled.leader', Update.unrolled({ steps: 1, leader: 5 as never })],
    ['lookahead.period', Update.lookahead(Update.simultaneous, { period: 0.5 })],
    ['lookahead.alpha', Update.lookahead(Update.simultaneous, { alpha: 0 })],
    ['lookahead.rule', Update.lookahead('simultaneous' as never)],
    ['lookahead.rule.gamma', Update.lookahead(Update.consensus({ gamma: -1 }))],
    ['bestResponse.tolerance', Update.bestResponse({ tolerance: -1 })],
    ['bestResponse.steps', Update.bestResponse({ steps: NaN })],
    ['competitive.learningRate', Update.competitive({ learningRate: 0 })],
    ['competitive.solver', Update.competitive({ learningRate: 1, solver: 'lu' as never })],
    ['alternating.discriminatorSteps', Update.alternating({ discriminatorSteps: 2e7 })],
    ['alternating.critic', Update.alternating({ critic: 5 as never })]
  ])('%s', (path, rule) => {
    expect(pathsOf(leftOf(Gan.validate(smallSpec(Gan.withUpdate(rule)))))).toEqual([path.replace(rule.name, 'update')])
  })
  it.each([Update.unrolled({ steps: 1, leader: 'generater' }), Update.bestResponse({ leader: 'generater' })])(
    'a leader who does not play: $name',
    (rule) => {
      expect(leftOf(Gan.validate(smallSpec(Gan.withUpdate(rule))))[0]).toMatchObject({
        path: ['update', 'generater'],
        hint: "Did you mean 'generator'?"
      })
    }
  )
})

describe('accumulated gradients', () => {
  const half = (x: Tensor, i: number): Tensor => ({ ...x, shape: [2, 2], data: x.data.slice(4 * i, 4 * i + 4) })
  it.each([Update.simultaneous, Update.alternating(), Update.extragradient(), Update.consensus({ gamma: 0.1 })])(
    'over the halves of a minibatch move as the whole does: $name',
    async (rule) => {
      const whole = await compiled(smallSpec(Gan.withUpdate(rule)), {
        batchSize: 4,
        givenDraws: true,
        engine: 'reference:float64'
      })
      const halves = await compiled(smallSpec(Gan.withUpdate(Update.accumulated(rule, { minibatches: 2 }))), {
        batchSize: 2,
        givenDraws: true,
        engine: 'reference:float64'
      })
      const n = rule.phases(game).reduce((sum, { minibatches }) => sum + minibatches, 0)
      expect(halves.batchesPerStep).toBe(2 * whole.batchesPerStep)
      const latents = Array.from({ length: n }, (_, i) => batchAt(10 + i))
      const batches = Array.from({ length: whole.batchesPerStep }, (_, i) => batchAt(i))
      const first = await whole.init(0)
      const [one, ofOne] = await whole(
        first,
        batches,
        latents.map((latent) => ({ latent }))
      )
      const [two, ofTwo] = await halves(
        first,
        batches.flatMap((x) => [half(x, 0), half(x, 1)]),
        latents.flatMap((x) => [{ latent: half(x, 0) }, { latent: half(x, 1) }])
      )
      const numbers = (tree: unknown): readonly number[] => bits(tree).flat()
      numbers([one.players, ofOne]).forEach((x, i) => {
        expect(numbers([two.players, ofTwo])[i]).toBeCloseTo(x, 10)
      })
      whole.dispose()
      halves.dispose()
    }
  )
})

describe('a training', () => {
  it('goes on from its state with another number of critic steps', async () => {
    const by = async (rule: Update.Update) => compiled(smallSpec(Gan.withUpdate(rule)), { sampler: points })
    const many = await by(Update.alternating({ discriminatorSteps: 5 }))
    const few = await by(Update.alternating())
    const trainer = rightOf(await few.trainer((await many(await many.init(0)))[0])())
    rightOf(await trainer.advance(2)())
    expect([...rightOf(await trainer.snapshot()()).step.data]).toEqual([3])
    trainer.dispose()
    for (const step of [many, few]) step.dispose()
  })
})
