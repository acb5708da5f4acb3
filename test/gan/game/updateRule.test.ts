/** What an update rule is given and may give back: phases, positions, memories. */
import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { pipe } from '#fp-ts/function'
import { Gan, Update, add, stack, tensor, treeMap, zeros } from '../../../src/index.ts'
import { batchAt, bits, compiled, leftOf, pathsOf, rightOf, smallSpec } from '../../support/smallGan.ts'

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
    ['players alone', () => [['generator']], '["generator"] as phase 0'],
    ['nothing', () => undefined, 'undefined'],
    ['a phase that does not run', () => [{ ...Update.simultaneous.phases(game)[0], run: 3 }], 'as phase 0']
  ])('has %s', (_, phases, actual) => {
    const [issue] = leftOf(Gan.validate(smallSpec(Gan.withUpdate(own(phases as Update.Update['phases'])))))
    expect(issue).toMatchObject({ path: ['update'] })
    expect(issue.actual).toContain(actual)
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
